"""What an alert is told of its surroundings: what else the actor holds, who else moved, what a correction leaves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from monitor.model.alert import AlertContent, AlertKind
from monitor.model.position import Change, ChangeKind, ChangeStatus
from monitor.model.statement import Stance
from monitor.pipeline.content import change_content
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet
from storage.engine import Database
from tests.contract.storage.values import DAY, NOW, change, fold, stored_statement

RULES = RuleSet(
    actors={
        "minister": ActorRule("minister", "Ada Quill", ActorKind.PERSON),
        "zeta": ActorRule("zeta", "Zeta Holm", ActorKind.PERSON),
        "atlantis": ActorRule("atlantis", "Atlantis", ActorKind.STATE),
    },
    issues={i: IssueRule(i, i.title(), f"{i} is wanted.", (i,)) for i in ("troops", "tolls", "aid")},
)


@pytest.fixture
def said(database: Database) -> int:
    with database.work() as work:
        return stored_statement(work)


def _save(database: Database, said: int, actor: str, issue: str, **found: Any) -> Change:
    position = found.pop("position", {})
    found = {"status": ChangeStatus.CONFIRMED, "trigger": f"{actor} {issue}", "confirmed_at": NOW} | found
    with database.work() as work:
        saved = change(said, actor=actor, issue=issue, **found)
        (transition,) = work.positions.save_fold(fold(saved, actor=actor, issue=issue, **position), NOW)
    return transition.change


def _content(
    database: Database, about: Change, kind: AlertKind = AlertKind.CHANGE, moves: tuple[str, ...] = ()
) -> AlertContent:
    with database.view() as work:
        return change_content(work, about, RULES, kind, moves, NOW)


def test_other_standing_positions_are_named_newest_first(database: Database, said: int) -> None:
    about = _save(database, said, "minister", "troops")
    _save(database, said, "minister", "tolls", position={"since": NOW - 9 * DAY, "stance": Stance.SUPPORTS})
    _save(database, said, "minister", "aid", position={"since": NOW - 2 * DAY})
    _save(database, said, "minister", "gone", position={"stance": None, "since": None})
    _save(database, said, "zeta", "tolls")
    held = _content(database, about).holds
    assert [(h.issue_id, h.issue, h.stance) for h in held] == [
        ("aid", "Aid", "opposes"),
        ("tolls", "Tolls", "supports"),
    ]
    assert held[0].since == NOW - 2 * DAY


def test_no_more_than_five_are_named(database: Database, said: int) -> None:
    about = _save(database, said, "minister", "troops")
    for n in range(8):
        _save(database, said, "minister", f"issue {n}", position={"since": NOW - n * DAY})
        _save(database, said, f"actor {n}", "troops", at=NOW - n * DAY)
    content = _content(database, about)
    assert [h.issue for h in content.holds] == [f"issue {n}" for n in range(5)]
    assert [m.actor for m in content.moved] == [f"actor {n}" for n in range(5)]


def test_others_who_moved_lately_are_named_once_each_move(database: Database, said: int) -> None:
    about = _save(database, said, "minister", "troops")
    zeta = _save(database, said, "zeta", "troops", at=NOW - 3 * DAY, kind=ChangeKind.FIRST, before=None)
    _save(database, said, "atlantis", "troops", at=NOW - 3 * DAY, trigger="zeta troops")
    (move,) = _content(database, about).moved
    assert (move.change_id, move.actor, move.change_kind, move.stance_before, move.stance_after, move.at) == (
        zeta.id,
        "Zeta Holm",
        "first",
        None,
        "opposes",
        NOW - 3 * DAY,
    )


@pytest.mark.parametrize(
    "found",
    [
        {"actor": "minister", "trigger": "another"},
        {"actor": "atlantis"},
        {"actor": "zeta", "issue": "tolls"},
        {"actor": "zeta", "at": NOW - 31 * DAY},
        {"actor": "zeta", "status": ChangeStatus.PENDING},
        {"actor": "zeta", "silent": True},
    ],
    ids=["the same actor", "a body that moves with it", "another issue", "long ago", "not confirmed", "a baseline"],
)
def test_what_is_no_move_of_somebody_else(database: Database, said: int, found: dict[str, Any]) -> None:
    _save(database, said, **({"issue": "troops"} | found))
    about = change(said, status=ChangeStatus.CONFIRMED)
    saved = Change(id=99, key=about.key, found=about, recorded_at=NOW)
    content = _content(database, saved, moves=("atlantis",))
    assert content.moved == ()
    assert content.moves == ("Atlantis",)


def test_a_correction_names_what_stands_and_nothing_else(database: Database, said: int) -> None:
    about = _save(database, said, "minister", "troops", position={"stance": Stance.SUPPORTS, "since": NOW - 5 * DAY})
    _save(database, said, "minister", "tolls")
    _save(database, said, "zeta", "troops")
    content = _content(database, about, AlertKind.CORRECTION)
    assert content.stands is not None
    assert (content.stands.stance, content.stands.since) == ("supports", NOW - 5 * DAY)
    assert content.holds == () and content.moved == ()


def test_a_correction_that_leaves_nothing_certain_says_so(database: Database, said: int) -> None:
    about = _save(database, said, "minister", "troops", position={"stance": None, "since": None})
    assert _content(database, about, AlertKind.CORRECTION).stands is None


def test_a_quote_knows_the_language_of_its_item(database: Database, said: int) -> None:
    assert _content(database, _save(database, said, "minister", "troops")).after.lang == "en"


def test_what_surrounds_a_change_costs_two_queries(sqlite_database: Database) -> None:
    with sqlite_database.work() as work:
        said = stored_statement(work)
    about = _save(sqlite_database, said, "minister", "troops")
    for n in range(20):
        _save(sqlite_database, said, "minister", f"issue {n}")
        _save(sqlite_database, said, f"actor {n}", "troops")
    asked: list[str] = []
    with sqlite_database.view() as work:
        work.statements.get([said])
        event.listen(sqlite_database._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        work.statements.get([said])
        statements = len(asked)
        change_content(work, about, RULES, AlertKind.CHANGE, (), NOW)
    assert len(asked) == 2 * statements + 2
