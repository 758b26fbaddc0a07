"""What an item is recognised by when its feed shows it again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from monitor.model.feed import ParsedEntry

LONGEST_IDENTITY = 300
"""Longer ids are cut and hashed: an index entry of PostgreSQL holds 2,700 bytes."""

_BY_LINK = "by-link:"


def identity(entry: ParsedEntry) -> str:
    """The identity of an entry within its feed: its id, case and all, shortened if need be."""
    if len(entry.id) <= LONGEST_IDENTITY:
        return entry.id
    return f"{entry.id[:200]}#sha256:{_digest(entry.id)}"


def link_identity(entry: ParsedEntry) -> str | None:
    """The second identity, for feeds whose ids change at every poll: link, title and day. None without link or title.

    The day belongs to it so that a daily column at one address under one title stays several items.
    """
    if not entry.link or not entry.title:
        return None
    day = entry.published.date().isoformat() if entry.published else ""
    return _by_link(entry.link, entry.title, day)


@lru_cache(maxsize=1024)  # asked for thrice while the entries of one transaction are admitted, and then no more
def _by_link(link: str, title: str, day: str) -> str:
    return _BY_LINK + _digest(link, " ".join(title.casefold().split()), day)[:32]


def identities_to_ask(entries: Sequence[ParsedEntry]) -> tuple[str, ...]:
    """All identities under which these entries could be stored already; `admit` wants to know about them."""
    asked = (key for entry in entries for key in (identity(entry), link_identity(entry)) if key)
    return tuple(dict.fromkeys(asked))


def ambiguous_links(entries: Iterable[ParsedEntry]) -> frozenset[str]:
    """Second identities that several entries of one document share: they tell nothing apart and must not be used."""
    first_ids: dict[str, set[str]] = {}
    for entry in entries:
        key = link_identity(entry)
        if key:
            first_ids.setdefault(key, set()).add(identity(entry))
    return frozenset(key for key, ids in first_ids.items() if len(ids) > 1)


def content_hash(title: str, text: str) -> str:
    """64 hex digits over title and text; blanks do not count, so that a re-flowed text is no revision."""
    return _digest(" ".join(title.split()), " ".join(text.split()))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
