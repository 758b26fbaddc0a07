"""What is read in the demo's invented wire against what its story implies; the figures are printed by `-rP`.

The expectations were written from the story, not from what was read. Only items in English are read.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from monitor.demo.expectations import ExpectedChange, load_expectations
from monitor.demo.items import WireItem, load_wire
from monitor.model.item import Item
from monitor.model.statement import ReadStatement, Stance
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.read import read_item
from rules.compiler import compile_rules
from rules.loader import load_packs


@dataclass(frozen=True)
class Told:
    """An item of the wire and what was read in it."""

    item: WireItem
    statements: tuple[ReadStatement, ...]


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    wire, compiled, extractor = load_wire(), compile_rules(load_packs()), GrammarExtractor()
    languages = {key: outlet.language for key, outlet in wire.outlets.items()}
    return {
        item.key: Told(item, read_item(_item(item), compiled, extractor).statements)
        for item in wire.items
        if languages[item.feed] == "en"
    }


def _item(item: WireItem) -> Item:
    return Item(
        id=1, revision=1, story_id=1, feed_id=None, identity=item.key, url=None, title=item.title, text=item.text,
        published_at=item.date, seen_at=item.date, lang="en", publisher=item.feed,
    )  # fmt: skip


def test_most_of_what_the_story_tells_is_found_and_little_to_the_contrary(told: dict[str, Told]) -> None:
    story = load_expectations()
    found = expected = right = contrary = 0
    for row in (*story.baseline, *story.changes, *story.steady):
        honest: tuple[Stance, ...] = row.after if isinstance(row, ExpectedChange) else (row.stance,)
        holders = {row.actor, *(row.also if isinstance(row, ExpectedChange) else ())}
        readings = [
            {s.stance for s in told[key].statements if s.holder in holders and s.issue == row.issue}
            for key in row.items
            if key in told
        ]
        if not readings:
            continue
        expected += 1
        found += any(not reading.isdisjoint(honest) for reading in readings)
        right += sum(not reading.isdisjoint(honest) for reading in readings)
        contrary += sum(bool(reading) and reading.isdisjoint(honest) for reading in readings)
    print(f"{found} of {expected} expectations read; their items: {right} as told, {contrary} only to the contrary")
    assert found / expected >= 0.92
    assert contrary / (right + contrary) <= 0.06


def test_nothing_is_read_in_noise(told: dict[str, Told]) -> None:
    quiet = [one for one in told.values() if one.item.quiet]
    assert len(quiet) >= 10
    assert not [(one.item.key, s.evidence.text) for one in quiet for s in one.statements]
