"""Texts made to be slow or odd: each is read, and what the grammar does grows with their length only."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.unit.positions.reader import read

LONG = 200_000
SHAPES = {
    "one line of statements": "Macron backs sending troops to Ukraine and ",
    "quotations": '"Macron backs sending troops to Ukraine" ',
    "names": "Macron, Putin, ",
    "openers": "“",
    "one word": "a",
    "initials": "U.S.",
    "apostrophes": "don't'",
    "hyphens": "a-",
    "combining marks": "\u0301",
    "direction marks": "\u202eUkraine\u202c ",
}


def _calls(work: Callable[[], object]) -> int:
    """How many Python functions a piece of work calls: a measure of effort that no clock disturbs."""
    count = 0

    def tick(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_effort_grows_with_length_only(shape: str) -> None:
    unit = SHAPES[shape]
    short, long = ("Troops for Ukraine: Macron. " + unit * (size // len(unit)) for size in (4_000, 16_000))
    read("Macron backs sending troops to Ukraine.")
    few, many = _calls(lambda: read(short)), _calls(lambda: read(long))
    assert many < 7 * few, f"four times the text takes {many / few:.1f} times the calls"


@pytest.mark.parametrize("shape", ["quotations", "openers", "one word", "initials", "hyphens", "combining marks"])
def test_two_hundred_thousand_characters_are_read(shape: str) -> None:
    unit = SHAPES[shape]
    text = "Macron backs sending troops to Ukraine. " + unit * (LONG // len(unit))
    assert any(s.holder == "emmanuel-macron" for s in read(text).statements)


def test_advertisements_glued_to_the_end_are_no_evidence() -> None:
    text = (
        "Macron backs sending troops to Ukraine.\nCity bike, good as new\n25€ per dayLyon 69000"
        "Sailing boat, troops welcome\n380€ per dayBrest"
    )
    assert [s.evidence.text for s in read(text).statements] == ["Macron backs sending troops to Ukraine."]
