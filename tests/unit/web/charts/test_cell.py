from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.course import Spoken, Stand
from monitor.model.statement import Stance
from monitor.web.charts.cell import Timeline, draw

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def said(number: int, stance: Stance, days_ago: float, *, withdraws: bool = False) -> Spoken:
    at = NOW - timedelta(days=days_ago)
    return Spoken(id=number, holder="a", issue="i", stance=stance, said_at=at, withdraws=withdraws)


def stand(number: int, stance: Stance | None, days_ago: float, *, pending: bool = False) -> Stand:
    return Stand(
        actor="a", issue="i", stance=stance, since=NOW - timedelta(days=days_ago), probability=0.99, change=number,
        statement=number, pending=pending,
    )  # fmt: skip


def drawn(spoken: list[Spoken], stands: list[Stand], width: int = 960) -> Timeline:
    found = draw(spoken, stands, NOW, width)
    assert found is not None
    return found


def test_nothing_known_is_not_drawn() -> None:
    assert draw([], [], NOW) is None


def test_support_lies_above_condition_above_opposition_above_withdrawal() -> None:
    found = drawn([said(1, Stance.SUPPORTS, 3, withdraws=True)], [])
    assert [row.stance for row in found.rows] == [Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES, None]
    heights = [row.y for row in found.rows]
    assert heights == sorted(heights)
    assert found.dots[0].y == heights[-1]
    assert None not in [row.stance for row in drawn([said(1, Stance.SUPPORTS, 3)], []).rows]


@pytest.mark.parametrize("width", [960, 360])
def test_time_runs_to_the_right_and_everything_stays_in_the_picture(width: int) -> None:
    found = drawn([said(n, Stance.SUPPORTS, 400 - n * 40) for n in range(11)], [stand(1, Stance.OPPOSES, 300)], width)
    across = [dot.x for dot in found.dots]
    assert len(set(across)) == 11
    assert across == sorted(across)
    for dot in found.dots:
        assert dot.radius <= dot.x <= width - dot.radius
        assert dot.radius <= dot.y <= found.height - dot.radius
    assert all(found.left <= tick.x <= width for tick in found.ticks)


def test_the_line_steps_at_a_change_and_reaches_today() -> None:
    found = drawn([], [stand(2, Stance.SUPPORTS, 5), stand(1, Stance.OPPOSES, 20)])
    opposes, step, supports = found.lines
    assert (opposes.tone, step.tone, supports.tone) == ("opposes", "step", "supports")
    assert opposes.x2 == step.x1 == step.x2 == supports.x1
    assert (step.y1, step.y2) == (opposes.y1, supports.y1)
    assert supports.x2 == 960 - 12


def test_what_is_pending_branches_off_dashed() -> None:
    found = drawn([], [stand(1, Stance.OPPOSES, 20), stand(2, Stance.SUPPORTS, 5, pending=True)])
    assert [(line.tone, line.dashed) for line in found.lines] == [
        ("opposes", False), ("step", True), ("supports", True),
    ]  # fmt: skip


def test_statements_of_one_moment_are_stacked_and_many_become_one_with_their_number() -> None:
    few = drawn([said(n, Stance.SUPPORTS, 3) for n in range(4)] + [said(9, Stance.OPPOSES, 30)], [])
    assert len({(dot.x, dot.y) for dot in few.dots}) == 5
    assert few.merged == 0
    many = drawn([said(n, Stance.SUPPORTS, 3) for n in range(5)] + [said(9, Stance.OPPOSES, 30)], [])
    assert [dot.count for dot in many.dots] == [1, 5]
    assert many.merged == 5


def test_two_thousand_statements_lose_none_and_stay_few_marks() -> None:
    found = drawn([said(n, list(Stance)[n % 3], n / 10) for n in range(2000)], [])
    assert sum(dot.count for dot in found.dots) == 2000
    assert len(found.dots) < 300
    assert found.within < timedelta(days=5)
