"""`volteface rules backfill` and `preview` from the command line."""

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


def test_without_rules_there_is_nothing_to_read_by(first_command: Command) -> None:
    code, _, err = first_command("rules", "backfill")
    assert (code, "no rules are in force yet" in err) == (2, True)


def test_preview_of_a_folder_or_a_file_says_what_would_come_and_saves_nothing(command: Command, pack: Path) -> None:
    before = command("rules", "history", "issue", "seabed-mining", "--json")[1]
    for draft in (pack, pack / "issues" / "norland.yaml"):
        code, out, err = command("rules", "preview", draft, "--days", "36500", "--json")
        assert code == 0, err
        found = json.loads(out)
        (gained,) = found["matches"]["gained"]
        assert (gained["item_id"], gained["spans"]) == (
            2,
            [{"field": "text", "start": 35, "end": 42, "text": "herring"}],
        )
        assert [s["read"]["stance"] for s in found["effects"]["statements_gained"]] == ["opposes"]
    assert command("rules", "history", "issue", "seabed-mining", "--json")[1] == before
    code, out, err = command("rules", "preview", pack, "--days", "36500")
    assert "gained: issue seabed-mining" in out
    assert "statement gained: astrid-holm opposes seabed-mining" in out
    assert "2 items looked through: 1 gained, 0 lost" in err
    code, out, err = command("rules", "preview", pack, "--matches")
    assert (code, "0 items looked through" in err, "statement" in out) == (0, True, False)


def test_a_draft_that_cannot_be_previewed_is_told(command: Command, pack: Path) -> None:
    code, _, err = command("rules", "preview", pack / "missing")
    assert (code, "neither a pack's folder nor a file" in err) == (2, True)
    stray = pack / "stray.yaml"
    stray.write_text(EDIT)
    code, _, err = command("rules", "preview", stray)
    assert (code, "actors, issues, queries" in err) == (2, True)
    (pack / "issues" / "norland.yaml").write_text(EDIT.replace("herring]", "'(herring']"))
    code, _, err = command("rules", "preview", pack)
    assert (code, "norland.yaml" in err) == (2, True)


def test_a_dry_run_writes_nothing_and_says_what_would_come(command: Command, pack: Path) -> None:
    assert command("rules", "apply", pack, "--why", "fish, too")[0] == 0
    code, out, err = command("rules", "backfill", "--dry-run", "--json")
    assert code == 0, err
    assert len(json.loads(out)["statements_gained"]) == 1
    code, out, err = command("rules", "backfill", "--dry-run")
    assert "statement gained: astrid-holm opposes seabed-mining" in out
    assert "Nothing was written" in err
    assert json.loads(command("rules", "backfill", "--json")[1])["statements_gained"] == 1
