from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model.position import Change, ChangeKind, ChangeStatus, FoundChange
from monitor.model.statement import Evidence, ReadStatement, Stance, Statement
from monitor.web.timeline import HEIGHT, WIDTH, draw

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def said(number: int, stance: Stance, days_ago: float, *, withdraws: bool = False) -> Statement:
    at = NOW - timedelta(days=days_ago)
    read = ReadStatement(
        holder="a",
        issue="i",
        stance=stance,
        evidence=Evidence("text", 0, 1, "x"),
        confidence=0.9,
        said_at=at,
        withdraws=withdraws,
    )
    return Statement(
        id=number,
        item_id=number,
        revision=1,
        story_id=number,
        publisher="p",
        url=None,
        item_title="",
        seen_at=at,
        baseline=False,
        fingerprint=str(number),
        read=read,
    )


def changed(
    number: int,
    before: Stance | None,
    after: Stance | None,
    days_ago: float,
    status: ChangeStatus = ChangeStatus.CONFIRMED,
) -> Change:
    at = NOW - timedelta(days=days_ago)
    found = FoundChange(
        actor="a",
        issue="i",
        kind=ChangeKind.REVERSED,
        before=before,
        after=after,
        status=status,
        trigger=str(number),
        at=at,
        confirmed_at=None,
        posterior=0.99,
        before_statement=None,
        after_statement=number,
    )
    return Change(id=number, key=found.key, found=found, recorded_at=at)


def test_nothing_known_is_not_drawn() -> None:
    assert draw([], [], NOW) is None


def test_support_lies_above_condition_above_opposition_above_withdrawal() -> None:
    drawn = draw([said(1, Stance.SUPPORTS, 3)], [], NOW)
    assert drawn is not None
    assert [row.stance for row in drawn.rows] == [Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES, None]
    heights = [row.y for row in drawn.rows]
    assert heights == sorted(heights)


def test_time_runs_to_the_right_and_stays_in_the_picture() -> None:
    statements = [said(n, Stance.OPPOSES, 400 - n * 40) for n in range(10)]
    drawn = draw(statements, [], NOW)
    assert drawn is not None
    across = [dot.x for dot in drawn.dots]
    assert across == sorted(across)
    assert len(set(across)) == 10
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in drawn.dots)
    assert [tick.anchor for tick in drawn.ticks] == ["start", "middle", "middle", "middle", "end"]


def test_the_line_steps_at_a_change_and_reaches_today() -> None:
    drawn = draw([], [changed(2, Stance.OPPOSES, Stance.SUPPORTS, 5), changed(1, None, Stance.OPPOSES, 20)], NOW)
    assert drawn is not None
    opposes, step, supports = drawn.lines
    assert (opposes.tone, step.tone, supports.tone) == ("opposes", "step", "supports")
    assert opposes.x2 == step.x1 == step.x2 == supports.x1
    assert (step.y1, step.y2) == (opposes.y1, supports.y1)
    assert supports.x2 == drawn.ticks[-1].x


def test_pending_is_dashed_and_dropped_is_not_drawn() -> None:
    changes = [
        changed(1, None, Stance.OPPOSES, 20),
        changed(2, Stance.OPPOSES, Stance.SUPPORTS, 5, ChangeStatus.PENDING),
        changed(3, Stance.OPPOSES, Stance.CONDITIONAL, 9, ChangeStatus.DROPPED),
        changed(4, Stance.OPPOSES, Stance.CONDITIONAL, 8, ChangeStatus.RETRACTED),
    ]
    drawn = draw([], changes, NOW)
    assert drawn is not None
    assert [(line.tone, line.dashed) for line in drawn.lines] == [
        ("opposes", False),
        ("step", True),
        ("supports", True),
    ]


def test_statements_of_one_moment_are_told_apart() -> None:
    drawn = draw([said(n, Stance.SUPPORTS, 3) for n in range(3)] + [said(9, Stance.OPPOSES, 30)], [], NOW)
    assert drawn is not None
    assert len({(dot.x, dot.y) for dot in drawn.dots}) == 4


def test_one_statement_of_this_very_moment_is_drawn() -> None:
    drawn = draw([said(1, Stance.SUPPORTS, 0, withdraws=True)], [], NOW)
    assert drawn is not None
    assert drawn.dots[0].y == drawn.rows[-1].y
