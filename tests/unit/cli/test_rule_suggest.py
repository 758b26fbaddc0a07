"""`volteface rules suggest`, as an operator types it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import boot
from monitor.pipeline.read import Reader
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.settings import load_settings
from tests.integration.pipeline.walking import PACK, new_item
from tests.unit.cli.conftest import Command


@pytest.fixture
def stored(command: Command, tmp_path: Path) -> Command:
    """A database with a small pack, and a minister whom no rule names in the items of three papers."""
    folder = tmp_path / "norland"
    for name, text in PACK.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "norland.yaml").write_text(text)
    database = boot.open_database(load_settings())
    book, now = RuleBook(database), boot.utc_now()
    book.install([folder], now, seed=False)
    texts = [f"Norlandic Trade Minister Elsa Lund spoke about seabed mining in town {n}." for n in range(3)]
    with database.work() as work:
        work.items.add_all(
            [new_item(f"paper{n}.example", text, now - timedelta(days=n)) for n, text in enumerate(texts)]
        )
    Reader(database, book, GrammarExtractor(), FilterTracker(), Teller()).step(now, limit=100)
    database.close()
    return command


def listed(command: Command, *options: str) -> list[dict[str, Any]]:
    code, out, err = command("rules", "suggest", "--json", *options)
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_it_is_shown_with_its_evidence_and_link(stored: Command) -> None:
    (one,) = listed(stored)
    assert (one["kind"], one["subject"], one["items"], one["publishers"]) == ("name", "Elsa Lund", 3, 3)
    code, out, err = stored("rules", "suggest")
    assert (code, "1 suggestion from the last 90 days" in err) == (0, True)
    assert one["id"] in out
    assert "https://paper0.example/1" in out
    assert "“Norlandic Trade Minister Elsa Lund spoke about seabed mining in town 0.”" in out
    assert listed(stored, "--kind", "phrase", "--kind", "office") == []
    assert listed(stored, "--items", "4") == []
    assert listed(stored, "--days", "1") == []


def test_accepting_shows_what_it_would_do_and_saves_with_yes(stored: Command) -> None:
    identity = listed(stored)[0]["id"]
    code, out, err = stored("rules", "suggest", "accept", identity)
    assert code == 0, err
    assert "actor elsa-lund: new" in out
    assert "3 gained" in err
    assert "Nothing was saved; add --yes" in err
    assert stored("rules", "show", "elsa-lund")[0] == 4

    code, _, err = stored("rules", "suggest", "accept", identity, "--yes", "--who", "ann", "--why", "she matters")
    assert (code, "actor elsa-lund saved" in err) == (0, True), err
    shown = json.loads(stored("rules", "show", "elsa-lund", "--json")[1])
    assert (shown["member_of"], shown["offices"][0]["title"]) == ("norland", "Norlandic Trade Minister")
    (version,) = json.loads(stored("rules", "history", "actor", "elsa-lund", "--json")[1])
    assert (version["who"], version["why"]) == ("ann", f"suggestion {identity}: she matters")
    assert listed(stored) == []
    assert stored("rules", "suggest", "accept", identity, "--yes")[0] == 4


def test_dismissing_needs_a_reason_and_can_be_taken_back(stored: Command) -> None:
    identity = listed(stored)[0]["id"]
    assert stored("rules", "suggest", "dismiss", identity)[0] == 2
    assert stored("rules", "suggest", "dismiss", identity, "--why", "a namesake", "--who", "ann")[0] == 0
    assert listed(stored) == []
    (answer,) = json.loads(stored("rules", "suggest", "answered", "--json")[1])
    assert (answer["id"], answer["answer"], answer["who"], answer["why"]) == (
        identity, "dismissed", "ann", "a namesake"
    )  # fmt: skip
    assert stored("rules", "suggest", "recall", identity, "--why", "it is her")[0] == 0
    assert [one["id"] for one in listed(stored)] == [identity]


def test_an_id_that_nothing_suggests_is_told(stored: Command) -> None:
    for words in (["accept", "name-0000000000"], ["dismiss", "tram", "--why", "x"], ["recall", "tram", "--why", "x"]):
        code, _, err = stored("rules", "suggest", *words)
        assert (code, words[1] in err, "Traceback" in err) == (4, True, False)
