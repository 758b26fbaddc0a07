"""An id that nobody knows is said, with the ones that come close; an empty answer says why it is empty."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli.boot import extractor, tracker
from monitor.cli.documents import Document
from monitor.cli.replay import _run
from monitor.pipeline.read import Reader
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.settings import Settings
from storage.engine import Database
from tests.unit.cli.conftest import Command


@pytest.mark.parametrize("noun", ["positions", "changes"])
@pytest.mark.parametrize(
    ("option", "typed", "meant"),
    [("--actor", "keir-starmr", "keir-starmer"), ("--issue", "european-troop", "european-troops")],
)
def test_an_unknown_id_is_not_found_and_close_ones_are_named(
    command: Command, noun: str, option: str, typed: str, meant: str
) -> None:
    code, out, said = command(noun, option, typed, "--json")
    assert (code, out) == (4, "")
    assert f"has the id {typed}; did you mean {meant}" in said
    assert command(noun, option, meant)[0] == 0


def test_without_a_close_id_the_hint_stands_apart(command: Command) -> None:
    for arguments in (["positions", "--actor", "qqqq"], ["subscribe", "me", "--log", "--actor", "qqqq"]):
        assert "has the id qqqq; `volteface rules list`" in command(*arguments)[2]


def test_a_day_before_all_positions_is_told_from_a_database_without_any(command: Command, tmp_path: Path) -> None:
    assert "No positions yet" in command("positions", "--at", "2024-01-01")[2]
    database = Database(f"sqlite:///{tmp_path}/data/volteface.db")
    now = datetime(2025, 2, 17, tzinfo=UTC)
    book = RuleBook(database)
    book.install([], now)
    text = "Prime Minister Keir Starmer said Britain was ready to send troops to Ukraine to secure a ceasefire."
    reader = Reader(database, book, extractor(), tracker(Settings()), Teller())
    assert _run(database, reader, [Document(id="one", title="", text=text, date=now, publisher="example.org")])
    database.close()
    held = json.loads(command("positions", "--actor", "keir-starmer", "--json")[1])
    assert "european-troops" in [p["issue"] for p in held]
    said = command("positions", "--issue", "european-troops", "--at", "2024-01-01")[2]
    assert "No position was held on 2024-01-01" in said
    assert "came later" in said
