"""Pages share the rules in force, and see what was saved the next time they look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rules.model import IssueRule, RuleKind, RuleSet
from storage.engine import Database

NOW = datetime(2025, 3, 1, tzinfo=UTC)
TRAM = IssueRule("tram", "Tram", "A tram is built.", ("tram",), family="Traffic")


def seen(database: Database) -> RuleSet:
    with database.view() as work:
        return work.rules.current()


@pytest.fixture
def ruled(database: Database) -> Database:
    with database.work() as work:
        work.rules.import_rules(RuleSet(issues={"tram": TRAM}), "seed", "test", "", NOW)
    return database


def test_nothing_is_read_twice_and_a_family_comes_back(ruled: Database) -> None:
    assert seen(ruled) is seen(ruled)
    assert seen(ruled).issues["tram"] == TRAM


def test_what_was_saved_removed_or_restored_is_seen_at_once(ruled: Database) -> None:
    first = seen(ruled)
    with ruled.work() as work:
        work.rules.save(replace(TRAM, name="Trams"), "ops", "", NOW)
    assert seen(ruled).issues["tram"].name == "Trams"
    with ruled.work() as work:
        work.rules.remove(RuleKind.ISSUE, "tram", "ops", "", NOW)
    assert "tram" not in seen(ruled).issues
    with ruled.work() as work:
        work.rules.restore(RuleKind.ISSUE, "tram", 1, "ops", "", NOW)
    assert seen(ruled).issues == first.issues
    assert seen(ruled).version == first.version


def test_what_was_never_committed_is_not_kept(ruled: Database) -> None:
    with pytest.raises(RuntimeError), ruled.work() as work:
        work.rules.save(replace(TRAM, name="Never"), "ops", "", NOW)
        assert work.rules.current().issues["tram"].name == "Never"
        raise RuntimeError
    with ruled.work() as work:
        work.rules.save(replace(TRAM, name="Then"), "ops", "", NOW)  # gets the number that was given back
    assert seen(ruled).issues["tram"].name == "Then"


def test_two_databases_do_not_share_their_rules(ruled: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path}/other.db")
    other.upgrade()
    with other.work() as work:
        work.rules.import_rules(RuleSet(issues={"tram": replace(TRAM, name="Other")}), "seed", "test", "", NOW)
    assert (seen(ruled).issues["tram"].name, seen(other).issues["tram"].name) == ("Tram", "Other")
    other.close()
