from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.course import Spoken, Stand
from monitor.model.statement import Stance
from monitor.positions.course import courses
from monitor.web.charts.lanes import NARROW, WIDE, Strip, draw, fitted, together

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def stand(number: int, stance: Stance | None, days_ago: float, *, pending: bool = False) -> Stand:
    return Stand(
        actor="a", issue="i", stance=stance, since=NOW - timedelta(days=days_ago), probability=0.99, change=number,
        statement=number, pending=pending,
    )  # fmt: skip


def spoken(count: int, stance: Stance = Stance.SUPPORTS, every: float = 1.0) -> list[Spoken]:
    return [
        Spoken(id=n, holder="a", issue="i", stance=stance, said_at=NOW - timedelta(days=n * every))
        for n in range(count)
    ]


def test_nothing_is_not_drawn() -> None:
    assert draw([Strip(name="a", stretches=())], NOW) is None


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_bars_follow_one_another_and_end_today(width: int) -> None:
    stands = [stand(1, Stance.OPPOSES, 100), stand(2, Stance.SUPPORTS, 50), stand(3, None, 20)]
    pending = stand(4, Stance.CONDITIONAL, 10, pending=True)
    strip = Strip(name="x" * 80, stretches=courses(stands)["a", "i"], pending=[pending])
    found = draw([strip, Strip(name="b", stretches=(), spoken=spoken(3))], NOW, width)
    assert found is not None
    first, second = found.lanes
    opposes, supports, maybe = first.bars
    assert [b.stance for b in first.bars] == [Stance.OPPOSES, Stance.SUPPORTS, Stance.CONDITIONAL]
    assert opposes.x + opposes.width == pytest.approx(supports.x)
    assert supports.y < maybe.y < opposes.y
    assert (maybe.pending, supports.pending) == (True, False)
    assert maybe.x + maybe.width == pytest.approx(width - 8)
    # What was withdrawn is no bar: nothing is held after that.
    assert supports.x + supports.width < maybe.x
    assert first.name.endswith("…")
    assert second.levels[0][1] > first.levels[-1][1]
    assert all(y < found.axis_y < found.height for lane in found.lanes for _, y in lane.levels)


def test_two_thousand_statements_are_put_together_and_counted() -> None:
    found = draw([Strip(name="a", stretches=(), spoken=spoken(2000, every=0.25))], NOW)
    assert found is not None
    strokes = found.lanes[0].strokes
    assert found.statements == sum(s.count for s in strokes) == 2000
    assert len(strokes) < 260
    assert found.merged > 1900
    assert sum(path.count("M") for _, path in found.lanes[0].pens) == len(strokes)
    assert found.within == pytest.approx(timedelta(days=500 * 1.02 * 3 / 736), rel=0.05)


def test_a_single_statement_is_a_thin_stroke_and_many_a_broader_one() -> None:
    one = draw([Strip(name="a", stretches=(), spoken=spoken(1))], NOW)
    many = draw([Strip(name="a", stretches=(), spoken=spoken(50, every=0))], NOW)
    assert one is not None
    assert many is not None
    assert (one.merged, many.merged) == (0, 50)
    assert one.lanes[0].strokes[0].width < many.lanes[0].strokes[0].width


def test_groups_never_span_more_than_they_say() -> None:
    assert together([1, 2, 3, 3.9, 4, 9], 3) == [(2.5, 4), (4, 1), (9, 1)]
    assert together([], 3) == []


@pytest.mark.parametrize(
    ("name", "room", "shown"), [("abcdef", 60, "abcdef"), ("abcdef", 50, "abcd…"), ("abc", 1, "a…")]
)
def test_names_are_cut_with_an_ellipsis(name: str, room: float, shown: str) -> None:
    assert fitted(name, room, 10) == shown
