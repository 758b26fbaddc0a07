"""Stories: which items are copies of one another, and the index by which a copy is found among many items.

Two texts that are copies share at least half of the names of the one that has fewer, or one of them has no names; or
they have one title (`monitor/items/syndication.py`, whose rule this knows only that far). So an item is indexed by its
names and its title, and one without names by its word pairs; the candidates for a new item are those that these leave,
a handful among many thousand, and no copy is missed. Only an item without names has to look at all that is near.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import (
    ColumnElement,
    case,
    delete,
    func,
    insert,
    update,
)
from sqlalchemy import select as any_select
from sqlmodel import col, select

from monitor.model.item import IndexedItem, Item, OwnWords
from storage.item_queue import CURRENT, item_of
from storage.repository import Repository, chunks
from storage.tables import ItemRevisionRow, ItemRow, OwnWordsRow, StoryRow, WordKeyRow
from storage.values import Grouping, ItemState

LEAST_PAIRS = 6
"""So many word pairs two texts share at least, unless they have one title."""

_FIRST_KEY = 2**32
"""Keys below are word pairs, which are hashes of 32 bits; those from here on are names and titles."""

_BETWEEN = "\x1f"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Stories(Repository):
    """The stories, and the index over what items are recognised by."""

    def hold(self) -> None:
        """Keeps other workers from grouping items until the transaction ends.

        Two that each group a copy of one story, unseen by the other, would make two stories of it.
        """
        self._lock("stories")

    def grouping(self, ids: Collection[int]) -> dict[int, Grouping]:
        """Those of the items whose words are not in the index, and how they stand."""
        found: dict[int, Grouping] = {}
        for part in chunks(sorted(ids)):
            query = select(ItemRow.id, ItemRow.grouping).where(
                col(ItemRow.id).in_(part), ItemRow.grouping != Grouping.DONE.value
            )
            found |= {i: Grouping(state) for i, state in self._session.exec(query) if i is not None}
        return found

    def unread(self, after: int, limit: int) -> list[Item]:
        """Items that have a story but are not in the index, in the order of their ids."""
        query = (
            any_select(ItemRow, ItemRevisionRow)
            .join(ItemRevisionRow, CURRENT)
            .where(col(ItemRow.id) > after, col(ItemRow.grouping) == Grouping.UNREAD.value)
            .where(col(ItemRow.state) != ItemState.FORGOTTEN.value)
            .order_by(col(ItemRow.id))
            .limit(limit)
        )
        return [item_of(row, revision) for row, revision in self._session.execute(query)]

    def put(self, item_id: int, revision: int, published_at: datetime, words: OwnWords) -> None:
        """Puts what a revision of an item says into the index, in place of what is there of the item."""
        for table in (WordKeyRow, OwnWordsRow):
            self._session.exec(delete(table).where(col(table.item_id) == item_id))
        row = {
            "item_id": item_id,
            "pairs": _packed(words.pairs),
            "names": _BETWEEN.join(sorted(words.names)),
            "numbers": _BETWEEN.join(sorted(words.numbers)),
            "title": words.title,
        }
        self._session.exec(insert(OwnWordsRow), params=row)
        keys = _names(words) | _title(words) | (frozenset() if words.names else frozenset(words.pairs))
        if keys:
            at, of = _second(published_at), len(words.names)
            entries = [{"key": key, "at": at, "item_id": item_id, "of": of} for key in sorted(keys)]
            self._session.exec(insert(WordKeyRow), params=entries)
        as_it_is = (col(ItemRow.id) == item_id, col(ItemRow.revision) == revision)
        self._session.exec(update(ItemRow).where(*as_it_is).values(grouping=Grouping.DONE.value))

    def candidates(self, words: OwnWords, at: datetime, within: timedelta) -> Iterator[IndexedItem]:
        """All items that could be copies of a text published at that moment; most of them are none."""
        near = col(WordKeyRow.at).between(_second(at - within), _second(at + within))
        found = self._with_names(words, near) | self._with_title(words, near) | self._nameless(words, near)
        yield from self._load(found)
        if not words.names and len(words.pairs) >= LEAST_PAIRS:
            yield from self._with_pairs(words, at, within, found)

    def join(self, item: Item, story_id: int) -> None:
        """Makes an item a copy of a story; the story that it had alone is gone."""
        if item.story_id == story_id:
            return
        self._session.exec(update(ItemRow).where(col(ItemRow.id) == item.id).values(story_id=story_id))
        left = select(ItemRow.id).where(col(ItemRow.story_id) == item.story_id).exists()
        self._session.exec(delete(StoryRow).where(col(StoryRow.id) == item.story_id, ~left))

    def _with_names(self, words: OwnWords, near: ColumnElement[bool]) -> set[int]:
        """Items that share half of their names, or half of ours."""
        mine = len(words.names)
        if not mine:
            return set()
        fewer = case((col(WordKeyRow.of) < mine, col(WordKeyRow.of)), else_=mine)
        query = (
            any_select(col(WordKeyRow.item_id))
            .where(self._is_among(col(WordKeyRow.key), _names(words)), near)
            .group_by(col(WordKeyRow.item_id), col(WordKeyRow.of))
            .having(2 * func.count() >= fewer)
        )
        return set(self._session.execute(query).scalars())

    def _with_title(self, words: OwnWords, near: ColumnElement[bool]) -> set[int]:
        if not words.title:
            return set()
        query = any_select(col(WordKeyRow.item_id)).where(col(WordKeyRow.key).in_(_title(words)), near)
        return set(self._session.execute(query).scalars())

    def _nameless(self, words: OwnWords, near: ColumnElement[bool]) -> set[int]:
        """Items without names that share enough pairs."""
        if len(words.pairs) < LEAST_PAIRS:
            return set()
        query = (
            any_select(col(WordKeyRow.item_id))
            .where(self._is_among(col(WordKeyRow.key), words.pairs), near)
            .group_by(col(WordKeyRow.item_id))
            .having(func.count() >= LEAST_PAIRS)
        )
        return set(self._session.execute(query).scalars())

    def _with_pairs(
        self, words: OwnWords, at: datetime, within: timedelta, but: Collection[int]
    ) -> Iterator[IndexedItem]:
        """Items with names that share enough pairs, for a text that has none: all that are near are looked at."""
        mine = frozenset(words.pairs)
        near = col(ItemRow.published_at).between(at - within, at + within)
        query = any_select(col(OwnWordsRow.item_id), col(OwnWordsRow.pairs)).join(
            ItemRow, col(ItemRow.id) == col(OwnWordsRow.item_id)
        )
        rows = self._session.execute(query.where(near, col(OwnWordsRow.names) != ""))
        alike = [i for i, pairs in rows if sum(map(mine.__contains__, _array(pairs))) >= LEAST_PAIRS and i not in but]
        yield from self._load(alike)

    def _load(self, ids: Iterable[int]) -> Iterator[IndexedItem]:
        for part in chunks(sorted(ids)):
            query = (
                any_select(
                    col(OwnWordsRow.item_id),
                    col(ItemRow.story_id),
                    col(ItemRow.published_at),
                    col(OwnWordsRow.pairs),
                    col(OwnWordsRow.names),
                    col(OwnWordsRow.numbers),
                    col(OwnWordsRow.title),
                )
                .join(ItemRow, col(ItemRow.id) == col(OwnWordsRow.item_id))
                .where(self._is_among(col(OwnWordsRow.item_id), part))
            )
            for item_id, story_id, published_at, pairs, names, numbers, title in self._session.execute(query):
                words = OwnWords(_array(pairs), _words(names), _words(numbers), title)
                yield IndexedItem(item_id, story_id, published_at, words)


def _second(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def _packed(pairs: array[int]) -> bytes:
    """Four bytes each, the lowest first, whatever machine this is."""
    return _swapped(pairs).tobytes()


def _array(packed: bytes) -> array[int]:
    return _swapped(array("I", packed))


def _swapped(pairs: array[int]) -> array[int]:
    if sys.byteorder == "big":
        pairs = array("I", pairs)
        pairs.byteswap()
    return pairs


def _words(joined: str) -> frozenset[str]:
    return frozenset(joined.split(_BETWEEN)) if joined else frozenset()


def _names(words: OwnWords) -> frozenset[int]:
    return frozenset(_key("name", name) for name in words.names)


def _title(words: OwnWords) -> frozenset[int]:
    return frozenset((_key("title", words.title),)) if words.title else frozenset()


def _key(kind: str, word: str) -> int:
    digest = blake2b(f"{kind} {word}".encode("utf-8", "replace"), digest_size=8).digest()
    return _FIRST_KEY + (int.from_bytes(digest, "big") >> 2)
