"""Feeds that move, and servers that say "nothing changed" for ever. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.feeds.address import BadAddress, feed_address
from monitor.model.feed import Feed, FetchOutcome, FetchResult
from monitor.net.mask import mask

SEEN_BEFORE_MOVING = 3
"""Polls in a row that must meet the same permanent redirect: one that a server sends by mistake is soon taken back."""

WHOLE_EVERY = timedelta(days=1)


def wants_whole(feed: Feed, now: datetime) -> bool:
    """Whether the next fetch should ask for the whole document though validators are known.

    Once a day, for some servers answer 304 whatever happens; and before a feed's address is changed, for what stands
    at the new one must have been read. A full fetch that seems to lie in the future is of a clock that was wrong.
    """
    if not (feed.etag or feed.last_modified):
        return False
    if feed.full_fetch_at is None or feed.moved_seen >= SEEN_BEFORE_MOVING - 1:
        return True
    return not timedelta(0) <= now - feed.full_fetch_at < WHOLE_EVERY


def followed(feed: Feed, result: FetchResult) -> Feed:
    """The feed after a successful poll: with its new address once a permanent redirect was met often enough.

    To be called only when what came was a valid feed. The address changes on a whole document, never on a 304.
    """
    target = _target(result)
    if target is None or target == feed.url:
        if feed.moved_to is None and not feed.moved_seen and feed.notice is None:
            return feed
        return replace(feed, moved_to=None, moved_seen=0, notice=None)
    seen = feed.moved_seen + 1 if feed.moved_to == target else 1
    if seen >= SEEN_BEFORE_MOVING and result.outcome is FetchOutcome.OK:
        return replace(feed, url=target, moved_to=None, moved_seen=0, notice=None)
    return replace(feed, moved_to=target, moved_seen=seen, notice=feed.notice if feed.moved_to == target else None)


def stayed(feed: Feed, was: Feed, other: int) -> Feed:
    """The feed when it cannot move because feed number `other` has the new address already: it stays, and says so."""
    words = (
        f"It has moved for good to {mask(feed.url)}, which is feed {other} already. Nothing is lost, but everything is"
        f" fetched twice: remove one of the two (`volteface feeds remove {feed.id}`)."
    )
    return replace(feed, url=was.url, moved_to=feed.url, moved_seen=0, notice=words)


def _target(result: FetchResult) -> str | None:
    if result.permanent_url is None:
        return None
    try:
        return feed_address(result.permanent_url)
    except BadAddress:
        return None
