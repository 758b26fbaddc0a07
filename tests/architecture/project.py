"""Where the project lies and what belongs to it, for the tests of its frame."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("monitor", "rules", "storage")


def tracked_files() -> list[Path]:
    """Every file that git tracks or would track, relative to ROOT: a new file is checked before it is committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(Path(name) for name in answer.split("\0") if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """The Python files under the folders, relative to ROOT."""
    return sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    """`monitor/model/__init__.py` is `monitor.model`."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
