"""Admission: which entries of a poll are new items, which are revisions, which were seen before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.items.identity import ambiguous_links, content_hash, identity, link_identity
from monitor.items.publisher import publisher
from monitor.model.feed import Feed, ParsedEntry
from monitor.model.item import KnownItem, NewItem

_AHEAD = timedelta(minutes=10)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What came of a poll.

    `new` is in the order of publication, so that row ids follow time. `revised` gives the row of the item beside what
    it says now; where the feed gives no date, the item's first `published_at` is better than the one there. `seen`
    counts entries that are stored as they are, or listed twice. `left` counts new entries over the bound: they are to
    be taken at the next poll, so the document must then be read again even if it is unchanged.
    """

    new: tuple[NewItem, ...] = ()
    revised: tuple[tuple[int, NewItem], ...] = ()
    seen: int = 0
    left: int = 0


def admit(
    entries: Sequence[ParsedEntry],
    known: Mapping[str, KnownItem],
    feed: Feed,
    now: datetime,
    *,
    most_new: int | None = None,
) -> Admission:
    """Decide on the entries of one poll.

    `known` maps every identity of `identities_to_ask(entries)` that is stored for this feed to its item. `most_new`
    bounds how many new items one poll brings: the oldest are taken first, and the others are still new the next time.
    An empty document admits nothing and takes nothing away.
    """
    ambiguous = ambiguous_links(entries)
    new: dict[str, NewItem] = {}
    revised: dict[int, NewItem] = {}
    met: set[int] = set()
    seen = 0
    for entry in entries:
        if not (entry.title or entry.text or entry.link or entry.guid_given):
            continue  # it says nothing and nothing can be found again by it; the document's problems name it
        second = link_identity(entry)
        second = None if second in ambiguous else second
        item = _new_item(entry, feed, now, second)
        stored = known.get(item.identity) or (known.get(second) if second else None)
        if (stored is None and item.identity in new) or (stored and stored.id in met):
            seen += 1  # listed twice: the first counts, or the two would revise each other at every poll
        elif stored is None:
            new[item.identity] = item
        else:
            met.add(stored.id)
            if stored.content_hash == item.content_hash:
                seen += 1
            else:
                revised[stored.id] = item
    ordered = sorted(new.values(), key=lambda item: item.published_at)
    taken = ordered if most_new is None else ordered[:most_new]
    return Admission(new=tuple(taken), revised=tuple(revised.items()), seen=seen, left=len(ordered) - len(taken))


def _new_item(entry: ParsedEntry, feed: Feed, now: datetime, second: str | None) -> NewItem:
    return NewItem(
        feed_id=feed.id,
        identity=identity(entry),
        url=entry.link,
        title=entry.title,
        text=entry.text,
        published_at=published_at(entry, now),
        seen_at=now,
        lang=feed.lang or entry.lang,
        publisher=publisher(entry, feed),
        content_hash=content_hash(entry.title, entry.text),
        author=entry.author,
        baseline=not feed.baseline_done,
        link_identity=second,
    )


def published_at(entry: ParsedEntry, now: datetime) -> datetime:
    """When an entry was published: the date it gives, or now where that is missing or cannot be.

    A date in the future (but for ten minutes, for clocks differ) would keep an item on top for ever; one before 1990 is
    the zero of somebody's clock.
    """
    for given in (entry.published, entry.updated):
        if given is not None and _EARLIEST <= given <= now + _AHEAD:
            return min(given, now)
    return now
