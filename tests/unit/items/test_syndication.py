"""Copies of one story are one story; two reports of one event are two."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.items.syndication import WITHIN, same_story
from monitor.model.item import NewItem, StoryCandidate
from monitor.model.moment import parse_moment
from tests.unit.items.wire_texts import TEXTS, WireText

NEWS = Path(__file__).parents[3].parent / "shared" / "eval" / "news-dev.jsonl"
DAY = datetime(2025, 2, 18, tzinfo=UTC)


def item(text: WireText, at: datetime = DAY) -> NewItem:
    return NewItem(
        feed_id=1, identity=text.id, url=None, title=text.title, text=text.text, published_at=at, seen_at=at, lang=None,
        publisher="x", content_hash="",
    )  # fmt: skip


def candidate(text: WireText, story: int, at: datetime = DAY) -> StoryCandidate:
    return StoryCandidate(
        story_id=story, item_id=story, publisher="x", title=text.title, text=text.text, published_at=at
    )


def stories(texts: Sequence[tuple[WireText, datetime]]) -> dict[str, int]:
    """The story of each text when they come in this order."""
    all_of_them, found = [], {}
    for number, (text, at) in enumerate(texts, 1):
        found[text.id] = same_story(item(text, at), all_of_them) or number
        all_of_them.append(candidate(text, found[text.id], at))
    return found


def pairwise_f1(found: dict[str, int], gold: dict[str, str | None]) -> float:
    hits = misses = 0
    for a, b in itertools.combinations(found, 2):
        same, should = found[a] == found[b], gold[a] is not None and gold[a] == gold[b]
        hits += same and should
        misses += same != should
    return 2 * hits / (2 * hits + misses)


@pytest.mark.parametrize("turn", range(6))
def test_our_own_texts_in_any_order(turn: int) -> None:
    texts = [
        TEXTS,
        TEXTS[::-1],
        TEXTS[5:] + TEXTS[:5],
        TEXTS[::2] + TEXTS[1::2],
        TEXTS[9:] + TEXTS[:9],
        TEXTS[1::2] + TEXTS[::2],
    ]
    found = stories([(text, DAY) for text in texts[turn]])
    assert pairwise_f1(found, {text.id: text.story for text in TEXTS}) == 1.0


@pytest.mark.skipif(not NEWS.is_file(), reason="shared/eval is not beside this checkout")
def test_the_clusters_of_the_development_news() -> None:
    rows = [json.loads(line) for line in NEWS.read_text(encoding="utf-8").splitlines()]
    texts = [(WireText(r["id"], "", r.get("title") or "", r["text"]), parse_moment(r["date"])) for r in rows]
    found = stories(sorted(texts, key=lambda pair: pair[1]))
    assert pairwise_f1(found, {r["id"]: r["cluster"] for r in rows}) >= 0.95


def test_a_copy_weeks_later_is_another_story() -> None:
    assert same_story(item(TEXTS[1], DAY + WITHIN), [candidate(TEXTS[0], 5)]) == 5
    assert same_story(item(TEXTS[1], DAY + WITHIN + timedelta(hours=1)), [candidate(TEXTS[0], 5)]) is None


def test_the_closest_candidate_decides_and_of_equals_the_older_story() -> None:
    assert same_story(item(TEXTS[0]), [candidate(TEXTS[3], 1), candidate(TEXTS[0], 2)]) == 2
    assert same_story(item(TEXTS[0]), [candidate(TEXTS[0], 9), candidate(TEXTS[0], 4)]) == 4


def test_formulas_with_other_numbers_are_other_stories() -> None:
    def report(dead: int, hurt: int, place: str) -> WireText:
        text = (
            f"At least {dead} people were killed and {hurt} others were injured when a bus left the road near {place}."
        )
        return WireText(place, place, "", text)

    lima = report(12, 30, "Lima")
    assert same_story(item(report(4, 9, "Quito")), [candidate(lima, 1)]) is None
    assert same_story(item(report(13, 30, "Lima")), [candidate(lima, 1)]) is None
    assert same_story(item(lima), [candidate(lima, 1)]) == 1


def test_one_headline_over_hardly_any_text_is_one_story() -> None:
    title = "Poland will not send troops to Ukraine, Tusk says"
    one, two = WireText("1", "s", title, ""), WireText("2", "s", title.upper(), "Read more.")
    assert same_story(item(two), [candidate(one, 3)]) == 3
    short = WireText("3", "t", "Morning briefing", "")
    assert same_story(item(short), [candidate(short, 3)]) is None


@pytest.mark.parametrize("text", ["", " ", "…", "“" * 500, "a", "\ud800"])
def test_nothing_to_go_by_is_a_story_of_its_own(text: str) -> None:
    odd = WireText("x", "x", text, text)
    assert same_story(item(odd), [candidate(odd, 1), candidate(TEXTS[0], 2)]) is None
