"""The feeds as a coverage line counts them: rows and their health → what a reader is told of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.coverage import FeedState, WatchedFeed
from monitor.feeds.health import Condition, FeedHealth, health
from monitor.model.feed import Feed
from monitor.net.mask import mask
from storage.work import Work

_LATE = timedelta(hours=1)
"""How long a feed may be due before it counts as not read: a host that asks for patience is given some."""

_STATES = {
    Condition.WELL: FeedState.HEALTHY,
    Condition.SILENT: FeedState.SILENT,
    Condition.FAILING: FeedState.FAILING,
    Condition.WAITING: FeedState.WAITING,
    Condition.PAUSED: FeedState.PAUSED,
    Condition.GONE: FeedState.GONE,
}


def watched_feeds(work: Work, now: datetime) -> list[WatchedFeed]:
    """All feeds, whatever a subscription is about: a change of position can be in any of them."""
    return [watched(feed, now) for feed in work.feeds.all()]


def watched(feed: Feed, now: datetime) -> WatchedFeed:
    """How one feed counts at `now`.

    Healthy is one whose last poll went well, which brings news as usual (see `monitor.feeds.health`), and which has not
    been due for more than an hour: then no worker reads it.
    """
    found = health(feed, now)
    state = _STATES[found.condition]
    late = feed.next_poll_at + _LATE < now and feed.last_poll_at is not None and feed.last_poll_at + _LATE < now
    if late and state in (FeedState.HEALTHY, FeedState.SILENT, FeedState.FAILING):
        state = FeedState.BEHIND
    failing = state in (FeedState.FAILING, FeedState.GONE)
    return WatchedFeed(
        name=feed.title or mask(feed.url),
        state=state,
        since=_since(feed, state, found),
        why=mask(feed.last_error or "") if failing else "",
    )


def _since(feed: Feed, state: FeedState, found: FeedHealth) -> datetime | None:
    if state is FeedState.SILENT:
        return found.silent_since
    if state is FeedState.BEHIND:
        return feed.last_poll_at
    return feed.errors_since if state in (FeedState.FAILING, FeedState.GONE) else None
