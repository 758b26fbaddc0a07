"""A change keeps its identity when its first sentence moves."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.position import FoundChange
from monitor.positions.changes import same_as_recorded
from monitor.positions.track import FilterTracker

from .statements import O, S, said

BEFORE = [said(S, d) for d in range(4)]
AFTER = [said(O, 10 + d) for d in range(6)]


def reversal(*statements: object) -> FoundChange:
    return FilterTracker().fold("ann", "dam", [*BEFORE, *statements]).changes[-1]  # type: ignore[list-item]


def test_a_trigger_that_fell_does_not_make_a_new_change() -> None:
    recorded, found = reversal(*AFTER), reversal(*AFTER[1:])
    assert recorded.key != found.key
    assert [c.key for c in same_as_recorded([found], [recorded])] == [recorded.key]


def test_an_earlier_statement_that_turns_up_late_does_not_either() -> None:
    recorded, found = reversal(*AFTER), reversal(said(O, 9), *AFTER)
    assert [c.key for c in same_as_recorded([found], [recorded])] == [recorded.key]


def test_another_change_to_the_same_stance_is_another_change() -> None:
    recorded = reversal(*AFTER)
    found = reversal(*(said(O, 300 + d) for d in range(5)))
    assert [c.key for c in same_as_recorded([found], [recorded])] == [found.key]


def test_a_change_to_another_stance_is_another_change() -> None:
    recorded = reversal(*AFTER)
    found = replace(reversal(*AFTER[1:]), after=S)
    assert [c.key for c in same_as_recorded([found], [recorded])] == [found.key]


def test_each_recorded_change_is_taken_once() -> None:
    recorded = reversal(*AFTER)
    one, two = reversal(*AFTER[1:]), reversal(*AFTER[2:])
    assert [c.key for c in same_as_recorded([one, two], [recorded])] == [recorded.key, two.key]


def test_another_copy_that_comes_to_stand_for_the_story_does_not_either() -> None:
    copies = [said(O, 10, story=77, confidence=0.8), said(O, 10, story=77, confidence=0.99)]
    recorded, found = reversal(copies[0], *AFTER[1:3]), reversal(*copies, *AFTER[1:3])
    assert recorded.key != found.key
    assert [c.key for c in same_as_recorded([found], [recorded])] == [recorded.key]
