from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from monitor.model.course import Stand
from monitor.model.position import FoundPosition
from monitor.model.statement import Stance
from monitor.web.charts import movement, spectrum

NOW = datetime(2025, 3, 1, tzinfo=UTC)
S, C, O = Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES  # noqa: E741


def stand(actor: str, stance: Stance | None, probability: float = 0.97) -> Stand:
    return Stand(actor=actor, issue="i", stance=stance, since=NOW, probability=probability, change=1, statement=1)


def test_the_surest_come_first_and_who_moved_says_whence() -> None:
    held = {"a": stand("a", S, 0.96), "b": stand("b", S, 0.99), "c": stand("c", O), "d": stand("d", None)}
    before = {"a": stand("a", O), "b": stand("b", S), "d": stand("d", S)}
    found = spectrum.places(held, before, None, {"a": "A"})
    assert [p.actor for p in found[S]] == ["b", "a"]
    assert [(p.actor, p.moved, p.was) for p in found[S]] == [("b", False, S), ("a", True, O)]
    assert [(p.actor, p.moved, p.name) for p in found[O]] == [("c", False, "c")]
    assert found[C] == []


def test_what_was_held_between_counts_as_given_up() -> None:
    first = {"a": stand("a", S), "b": stand("b", S), "c": stand("c", O)}
    second = {"a": stand("a", C), "b": stand("b", S), "c": stand("c", None)}
    last = {"a": stand("a", O), "b": stand("b", S), "c": stand("c", O)}
    assert {a: s.stance for a, s in spectrum.earlier([first, second, last]).items()} == {"a": C}
    assert {a: s.stance for a, s in spectrum.earlier([first, second]).items()} == {"a": S, "c": O}
    assert spectrum.earlier([last]) == {}


def test_now_the_strength_is_that_of_now() -> None:
    now = {"a": FoundPosition(actor="a", issue="i", stance=S, posterior={S: 0.999}, statements=12, pending=C)}
    (place,) = spectrum.places({"a": stand("a", S, 0.96)}, {}, now, {})[S]
    assert (place.probability, place.statements, place.pending) == (0.999, 12, C)
    (then,) = spectrum.places({"a": stand("a", S, 0.96)}, {}, None, {})[S]
    assert (then.probability, then.statements, then.pending) == (0.96, None, None)


def test_dates_are_spread_evenly_and_at_least_a_day_apart() -> None:
    assert spectrum.dates(NOW - timedelta(days=30), NOW) == [NOW - timedelta(days=d) for d in (30, 20, 10, 0)]
    assert spectrum.dates(NOW - timedelta(days=1), NOW) == [NOW - timedelta(days=1), NOW]
    assert spectrum.dates(NOW - timedelta(hours=5), NOW) == [NOW]


DATES = [NOW - timedelta(days=20), NOW - timedelta(days=10), NOW]


def test_a_column_has_blocks_from_support_down_and_counts_everybody_known() -> None:
    ways = {"a": [S, S, O], "b": [None, C, C], "c": [O, O, O], "d": [None, None, None]}
    found = movement.draw(DATES, ways, {}, 960)
    assert found is not None
    assert {line.whole: line.moved for line in found.lines} == {"a": True, "b": False, "c": False}
    columns = {x: [b for b in found.blocks if b.x == x] for x in sorted({b.x for b in found.blocks})}
    assert [sum(b.count for b in blocks) for blocks in columns.values()] == [3, 3, 3]
    for blocks in columns.values():
        assert [b.y for b in blocks] == sorted(b.y for b in blocks)
        order = [movement.ROWS.index(b.stance) for b in blocks]
        assert order == sorted(order)
    assert max(b.y + b.height for b in found.blocks) <= found.height


def test_who_withdrew_has_moved_and_each_name_has_its_own_line() -> None:
    ways = {f"actor-{n:02}": [S, S, None if n == 7 else S] for n in range(60)}
    found = movement.draw(DATES, ways, {}, 360)
    assert found is not None
    assert [line.whole for line in found.lines if line.moved] == ["actor-07"]
    heights = sorted(line.name_y for line in found.lines)
    assert all(b - a >= 15 for a, b in pairwise(heights))
    assert all(line.name_x < 360 for line in found.lines)


def test_one_date_is_no_movement() -> None:
    assert movement.draw(DATES[:1], {"a": [S]}, {}, 960) is None
    assert movement.draw(DATES, {"a": [None, None, None]}, {}, 960) is None
