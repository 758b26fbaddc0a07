"""What users can mend ends with one message and exit code 2, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.model.moment import parse_moment
from tests.unit.cli.conftest import Command

_BEYOND = "9999-12-31T23:59:59-12:00"


@pytest.mark.parametrize("verb", ["add", "check", "discover"])
def test_an_address_that_is_not_fetched_is_wrong_usage(command: Command, verb: str) -> None:
    code, _, said = command("feeds", verb, "ftp://example.org/y")
    assert code == 2
    assert "only http and https" in said


def test_an_opml_file_with_entities_is_refused(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text('<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "b">]><opml><body>&a;</body></opml>')
    code, _, said = command("feeds", "import", str(file))
    assert code == 2
    assert "DOCTYPE" in said


def test_a_moment_outside_the_calendar_is_no_date() -> None:
    with pytest.raises(ValueError, match="9999"):
        parse_moment(_BEYOND)


def test_extract_refuses_a_date_outside_the_calendar(command: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Nothing.")
    code, _, said = command("extract", str(tmp_path / "note.txt"), "--date", _BEYOND)
    assert code == 2
    assert "--date" in said


@pytest.mark.parametrize("date", [_BEYOND, "9999-12-31T12:00:00"])
def test_replay_refuses_a_date_outside_the_calendar(command: Command, tmp_path: Path, date: str) -> None:
    (tmp_path / "items.jsonl").write_text(f'{{"id": "late", "text": "Nothing.", "date": "{date}"}}\n')
    code, _, said = command("replay", str(tmp_path / "items.jsonl"))
    assert code == 2
    assert "9999-12-31" in said


def test_replay_names_the_option_when_its_pack_is_not_there(command: Command, tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text("")
    code, _, said = command("replay", str(tmp_path / "items.jsonl"), "--pack", str(tmp_path / "nope"))
    assert code == 2
    assert "--pack" in said
    assert "VOLTEFACE_PACKS" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["rules", "list"], ["rules", "list", "--json"], ["--help"]])
def test_output_that_finds_no_room_is_one_line(arguments: list[str], tmp_path: Path) -> None:
    outer = {k: v for k, v in os.environ.items() if not k.startswith("VOLTEFACE_")}
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "monitor.cli", *arguments],
            env={**outer, "VOLTEFACE_DATA_DIR": str(tmp_path)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
    assert ended.returncode == 1
    assert "could not be written" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
