"""A new installation for each test, and the command run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from monitor.cli.outcome import run
from rules import yaml_reader
from rules.loader import SEED
from rules.problem import Report
from rules.yaml_reader import Value

Ended = tuple[int, str, str]
Command = Callable[..., Ended]


_READ: dict[Path, Value] = {}


@pytest.fixture(autouse=True)
def seed_pack_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the seed pack's files, which stay as they are, the YAML is parsed once; a command reads them up to twice."""

    def read(path: Path, report: Report) -> Value | None:
        if path not in _READ:
            before = len(report.problems)
            found = yaml_reader.read_yaml(path, report)
            if found is None or len(report.problems) != before or not path.is_relative_to(SEED):
                return found
            _READ[path] = found
        return _READ[path]

    monkeypatch.setattr("rules.loader.read_yaml", read)


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
