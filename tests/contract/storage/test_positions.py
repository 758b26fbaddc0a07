"""Positions and changes: what a fold writes, and what becomes of what it no longer finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.model.position import ChangeKind, ChangeStatus, FoundChange, FoundPosition
from monitor.model.statement import Stance
from storage.engine import Database
from storage.errors import NotFound
from tests.contract.storage.values import DAY, NOW, change, fold, stored_statement

Step = tuple[ChangeStatus | None, ChangeStatus]


def save(database: Database, *changes: FoundChange, now: datetime = NOW) -> list[Step]:
    with database.work() as work:
        return [(t.was, t.change.found.status) for t in work.positions.save_fold(fold(*changes), now)]


@pytest.fixture
def said(database: Database) -> int:
    with database.work() as work:
        return stored_statement(work)


def test_a_fold_comes_back_as_it_was_found(database: Database, said: int) -> None:
    found = change(said, status=ChangeStatus.CONFIRMED, confirmed_at=NOW, before_statement=said, silent=True)
    position = FoundPosition(
        actor="minister",
        issue="troops",
        stance=Stance.OPPOSES,
        posterior={Stance.OPPOSES: 0.75, Stance.SUPPORTS: 0.25},
        since=NOW,
        statement=said,
        statements=4,
        pending=Stance.CONDITIONAL,
    )
    with database.work() as work:
        (transition,) = work.positions.save_fold(replace(fold(found), position=position), NOW)
    assert transition.was is None
    with database.view() as work:
        assert work.positions.get("minister", "troops") == position
        assert work.positions.change(transition.change.id) == transition.change
        assert work.positions.change_by_key(found.key) == transition.change
    assert transition.change.found == found
    assert (transition.change.key, transition.change.recorded_at) == (found.key, NOW)


def test_the_same_fold_again_is_no_news(database: Database, said: int) -> None:
    assert save(database, change(said)) == [(None, ChangeStatus.PENDING)]
    assert save(database, change(said), now=NOW + DAY) == []
    with database.view() as work:
        (only,) = work.positions.changes()
    assert only.recorded_at == NOW


def test_a_pending_change_is_confirmed_under_its_id(database: Database, said: int) -> None:
    save(database, change(said))
    confirmed = change(said, status=ChangeStatus.CONFIRMED, confirmed_at=NOW + DAY, posterior=0.97, support=(said, 12))
    assert save(database, confirmed) == [(ChangeStatus.PENDING, ChangeStatus.CONFIRMED)]
    with database.view() as work:
        (only,) = work.positions.changes()
    assert only.found == confirmed


def test_more_support_without_another_status_is_written_and_no_news(database: Database, said: int) -> None:
    save(database, change(said))
    assert save(database, change(said, posterior=0.8, support=(said, said))) == []
    with database.view() as work:
        assert work.positions.changes()[0].found.posterior == 0.8


@pytest.mark.parametrize(
    ("status", "gone"),
    [
        (ChangeStatus.PENDING, ChangeStatus.DROPPED),
        (ChangeStatus.CONFIRMED, ChangeStatus.RETRACTED),
    ],
)
def test_what_the_fold_no_longer_finds_falls_and_can_return(
    database: Database, said: int, status: ChangeStatus, gone: ChangeStatus
) -> None:
    found = change(said, status=status)
    save(database, found)
    assert save(database) == [(status, gone)]
    assert save(database) == []
    assert save(database, found) == [(gone, status)]
    with database.view() as work:
        assert len(work.positions.changes()) == 1


def test_a_change_that_the_fold_drops_stays_dropped_once_it_is_gone(database: Database, said: int) -> None:
    assert save(database, change(said, status=ChangeStatus.DROPPED)) == [(None, ChangeStatus.DROPPED)]
    assert save(database) == []


def test_another_trigger_retracts_one_change_and_records_another(database: Database, said: int) -> None:
    save(database, change(said, status=ChangeStatus.CONFIRMED))
    other = change(said, status=ChangeStatus.CONFIRMED, trigger="e" * 32, at=NOW + DAY)
    assert save(database, other) == [
        (ChangeStatus.CONFIRMED, ChangeStatus.RETRACTED),
        (None, ChangeStatus.CONFIRMED),
    ]


def test_a_fold_touches_only_its_own_actor_and_issue(database: Database, said: int) -> None:
    save(database, change(said, status=ChangeStatus.CONFIRMED))
    with database.work() as work:
        assert work.positions.save_fold(fold(actor="rival"), NOW) == []
        assert work.positions.save_fold(fold(issue="sanctions"), NOW) == []
        assert work.positions.changes(actor="minister")[0].found.status is ChangeStatus.CONFIRMED
        assert [(p.actor, p.issue) for p in work.positions.all()] == [
            ("minister", "sanctions"),
            ("minister", "troops"),
            ("rival", "troops"),
        ]
        assert [p.actor for p in work.positions.all(issue="troops")] == ["minister", "rival"]
        assert [p.issue for p in work.positions.all(actor="rival")] == ["troops"]
        with pytest.raises(NotFound):
            work.positions.get("rival", "sanctions")


def test_what_held_at_a_date(database: Database, said: int) -> None:
    confirmed = {"status": ChangeStatus.CONFIRMED, "confirmed_at": NOW}
    first = change(said, kind=ChangeKind.FIRST, before=None, after=Stance.SUPPORTS, at=NOW, **confirmed)
    second = change(said, trigger="2" * 32, at=NOW + 2 * DAY, **confirmed)
    split = change(said, kind=ChangeKind.SPLIT, after=None, at=NOW + 3 * DAY, **confirmed)
    pending = change(said, trigger="3" * 32, at=NOW + 4 * DAY)
    save(database, first, second, split, pending)

    def held(moment: datetime, **only: str) -> list[FoundChange]:
        with database.view() as work:
            return [c.found for c in work.positions.at(moment, **only)]

    assert held(NOW - DAY) == []
    assert held(NOW) == [first]
    assert held(NOW + DAY, actor="minister", issue="troops") == [first]
    assert held(NOW + 9 * DAY) == [second]
    assert held(NOW + 9 * DAY, issue="sanctions") == held(NOW + 9 * DAY, actor="rival") == []


def test_changes_are_listed_newest_first_in_pages(database: Database, said: int) -> None:
    found = [change(said, trigger=f"{n:032}", at=NOW + (n // 2) * DAY) for n in range(6)]
    save(database, *found)
    with database.view() as work:
        everything = work.positions.changes()
        assert [c.found.trigger for c in everything] == [f.trigger for f in reversed(found)]
        paged, before = [], None
        while page := work.positions.changes(limit=2, before_id=before):
            paged += page
            before = page[-1].id
        assert paged == everything
        assert len(work.positions.changes(since=NOW + DAY)) == 4
        assert work.positions.changes(status=ChangeStatus.CONFIRMED) == []
        assert work.positions.changes(actor="rival") == work.positions.changes(issue="sanctions") == []
        with pytest.raises(NotFound, match="there is no change 99"):
            work.positions.changes(before_id=99)
        with pytest.raises(NotFound):
            work.positions.change(99)
        with pytest.raises(NotFound):
            work.positions.change_by_key("nothing")
