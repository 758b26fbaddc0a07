"""A new installation for each test, and the command run in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli.outcome import run
from monitor.pipeline.rulebook import RuleBook
from rules import yaml_reader
from rules.loader import SEED
from rules.problem import Report
from rules.yaml_reader import Value
from storage.engine import Database

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


@pytest.fixture(scope="session")
def ruled_file(upgraded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an installation that ran before: upgraded, the seed pack's rules in force."""
    file = tmp_path_factory.mktemp("ruled") / "ruled.db"
    shutil.copyfile(upgraded_file, file)
    database = Database(f"sqlite:///{file}")
    RuleBook(database).install([], datetime.now(UTC))
    database.close()
    return file


@pytest.fixture
def command(first_command: Command, ruled_file: Path, tmp_path: Path) -> Command:
    """Runs a command of an installation that ran before; gives its exit code, stdout and stderr."""
    (tmp_path / "data").mkdir()
    shutil.copyfile(ruled_file, tmp_path / "data" / "volteface.db")
    return first_command


@pytest.fixture
def first_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command of a new installation."""
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
