"""The wheel holds everything that the program reads, and works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGES, ROOT, tracked_files

_MUST_HOLD = [
    "rules/seed/actors/*.yaml",
    "rules/seed/issues/*.yaml",
    "rules/variants.yaml",
    "storage/migrations/env.py",
    "storage/migrations/versions/*.py",
    "monitor/web/templates/*.html",
    "monitor/web/static/*",
    "monitor/positions/languages/*",
    "monitor/demo/wire/*",
    "monitor/feeds/defaults.opml",
    "volteface-*.dist-info/licenses/LICENSE",
    "volteface-*.dist-info/entry_points.txt",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_it_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    ours = {path.as_posix() for path in tracked_files() if path.parts[0] in PACKAGES}
    assert not sorted(ours - set(wheel.namelist()))


@pytest.mark.parametrize("pattern", _MUST_HOLD)
def test_it_holds_what_the_program_reads(wheel: zipfile.ZipFile, pattern: str) -> None:
    assert [name for name in wheel.namelist() if fnmatch(name, pattern)], f"nothing in the wheel matches {pattern}"


def test_it_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    odd = [name for name in wheel.namelist() if not name.startswith((*(f"{p}/" for p in PACKAGES), "volteface-"))]
    assert not odd
    assert not [name for name in wheel.namelist() if "__pycache__" in name]


def test_the_seed_pack_is_read_out_of_the_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked elsewhere and started elsewhere, it finds its files beside itself."""
    wheel.extractall(tmp_path / "unpacked")
    away = tmp_path / "away"
    away.mkdir()
    code = (
        "import sys, monitor.cli\n"
        "assert sys.argv[1] in monitor.cli.__file__, monitor.cli.__file__\n"
        "sys.argv[1:] = ['rules', 'check']\n"
        "monitor.cli.main()\n"
    )
    unpacked = str(tmp_path / "unpacked")
    env = {name: value for name, value in os.environ.items() if not name.startswith("VOLTEFACE_")}
    env |= {"PYTHONPATH": unpacked, "VOLTEFACE_DATA_DIR": str(away)}
    done = subprocess.run(
        [sys.executable, "-c", code, unpacked], cwd=away, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
