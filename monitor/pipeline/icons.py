"""Icons: the sites of the feeds → a small image each, looked at again once a month. Never in the way of a poll."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from monitor.feeds.icon import Icon, site_of_feed
from monitor.model.feed import FeedStatus
from storage.engine import Database
from storage.icons import ClaimedIcon, StoredIcon

_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=10)
_MONTH = timedelta(days=30)
_FIRST_WAIT = timedelta(days=1)

FindsIcon = Callable[[str], Awaitable[Icon]]


class IconStep:
    """Fetches icons that are due, a few at a time."""

    def __init__(self, database: Database, find: FindsIcon, *, at_once: int = 2) -> None:
        self._database = database
        self._find = find
        self._at_once = at_once

    async def step(self, now: datetime) -> int:
        """Fetches what is due; gives how many sites were asked. Feeds that were never polled well wait."""
        claimed = await asyncio.to_thread(self._claim, now)
        await asyncio.gather(*(self._one(icon, now) for icon in claimed))
        return len(claimed)

    def _claim(self, now: datetime) -> list[ClaimedIcon]:
        with self._database.view() as work:
            feeds = work.feeds.all()
            sites = {site_of_feed(f) for f in feeds if f.status is FeedStatus.ACTIVE and f.last_success_at is not None}
            if not work.icons.any_waits(sites, now):  # as at nearly every tick: polls need not wait for that
                return []
        with self._database.work() as work:
            work.icons.want(sites, now)
            return work.icons.claim_due(now, self._at_once, _LEASE)

    async def _one(self, claimed: ClaimedIcon, now: datetime) -> None:
        try:
            found = await self._find(claimed.site)
        except Exception as error:  # an icon is never worth an alarm
            _log.warning("icon failed", site=claimed.site, error=type(error).__name__)
            found = Icon(note=f"internal fault: {type(error).__name__}")
        await asyncio.to_thread(self._save, claimed, found, now)

    def _save(self, claimed: ClaimedIcon, found: Icon, now: datetime) -> None:
        with self._database.work() as work:
            if found.data:
                work.icons.put(claimed, StoredIcon(found.media_type, found.data), now + _MONTH, now)
            else:
                wait = min(_FIRST_WAIT * 2 ** min(claimed.failures, 5), _MONTH)
                work.icons.put_off(claimed, found.note, now + wait)
