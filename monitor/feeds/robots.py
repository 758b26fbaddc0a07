"""Whether a site lets robots read a page: robots.txt by RFC 9309, fetched under the same guard and manners as feeds.

A feed is offered to programs, and is polled whatever robots.txt says; pages are not, so articles are asked for only
where it allows them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from monitor.feeds.charset import decode
from monitor.model.feed import Feed, FetchOutcome, FetchResult

PRODUCT = "Volteface"
"""Our product token: what a `User-agent:` line of a robots.txt names to mean us."""

KEPT = timedelta(hours=24)
"""For how long an answer counts (RFC 9309, 2.4)."""
KEPT_UNREACHABLE = timedelta(minutes=30)
LONGEST = 500 * 1024
"""Bytes that are read; what follows is ignored (RFC 9309, 2.5)."""

_MOST_SITES = 2_000


class Fetches(Protocol):
    """Brings a document."""

    async def fetch(self, feed: Feed, *, full: bool = False) -> FetchResult:
        """What the fetch brought; never raises for what the other side does."""
        ...


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a page may be asked for, and why not. `later` says that the answer may be another one soon."""

    allowed: bool
    why: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True)
class _Site:
    rules: Protego | None
    why: str
    until: datetime


class Robots:
    """Remembers the robots.txt of each site, for a day, or for half an hour where none could be had."""

    def __init__(self, fetcher: Fetches, now: Callable[[], datetime]) -> None:
        self._fetcher = fetcher
        self._now = now
        self._sites: dict[str, _Site] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def permission(self, url: str) -> Permission:
        """Whether we may ask for this page. Never raises for what the other side does."""
        site = site_of(url)
        async with self._asking.setdefault(site, asyncio.Lock()):
            known = self._sites.get(site)
            if known is None or known.until <= self._now():
                known = await self._ask(site)
                if len(self._sites) >= _MOST_SITES:
                    self._forget()
                self._sites[site] = known
        if known.rules is None:
            return Permission(False, known.why, later=True)
        if known.rules.can_fetch(url, PRODUCT):
            return Permission(True)
        return Permission(False, "the site's robots.txt asks programs such as this one not to read the page")

    async def _ask(self, site: str) -> _Site:
        now = self._now()
        feed = Feed(id=0, url=f"{site}/robots.txt", next_poll_at=now, added_at=now)
        result = await self._fetcher.fetch(feed, full=True)
        status = result.status or 0
        if result.outcome is FetchOutcome.OK:
            text = decode(result.body[:LONGEST], "text/plain; charset=utf-8")[0]
            return _Site(Protego.parse(text), "", now + KEPT)
        if 400 <= status < 500 and status != 429:
            return _Site(Protego.parse(""), "", now + KEPT)  # RFC 9309, 2.3.1.3: what is not there forbids nothing
        why = (result.error or f"the server answered {status}").rstrip(".")
        return _Site(None, f"the site's robots.txt could not be read, so that its pages are left alone: {why}",
                     now + KEPT_UNREACHABLE)  # fmt: skip

    def _forget(self) -> None:
        now = self._now()
        self._sites = {s: known for s, known in self._sites.items() if known.until > now}
        while len(self._sites) >= _MOST_SITES:
            del self._sites[next(iter(self._sites))]
        self._asking = {s: lock for s, lock in self._asking.items() if lock.locked()}


def site_of(url: str) -> str:
    """Scheme, host and port of an address, without credentials: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower(), "", "", ""))
