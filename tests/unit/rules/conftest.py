from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

PackMaker = Callable[..., Path]


@pytest.fixture
def pack(tmp_path: Path) -> PackMaker:
    """Writes a pack: `pack({"actors/a.yaml": "- id: …"})`; a second name makes a second pack."""

    def make(files: dict[str, str | bytes], name: str = "pack") -> Path:
        for path, content in files.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
        return tmp_path / name

    return make
