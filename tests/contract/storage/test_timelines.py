"""What pictures are drawn from, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.model.position import ChangeKind, ChangeStatus, Fold, FoundChange, FoundPosition
from monitor.model.statement import Stance
from storage.actor_verdicts import ActorVerdictKind
from storage.engine import Database
from storage.values import VerdictKind
from tests.contract.storage.values import DAY, NOW, new_item, read, statement, stored_statement


def test_the_newest_statements_come_first_with_verdicts_merges_and_splits_applied(database: Database) -> None:
    with database.work() as work:
        ids = [stored_statement(work, f"i{n}", said_at=NOW - n * DAY) for n in range(6)]
        other = stored_statement(work, "o", holder="other", said_at=NOW - 9 * DAY)
        elsewhere = stored_statement(work, "e", issue="elsewhere")
        work.statements.judge(ids[0], VerdictKind.REJECT, "ops", NOW)
        work.statements.judge(ids[1], VerdictKind.CORRECT, "ops", NOW, stance=Stance.SUPPORTS)
        work.statements.judge(ids[2], VerdictKind.CORRECT, "ops", NOW, holder="other")
        work.statements.judge(ids[3], VerdictKind.CORRECT, "ops", NOW, issue="elsewhere")
        work.statements.judge(elsewhere, VerdictKind.CORRECT, "ops", NOW, issue="troops")
        split = work.actor_verdicts.add(
            ActorVerdictKind.SPLIT, "minister", "twin", names=(), rules=(), changes=(), who="o", why="", now=NOW
        )
        work.actor_verdicts.take_along(split, [ids[4]])
        work.actor_verdicts.add(
            ActorVerdictKind.MERGE, "other", "third", names=(), rules=(), changes=(), who="o", why="", now=NOW
        )
    with database.view() as work:
        for holders in ({"minister"}, {"third"}, {"twin"}, {"minister", "third", "twin"}):
            expected = work.statements.live_for("troops", holders)[::-1]
            assert work.timelines.statements(["troops"], holders, 99) == expected, holders
            light = work.timelines.spoken(["troops"], holders, 99)
            assert [(s.id, s.holder, s.stance, s.said_at) for s in light] == [
                (s.id, s.read.holder, s.read.stance, s.said_at) for s in expected
            ]
        everybody = work.timelines.spoken(["troops"], None, 99)
        assert {s.id: s.holder for s in everybody} == {
            elsewhere: "minister", ids[1]: "minister", ids[2]: "third", ids[4]: "twin", ids[5]: "minister",
            other: "third",
        }  # fmt: skip
        assert [s.id for s in work.timelines.spoken(["elsewhere"], {"minister"}, 99)] == [ids[3]]
        assert [s.id for s in work.timelines.spoken(["troops"], {"minister"}, 99, until=NOW - 3 * DAY)] == [ids[5]]
        assert len(work.timelines.statements(["troops"], None, 2)) <= 2
        assert work.timelines.spoken([], {"minister"}, 9) == []


def test_statements_that_are_no_longer_read_are_not_there(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(), None)
        read(work, item, statement(item))
        read(work, item)
    with database.view() as work:
        assert work.timelines.spoken(["troops"], None, 9) == []


def test_stands_and_tallies_tell_what_is_held(database: Database) -> None:
    with database.work() as work:
        ids = [stored_statement(work, f"i{n}") for n in range(3)]

        def change(number: int, after: Stance | None, days: int, **more: object) -> FoundChange:
            plain = FoundChange(
                actor="minister", issue="troops", kind=ChangeKind.FIRST, before=None, after=after,
                status=ChangeStatus.CONFIRMED, trigger=str(number), at=NOW - days * DAY, confirmed_at=None,
                posterior=0.97, before_statement=None, after_statement=ids[number % 3],
            )  # fmt: skip
            return replace(plain, **more)  # type: ignore[arg-type]

        position = FoundPosition(
            actor="minister", issue="troops", stance=Stance.SUPPORTS, since=NOW - 3 * DAY, statement=ids[0],
            statements=3,
        )  # fmt: skip
        changes = (
            change(1, Stance.OPPOSES, 9),
            change(2, Stance.SUPPORTS, 3),
            change(3, Stance.OPPOSES, 2, kind=ChangeKind.SPLIT),
            change(4, None, 1, status=ChangeStatus.PENDING),
            change(5, Stance.CONDITIONAL, 1, status=ChangeStatus.DROPPED),
        )
        before = work.timelines.stamp()
        work.positions.save_fold(Fold(position=position, changes=changes), NOW)
        unknown = FoundPosition(actor="minister", issue="tanks", stance=None, statements=1)
        work.positions.save_fold(Fold(position=unknown, changes=()), NOW)
        assert work.timelines.stamp() != before
    with database.view() as work:
        held = work.timelines.stands()
        assert [(s.stance, s.since, s.statement, s.pending) for s in held] == [
            (Stance.OPPOSES, NOW - 9 * DAY, ids[1], False),
            (Stance.SUPPORTS, NOW - 3 * DAY, ids[2], False),
        ]
        assert [s.stance for s in work.timelines.stands(pending=True)][-1] is None
        assert len(work.timelines.stands(until=NOW - 5 * DAY)) == 1
        assert work.timelines.stands(actor="nobody") == work.timelines.stands(issues=[]) == []
        assert len(work.timelines.stands(actor="minister", issues=["troops", "x"])) == 2
        tally = work.timelines.of_actors()["minister"]
        assert (tally.positions, tally.statements, tally.changed_at) == (2, 4, NOW - 3 * DAY)
        assert tally.standing == {Stance.SUPPORTS: 1, Stance.OPPOSES: 0, Stance.CONDITIONAL: 0}
        assert set(work.timelines.of_issues()) == {"troops", "tanks"}
        assert work.timelines.of_issues()["tanks"].changed_at is None
    with database.work() as work:
        stamp = work.timelines.stamp()
        work.positions.save_fold(Fold(position=position, changes=changes[:1]), NOW + timedelta(minutes=1))
        assert work.timelines.stamp() != stamp, "a change that falls makes what was reckoned stale"
