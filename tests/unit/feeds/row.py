"""A document and what is to be read in it, for tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.feeds.parse import parse_document
from monitor.model.feed import ParsedFeed


@dataclass(frozen=True)
class Row:
    """`wanted` names what is to be found: `feed_title`, `count`, and of the first entry `title`, `link`, `id`,
    `published` (in UTC, to the second), `text` and `author`."""

    name: str
    document: str | bytes
    wanted: dict[str, Any]
    content_type: str | None = None
    base: str | None = None

    @property
    def body(self) -> bytes:
        """The document as bytes, UTF-8 where it is text."""
        return self.document if isinstance(self.document, bytes) else self.document.encode()

    def parsed(self) -> ParsedFeed:
        """What our parser reads in it."""
        return parse_document(self.body, self.content_type, self.base)

    def found(self) -> dict[str, Any]:
        """What our parser reads, of that which is wanted."""
        found = self.everything()
        return {key: found.get(key) for key in self.wanted}

    def everything(self) -> dict[str, Any]:
        """What our parser reads, of all that can be wanted."""
        feed = self.parsed()
        found: dict[str, Any] = {"feed_title": feed.title, "count": len(feed.entries)}
        if feed.entries:
            first = feed.entries[0]
            found |= {"title": first.title, "link": first.link, "id": first.id, "text": first.text}
            found |= {"author": first.author, "published": None}
            if first.published:
                found["published"] = first.published.strftime("%Y-%m-%dT%H:%M:%SZ")
        return found


def rss(items: str, *, version: str = "2.0", names: str = "", head: str = "<title>T</title>") -> str:
    """An RSS document around items."""
    return f'<?xml version="1.0"?><rss version="{version}" {names}><channel>{head}{items}</channel></rss>'


def item(inner: str) -> str:
    """An RSS item."""
    return f"<item>{inner}</item>"


def atom(entries: str, *, names: str = 'xmlns="http://www.w3.org/2005/Atom"', head: str = "<title>T</title>") -> str:
    """An Atom document around entries."""
    return f'<?xml version="1.0"?><feed {names}>{head}{entries}</feed>'


def entry(inner: str) -> str:
    """An Atom entry with the id 1."""
    return f"<entry><id>1</id>{inner}</entry>"
