"""`volteface rules backfill` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli import boot
from monitor.pipeline.read import Reader
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.settings import load_settings
from tests.integration.pipeline.walking import NOW, PACK, new_item
from tests.unit.cli.conftest import Command

EDIT = """
- id: seabed-mining
  name: Seabed mining
  proposition: Mining of the deep seabed is allowed.
  about: ['"seabed mining"', herring]
"""


@pytest.fixture
def pack(command: Command, tmp_path: Path) -> Path:
    """A database with two items that were read under a small pack, and the pack with one line more."""
    folder = tmp_path / "pack"
    for name, text in PACK.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "norland.yaml").write_text(text)
    database = boot.open_database(load_settings())
    book = RuleBook(database)
    book.install([folder], NOW, seed=False)
    texts = ("Prime Minister Astrid Holm supports seabed mining.", "Prime Minister Astrid Holm opposes herring.")
    with database.work() as work:
        work.items.add_all([new_item(f"paper{n}.example", text, NOW) for n, text in enumerate(texts)])
    Reader(database, book, GrammarExtractor(), FilterTracker(), Teller()).step(NOW)
    database.close()
    (folder / "issues" / "norland.yaml").write_text(EDIT)
    return folder


def test_backfill_reports_what_it_did_and_passes_over_what_is_done(command: Command, pack: Path) -> None:
    assert command("rules", "apply", pack, "--why", "fish, too")[0] == 0
    code, out, err = command("rules", "backfill", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert (found["items"], found["statements_gained"], found["alerts"]) == (2, 1, 0)
    code, out, _ = command("rules", "backfill")
    assert (code, "none without --alert" in out) == (0, True)
    assert json.loads(command("rules", "backfill", "--json")[1])["passed_over"] == 2
    database = boot.open_database(load_settings())
    with database.view() as work:
        assert [entry.what for entry in work.audit.list()][:3] == ["backfill"] * 3
    database.close()


@pytest.mark.usefixtures("pack")
def test_wrong_use_is_told(command: Command) -> None:
    code, _, err = command("rules", "backfill", "--since", "2025-01-01", "--days", "3")
    assert (code, "exclude each other" in err) == (2, True)
    code, _, err = command("rules", "backfill", "--issue", "nonsense")
    assert (code, "no issue has the id nonsense" in err) == (4, True)


def test_without_rules_there_is_nothing_to_read_by(command: Command) -> None:
    code, _, err = command("rules", "backfill")
    assert (code, "no rules are in force yet" in err) == (2, True)
