"""Pushes: what hubs sent → parse → admit, by the way of a poll: the same parser, the same admission, the same save.

A feed is leased while a push of it is read, as while it is polled; so the two never admit for it at the same time, and
the pushes of one feed are read in the order in which they came.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_pool import ParseFailed
from monitor.model.feed import Feed, FetchOutcome, FetchResult, ParsedFeed
from monitor.model.hub import Push
from monitor.pipeline.brought import Brought
from monitor.pipeline.outcomes import Outcomes, PollReport
from monitor.pipeline.wire import Parses
from storage.engine import Database

_log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5
"""A push that was claimed so often and never finished is given up, and its feed polled instead."""


class PushStep:
    """Reads what was pushed. `at_once` feeds are under way together."""

    lease = timedelta(minutes=5)

    def __init__(self, database: Database, parser: Parses, outcomes: Outcomes, *, at_once: int = 8) -> None:
        self._database = database
        self._parser = parser
        self._outcomes = outcomes
        self._at_once = at_once

    async def step(self, now: datetime) -> int:
        """Reads one push of each feed for which some wait, as far as nobody polls it; gives how many were read."""
        claimed = await asyncio.to_thread(self._claim, now)
        ended = await asyncio.gather(*(self._one(feed, push, now) for feed, push in claimed), return_exceptions=True)
        failures = [error for error in ended if isinstance(error, BaseException)]
        if failures:
            raise failures[0]
        return len(claimed)

    def _claim(self, now: datetime) -> list[tuple[Feed, Push]]:
        with self._database.view() as work:
            if not work.pushes.any_waits(now):
                return []
        with self._database.work() as work:
            feeds = work.feeds.claim(work.pushes.waiting_feeds(now, self._at_once), now, self.lease)
            pairs = [(feed, work.pushes.claim_first(feed.id, now, self.lease)) for feed in feeds]
            for feed, push in pairs:
                if push is None:
                    work.feeds.save(feed, was=feed)
            return [(feed, push) for feed, push in pairs if push is not None]

    async def _one(self, feed: Feed, push: Push, now: datetime) -> PollReport | None:
        if push.attempts > MOST_ATTEMPTS:
            await asyncio.to_thread(self._refuse, feed, push, "It could not be read in several attempts.", now)
            return None
        try:
            parsed = await self._parser.parse(push.body, push.content_type, push.topic)
        except (NotAFeed, ParseFailed) as refused:
            await asyncio.to_thread(self._refuse, feed, push, str(refused), now)
            return None
        with self._outcomes.coming():
            return await self._outcomes.save(_brought(feed, push, parsed, now))

    def _refuse(self, feed: Feed, push: Push, why: str, now: datetime) -> None:
        """What the hub sent is no feed, but it says that something is new: the feed itself is asked."""
        with self._database.work() as work:
            work.feeds.save(feed, was=feed)
            work.pushes.done(push)
            work.hubs.discard(push.subscription_id, f"What was pushed cannot be read: {why}"[:300], now, poll=True)
        _log.warning("push cannot be read", feed=feed.id, error=why)


def _brought(feed: Feed, push: Push, parsed: ParsedFeed, now: datetime) -> Brought:
    result = FetchResult(url=feed.url, outcome=FetchOutcome.OK, status=200, content_type=push.content_type)
    return Brought(feed=feed, result=result, parsed=parsed, error=None, now=now, push=push)
