"""Looking up what feeds an address leads to: it takes a while, so it runs beside the request that asked for it, within
bounds, and says how far it is. Kept in memory: what is lost with the process is looked up again."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from monitor.feeds.discovery import Discovery, Fetches, FoundFeed
from monitor.model.feed import Feed, FetchResult

AT_ONCE = 4
"""Look-ups under way in one process."""

LONGEST_S = 90.0
"""After so many seconds a look-up is given up: thirteen addresses at most, each with its own deadline."""

REMEMBERED = 100

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """How far a look-up is: addresses that were asked, and those that answered or failed."""

    asked: int = 0
    answered: int = 0


Look = Callable[[str, Progress], Awaitable[Discovery]]
"""Finds out what an address leads to, under the guard of feeds, and counts on the way."""


class TooManyLookupsError(Exception):
    """As many look-ups are under way as may be."""


@dataclass(slots=True)
class Lookup:
    """One look-up, of one account. `found` and `problem` are None while it is under way."""

    id: str
    account_id: int
    address: str
    folder: str
    began: datetime
    progress: Progress = field(default_factory=Progress)
    found: Discovery | None = None
    problem: str | None = None

    @property
    def over(self) -> bool:
        """Whether there is an outcome."""
        return self.found is not None or self.problem is not None

    @property
    def candidates(self) -> tuple[FoundFeed, ...]:
        """What can be chosen: the feed at the address itself, or those that its page led to."""
        if self.found is None:
            return ()
        return (self.found.itself,) if self.found.itself else self.found.feeds


class Lookups:
    """The look-ups of this process."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._known: OrderedDict[str, Lookup] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, address: str, folder: str, account_id: int, now: datetime) -> Lookup:
        """Begins one. Call it within the running loop. Raises TooManyLookupsError."""
        if len(self._tasks) >= AT_ONCE:
            raise TooManyLookupsError
        lookup = Lookup(secrets.token_urlsafe(12), account_id, address, folder, now)
        self._known[lookup.id] = lookup
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        task = asyncio.create_task(self._run(lookup))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return lookup

    def get(self, lookup_id: str, account_id: int) -> Lookup | None:
        """One's own look-up; None for one that is forgotten, or somebody else's."""
        found = self._known.get(lookup_id)
        return found if found is not None and found.account_id == account_id else None

    async def _run(self, lookup: Lookup) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                lookup.found = await self._look(lookup.address, lookup.progress)
        except TimeoutError:
            lookup.problem = f"It took more than {LONGEST_S:.0f} seconds and was given up; try the feed's own address."
        except Exception:
            _log.exception("a look-up failed")
            lookup.problem = "It could not be looked up because of an error here; the log says which."


class Counted:
    """A fetcher that counts what it fetches."""

    def __init__(self, fetcher: Fetches, progress: Progress) -> None:
        self._fetcher = fetcher
        self._progress = progress

    async def fetch(self, feed: Feed, *, full: bool = False) -> FetchResult:
        """See `Fetches.fetch`."""
        self._progress.asked += 1
        try:
            return await self._fetcher.fetch(feed, full=full)
        finally:
            self._progress.answered += 1
