"""Items and stories."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An entry that is about to be stored: it has an identity within its feed, but no row yet.

    `content_hash` covers title and text; a different hash under a known identity is a revision. `link_identity` is the
    second identity, by link and title, under which it is looked for when its feed gives it another id at every poll.
    """

    feed_id: int | None
    identity: str
    url: str | None
    title: str
    text: str
    published_at: datetime
    seen_at: datetime
    lang: str | None
    publisher: str
    content_hash: str
    author: str | None = None
    baseline: bool = False
    link_identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One revision of an item as stored. `revision` counts from 1.

    `story_id` is shared by syndicated copies. `publisher` is the credited agency, else the registered domain.
    `baseline` marks what was already there when its feed was first polled. `repeated` are lines that its feed repeats
    from item to item, folded: they are known where an item is read, and are no part of what is stored.
    """

    id: int
    revision: int
    story_id: int
    feed_id: int | None
    identity: str
    url: str | None
    title: str
    text: str
    published_at: datetime
    seen_at: datetime
    lang: str | None
    publisher: str
    baseline: bool = False
    repeated: frozenset[str] = frozenset()

    @property
    def fields(self) -> dict[str, str]:
        """The texts in which rules are looked for, by field name."""
        return {"title": self.title, "text": self.text}

    @property
    def sources(self) -> tuple[str, ...]:
        """What a rule may name as the item's source: its publisher, and the host that it links to."""
        try:
            host = urlsplit(self.url or "").hostname
        except ValueError:
            host = None
        return tuple(dict.fromkeys(name for name in (self.publisher, host) if name))

    @property
    def day(self) -> date:
        """The day that decides which offices are held."""
        return self.published_at.date()


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What admission needs to know of an item that is already stored: its row, its revision and what it said."""

    id: int
    revision: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a text is recognised by: hashed word pairs, names, numbers, and its title if that is long enough to tell.

    `pairs` are 32-bit hashes in rising order, of type "I". Names and numbers are single folded words.
    """

    pairs: array[int]
    names: frozenset[str]
    numbers: frozenset[str]
    title: str | None


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """A stored item that a new one could be a copy of, by its own words."""

    item_id: int
    story_id: int
    published_at: datetime
    words: OwnWords


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCandidate:
    """A stored item that a new one could be a copy of: newest revision, from the last days, of any feed."""

    story_id: int
    item_id: int
    publisher: str
    title: str
    text: str
    published_at: datetime
