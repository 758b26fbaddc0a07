"""A rule that both an operator and a pack have edited: merged where they agree, shown where they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.model import AnyRule, IssueRule, RuleKind
from storage.engine import Database
from storage.errors import NotFound
from storage.rule_merge import RuleConflict
from tests.contract.storage.test_rules import current, lay
from tests.contract.storage.values import DAY, NOW

OLD = IssueRule("troops", "Troops", "Troops are sent.", ("troops", "soldiers"), ("send troops",))
MINE = replace(OLD, name="Boots", about=("troops", "boots"))
KEY = ("issue", "troops")


def save(database: Database, rule: AnyRule) -> None:
    with database.work() as work:
        work.rules.save(rule, "op", "better", NOW)


def conflicts(database: Database) -> dict[tuple[str, str], tuple[RuleConflict, ...]]:
    with database.view() as work:
        return work.rules.conflicts()


def settle(database: Database, *, pack: bool) -> IssueRule:
    with database.work() as work:
        work.rules.settle(RuleKind.ISSUE, "troops", pack=pack, who="op", why="settled", now=NOW + DAY)
    return current(database).issues["troops"]


def in_conflict(database: Database) -> None:
    lay(database, "packs", OLD)
    save(database, MINE)
    lay(database, "packs", replace(OLD, name="Soldiers", about=("troops", "soldiers", "force")))


def test_edits_of_different_parts_are_merged(database: Database) -> None:
    lay(database, "packs", OLD)
    save(database, MINE)
    for _ in range(2):
        lay(database, "packs", replace(OLD, proposition="They go.", about=("troops", "soldiers", "force"), for_=()))
    merged = IssueRule("troops", "Boots", "They go.", ("troops", "boots", "force"))
    assert current(database).issues["troops"] == merged
    assert conflicts(database) == {}
    with database.view() as work:
        history = work.rules.history(RuleKind.ISSUE, "troops")
    assert [(v.origin, v.why) for v in history[2:]] == [("packs", "import"), ("operator", "merged: import")]


def test_what_both_changed_is_a_conflict_and_stays_as_the_operator_has_it(database: Database) -> None:
    in_conflict(database)
    assert current(database).issues["troops"] == MINE
    name = RuleConflict(field="name", base="Troops", operator="Boots", pack="Soldiers")
    assert conflicts(database) == {KEY: (name,)}
    lay(database, "packs", replace(OLD, name="Soldiers", proposition="They go."))  # the pack goes on; nothing is lost
    assert conflicts(database) == {KEY: (name,)}
    assert current(database).issues["troops"] == MINE


def test_a_conflict_is_settled_for_the_operator(database: Database) -> None:
    in_conflict(database)
    assert settle(database, pack=False) == replace(MINE, about=("troops", "boots", "force"))
    assert conflicts(database) == {}
    lay(database, "packs", replace(OLD, name="Soldiers", about=("troops", "soldiers", "force", "army")))
    assert current(database).issues["troops"].about == ("troops", "boots", "force", "army")


def test_a_conflict_is_settled_for_the_pack(database: Database) -> None:
    in_conflict(database)
    assert settle(database, pack=True) == replace(MINE, name="Soldiers", about=("troops", "boots", "force"))
    assert conflicts(database) == {}
    with database.work() as work, pytest.raises(NotFound, match="conflict of the rule"):
        work.rules.settle(RuleKind.ISSUE, "troops", pack=True, who="op", why="", now=NOW)


def test_saving_the_rule_ends_the_conflict_too(database: Database) -> None:
    in_conflict(database)
    save(database, MINE)  # the same once more: the operator has seen it
    assert conflicts(database) == {}


def test_a_pack_that_drops_an_edited_rule_is_a_conflict(database: Database) -> None:
    lay(database, "packs", OLD)
    save(database, MINE)
    for _ in range(2):
        lay(database, "packs")
    assert [c.field for c in conflicts(database)[KEY]] == ["disabled"]
    assert current(database).issues["troops"] == MINE
    with database.work() as work:
        work.rules.settle(RuleKind.ISSUE, "troops", pack=True, who="op", why="gone", now=NOW)
    assert current(database).issues == {}
    assert conflicts(database) == {}


def test_a_rule_of_both_with_no_common_past(database: Database) -> None:
    save(database, MINE)
    lay(database, "packs", replace(MINE, name="Troops", about=("army",)))
    assert [c.field for c in conflicts(database)[KEY]] == ["name"]
    assert settle(database, pack=False).about == ("troops", "boots", "army")


def test_an_earlier_version_is_put_in_force_again(database: Database) -> None:
    lay(database, "packs", OLD)
    save(database, MINE)
    with database.work() as work:
        version = work.rules.restore(RuleKind.ISSUE, "troops", 1, "op", "worse", NOW + DAY)
        assert work.rules.restore(RuleKind.ISSUE, "troops", 3, "op", "again", NOW + DAY) == version
        with pytest.raises(NotFound):
            work.rules.restore(RuleKind.ISSUE, "troops", 9, "op", "", NOW)
        with pytest.raises(NotFound):
            work.rules.restore(RuleKind.ISSUE, "other", 1, "op", "", NOW)
        last = work.rules.history(RuleKind.ISSUE, "troops")[-1]
    assert current(database).issues["troops"] == OLD
    assert (last.version, last.who, last.why) == (3, "op", "worse")
