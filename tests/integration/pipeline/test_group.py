"""The index of stories finds what comparing with everything finds, and nothing is compared twice."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.items.identity import content_hash
from monitor.items.syndication import WITHIN, own_words, same_story
from monitor.model.item import Item, NewItem, StoryCandidate
from monitor.model.moment import parse_moment
from monitor.pipeline.group import Grouper
from storage.engine import Database
from storage.stories import LEAST_PAIRS
from tests.unit.items.test_syndication import pairwise_f1
from tests.unit.items.wire_texts import TEXTS

NEWS = Path(__file__).parents[3].parent / "shared" / "eval" / "news-dev.jsonl"
DAY = datetime(2025, 2, 18, tzinfo=UTC)


def new(title: str, body: str, at: datetime = DAY, identity: str = "") -> NewItem:
    return NewItem(
        feed_id=None, identity=identity, url=None, title=title, text=body, published_at=at, seen_at=at, lang=None,
        publisher="x", content_hash=content_hash(title, body),
    )  # fmt: skip


def store(database: Database, items: Sequence[NewItem]) -> list[Item]:
    with database.work() as work:
        return [
            work.items.get(i) for i in work.items.add_all([replace(n, identity=f"{i}") for i, n in enumerate(items)])
        ]


def grouped(database: Database, items: Sequence[NewItem], at_once: int) -> list[Item]:
    """The items as they are after they were grouped, so many at once."""
    grouper, found = Grouper(database), []
    stored = store(database, items)
    for start in range(0, len(stored), at_once):
        found += grouper.group(stored[start : start + at_once])
    with database.view() as work:
        assert [work.items.get(item.id) for item in found] == found  # what is given out is what is stored
    return found


def by_comparing_all(items: Sequence[NewItem]) -> list[int]:
    """A number for the story of each item, found without any index."""
    before: list[StoryCandidate] = []
    for number, item in enumerate(items):
        story = same_story(item, before)
        before.append(
            StoryCandidate(
                story_id=number if story is None else story, item_id=number, publisher="x", title=item.title,
                text=item.text, published_at=item.published_at,
            )
        )  # fmt: skip
    return [candidate.story_id for candidate in before]


def corpus(seed: int) -> list[NewItem]:
    """Texts of few words, so that they share many: with and without names, quotations, numbers, titles; and copies."""
    chance = random.Random(seed)
    small = [f"w{n}" for n in range(chance.choice((8, 40, 200)))] + ["the", "of", "and"]
    names = [f"Name{n}" for n in range(chance.choice((3, 12)))]

    def line(named: float) -> str:
        words = [
            chance.choice(names) if chance.random() < named else chance.choice((*small, str(chance.randrange(9))))
            for _ in range(chance.randint(3, 14))
        ]
        sentence = " ".join(words) + chance.choice((".", "!", ""))
        return f"“{sentence}”" if chance.random() < 0.1 else sentence

    texts: list[tuple[str, list[str]]] = []
    for _ in range(60):
        if texts and chance.random() < 0.5:
            title, lines = chance.choice(texts)
            lines = [s for s in lines if chance.random() < 0.8] + [line(0.1) for _ in range(chance.randrange(3))]
            title = title if chance.random() < 0.4 else line(0.2)
        else:
            named = chance.choice((0.0, 0.0, 0.05, 0.3))
            title, lines = line(named), [line(named) for _ in range(chance.randrange(7))]
        texts.append((title, lines))
    return [new(title, " ".join(lines), DAY + timedelta(hours=chance.randrange(240))) for title, lines in texts]


@pytest.mark.parametrize("seed", range(12))
def test_the_index_finds_what_comparing_with_everything_finds(database: Database, seed: int) -> None:
    items = corpus(seed)
    found = grouped(database, items, at_once=1 + 7 * (seed % 3))
    first = {item.story_id: number for number, item in reversed(list(enumerate(found)))}
    assert [first[item.story_id] for item in found] == by_comparing_all(items)
    assert 1 < len(first) < len(items)


def test_the_random_texts_meet_every_way_of_being_a_copy() -> None:
    ways = set()
    for seed in range(12):
        items = corpus(seed)
        stories = by_comparing_all(items)
        for number, (item, story) in enumerate(zip(items, stories, strict=True)):
            one, other = own_words(item.title, item.text), own_words(items[story].title, items[story].text)
            if story != number:
                ways.add((bool(one.names), bool(other.names), one.title == other.title is not None))
    assert {(a, b, False) for a in (True, False) for b in (True, False)} <= ways
    assert any(title for *_, title in ways)


@pytest.mark.parametrize("turn", [1, -1])
def test_our_own_texts(sqlite_database: Database, turn: int) -> None:
    texts = TEXTS[::turn]
    found = grouped(sqlite_database, [new(t.title, t.text) for t in texts], at_once=5)
    stories = {t.id: item.story_id for t, item in zip(texts, found, strict=True)}
    assert pairwise_f1(stories, {t.id: t.story for t in texts}) == 1.0


@pytest.mark.skipif(not NEWS.is_file(), reason="shared/eval is not beside this checkout")
def test_the_clusters_of_the_development_news(sqlite_database: Database) -> None:
    rows = sorted(map(json.loads, NEWS.read_text(encoding="utf-8").splitlines()), key=lambda row: row["date"])
    items = [new(row.get("title") or "", row["text"], parse_moment(row["date"])) for row in rows]
    found = grouped(sqlite_database, items, at_once=20)
    stories = {row["id"]: item.story_id for row, item in zip(rows, found, strict=True)}
    assert pairwise_f1(stories, {row["id"]: row["cluster"] for row in rows}) >= 0.95


def test_a_story_left_by_its_only_item_is_gone(database: Database) -> None:
    one, other = grouped(database, [new("", TEXTS[0].text), new("", TEXTS[0].text)], at_once=1)
    assert one.story_id == other.story_id
    with database.view() as work:
        assert work._session.execute(text("SELECT count(*) FROM story")).scalar() == 1


def test_an_item_is_grouped_once_and_found_by_what_it_says_now(database: Database) -> None:
    changed = next(text for text in TEXTS if len(text.text) > 200 and text.story != TEXTS[0].story)
    second = TEXTS[0]
    (item,) = grouped(database, [new("", changed.text)], at_once=1)
    with database.work() as work:
        revised = work.items.revise(item.id, "", second.text, "other", None, DAY)
    (again,) = Grouper(database).group([revised])
    assert again.story_id == item.story_id
    one, other = store(database, [new("", second.text), new("", changed.text)])
    found = Grouper(database).group([one, other])
    assert [it.story_id == item.story_id for it in found] == [True, False]


def test_a_revision_that_came_meanwhile_is_put_into_the_index_when_it_is_read(database: Database) -> None:
    (item,) = store(database, [new("", TEXTS[0].text)])
    other = next(text for text in TEXTS if len(text.text) > 200 and text.story != TEXTS[0].story)
    with database.work() as work:
        revised = work.items.revise(item.id, "", other.text, "h", None, DAY)
    Grouper(database).group([item])  # as it was claimed
    Grouper(database).group([revised])
    (copy,) = store(database, [new("", revised.text)])
    assert Grouper(database).group([copy])[0].story_id == Grouper(database).group([revised])[0].story_id


def test_items_from_before_the_index_are_compared_with_the_new_ones(database: Database) -> None:
    old = store(database, [new("", TEXTS[0].text)] * 450)
    with database.work() as work:
        work._session.execute(text("UPDATE item SET grouping = 'unread'"))
    (item,) = grouped(database, [new("", TEXTS[0].text)], at_once=1)
    assert item.story_id == min(stored.story_id for stored in old)


def test_a_copy_too_far_away_is_another_story(database: Database) -> None:
    late = DAY + WITHIN + timedelta(seconds=1)
    items = grouped(database, [new("", TEXTS[0].text), new("", TEXTS[0].text, late)], at_once=2)
    assert items[0].story_id != items[1].story_id


def test_storage_and_the_rule_agree_on_the_fewest_pairs() -> None:
    from monitor.items import syndication

    assert LEAST_PAIRS == syndication._LEAST_PAIRS


def test_the_language_is_told_by_the_words_before_an_item_is_read(database: Database) -> None:
    body = "Die Regierung hat am Dienstag beschlossen, den Hafen von Stavik bis auf Weiteres zu schließen."
    (stored,) = store(database, [replace(new("", body), lang="en")])
    assert stored.lang == "en"
    (item,) = Grouper(database).group([stored])
    with database.view() as work:
        assert item.lang == work.items.get(item.id).lang == "de"
