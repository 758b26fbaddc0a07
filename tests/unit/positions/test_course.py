from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from monitor.model.course import Spoken, Stand
from monitor.model.statement import Stance
from monitor.positions.course import counted, courses, held_at
from rules.model import ActorKind, ActorRule, Office, RuleSet

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def stand(number: int, stance: Stance | None, days_ago: float, *, pending: bool = False) -> Stand:
    return Stand(
        actor="a", issue="i", stance=stance, since=NOW - timedelta(days=days_ago), probability=0.99, change=number,
        statement=number, pending=pending,
    )  # fmt: skip


def test_each_position_lasts_until_the_next_whatever_their_order() -> None:
    first, second, gone = stand(1, Stance.OPPOSES, 9), stand(2, Stance.SUPPORTS, 5), stand(3, None, 2)
    stretches = courses([gone, first, stand(4, Stance.OPPOSES, 1, pending=True), second])["a", "i"]
    assert [(s.stand, s.until) for s in stretches] == [(first, second.since), (second, gone.since), (gone, None)]


def test_a_position_is_held_from_its_very_moment_on() -> None:
    stands = [stand(1, Stance.OPPOSES, 9), stand(2, Stance.SUPPORTS, 5), stand(3, Stance.OPPOSES, 1, pending=True)]
    for days, held in ((10.0, None), (9.0, 1), (5.1, 1), (5.0, 2), (0.0, 2)):
        then = held_at(stands, NOW - timedelta(days=days)).get(("a", "i"))
        assert (then.change if then else None) == held, days


def test_statements_count_for_bodies_as_long_as_an_office_lasts() -> None:
    rules = RuleSet(
        actors={
            "state": ActorRule("state", "State", ActorKind.STATE),
            "pm": ActorRule(
                "pm", "PM", ActorKind.PERSON, member_of="state", offices=(Office("PM", until=date(2025, 2, 20)),)
            ),
        }
    )

    def said(number: int, days_ago: float, claimed_by: str | None = None) -> Spoken:
        at = NOW - timedelta(days=days_ago)
        return Spoken(id=number, holder="pm", issue="i", stance=Stance.SUPPORTS, said_at=at, claimed_by=claimed_by)

    found = counted([said(1, 20), said(2, 1), said(3, 20, claimed_by="x")], rules)
    assert [s.id for s in found["pm"]] == [1, 2, 3]
    assert [s.id for s in found["state"]] == [1]
