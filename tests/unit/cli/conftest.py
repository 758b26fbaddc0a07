"""A new installation for each test, and the command run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from monitor.cli.outcome import run

Ended = tuple[int, str, str]
Command = Callable[..., Ended]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command; gives its exit code, stdout and stderr."""
    for name in [name for name in os.environ if name.startswith("VOLTEFACE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VOLTEFACE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VOLTEFACE_DEFAULT_FEEDS", "false")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Ended:
        code = run(_texts(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def _texts(arguments: Sequence[object]) -> list[str]:
    return [str(argument) for argument in arguments]
