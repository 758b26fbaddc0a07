"""When a feed is asked again, and what is remembered of a poll. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.feeds.moves import followed
from monitor.model.feed import Feed, FeedStatus, FetchOutcome, FetchResult, ParsedFeed
from monitor.net.mask import mask

LONGEST_WAIT_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceConfig:
    """The bounds of polling, in seconds.

    `shorten` and `lengthen` are the factors by which the interval follows the feed: news shorten it, silence lengthens
    it, little by little, so that a day without news does not make a busy feed late. `spread` is the share of the
    interval over which polls are strewn, so that feeds that were added together do not fall due together for ever.
    """

    shortest_s: int = 300
    longest_s: int = 6 * 3600
    first_s: int = 1800
    shorten: float = 0.6
    lengthen: float = 1.25
    spread: float = 0.1

    def __post_init__(self) -> None:
        if not 1 <= self.shortest_s <= self.longest_s <= LONGEST_WAIT_S:
            raise ValueError(
                f"polling bounds of {self.shortest_s} to {self.longest_s} seconds make no sense; the shortest must be"
                f" at least 1, the longest at least the shortest and at most {LONGEST_WAIT_S}"
            )


def body_hash(body: bytes) -> str:
    """What a document is recognised by when it comes again, whatever its ETag says."""
    return hashlib.sha256(body).hexdigest()


def is_unchanged(feed: Feed, result: FetchResult) -> bool:
    """Whether a fetch brought the document that was read the last time; it need not be parsed again."""
    return result.outcome is FetchOutcome.OK and feed.body_hash is not None and feed.body_hash == body_hash(result.body)


def after_poll(
    feed: Feed,
    result: FetchResult,
    parsed: ParsedFeed | None,
    new_items: int,
    error: str | None,
    now: datetime,
    config: CadenceConfig,
    jitter: float,
    left: int = 0,
) -> Feed:
    """The feed as it is to be stored after a poll.

    `parsed` is None when there was nothing to read: the fetch failed, nothing changed, or the document was no feed; in
    the last case `error` says so. `jitter` is a random number from 0 to 1, drawn by the caller. `left` is how many new
    entries were left for the next poll: it comes soon, and gets the whole document again.
    """
    polled = replace(feed, last_poll_at=now)
    if result.outcome is FetchOutcome.GONE:
        gone = _failed(polled, error or result.error or "The feed is gone.", now)
        return replace(gone, status=FeedStatus.GONE, next_poll_at=now + timedelta(seconds=LONGEST_WAIT_S))
    trouble = error or (result.error or "The fetch failed." if result.outcome is FetchOutcome.FAILED else None)
    if trouble is None and parsed is not None and not parsed.complete:
        trouble = _broken_off(parsed)
        polled = _with_news(polled, new_items, now)
    if trouble is not None:
        failed = _failed(polled, trouble, now)
        return replace(failed, next_poll_at=now + _patience(failed, result, config, jitter))
    well = _succeeded(_with_news(polled, new_items, now), result, parsed, now)
    if left:
        # Neither a 304 nor an equal body may hide the rest, and the rest of a baseline is baseline, too.
        rest = replace(well, etag=None, last_modified=None, body_hash=None, baseline_done=feed.baseline_done)
        return replace(
            rest, next_poll_at=now + _strewn(max(config.shortest_s, result.retry_after_s or 0), config, jitter)
        )
    interval = _interval(feed, result, parsed, new_items, config)
    wait = max(interval, result.retry_after_s or 0)
    return replace(well, interval_s=interval, next_poll_at=now + _strewn(wait, config, jitter))


def _broken_off(parsed: ParsedFeed) -> str:
    count = len(parsed.entries)
    return f"The document breaks off before its end; the {count} entries before that were taken."


def _with_news(feed: Feed, new_items: int, now: datetime) -> Feed:
    return replace(feed, last_new_at=now) if new_items else feed


def _failed(feed: Feed, trouble: str, now: datetime) -> Feed:
    """A failed poll: what was stored stays, above all the validators of the last good document."""
    return replace(
        feed, failures=feed.failures + 1, last_error=mask(trouble)[:1000], errors_since=feed.errors_since or now
    )


def _succeeded(feed: Feed, result: FetchResult, parsed: ParsedFeed | None, now: datetime) -> Feed:
    feed = replace(
        feed,
        status=FeedStatus.ACTIVE if feed.status is FeedStatus.GONE else feed.status,
        last_success_at=now,
        failures=0,
        last_error=None,
        errors_since=None,
        baseline_done=True,
    )
    if result.outcome is FetchOutcome.OK:
        # All three follow the document: a server that stops sending an ETag must not be sent the old one.
        feed = replace(feed, etag=result.etag, last_modified=result.last_modified, body_hash=body_hash(result.body))
        feed = replace(feed, full_fetch_at=now)
    feed = followed(feed, result)
    if parsed is not None:
        feed = replace(feed, title=feed.title or parsed.title, site_url=parsed.link or feed.site_url)
    return feed


def _interval(feed: Feed, result: FetchResult, parsed: ParsedFeed | None, new_items: int, config: CadenceConfig) -> int:
    """The distance to the next poll: from the feed's own rhythm, never below what the feed itself asks for.

    What is asked for (`ttl`, sy:updatePeriod, max-age) counts up to the longest interval only: feeds whose generator
    writes `yearly` are many.
    """
    if not feed.baseline_done:
        interval = float(config.first_s)
    else:
        interval = feed.interval_s * (config.shorten if new_items else config.lengthen)
    asked = max((parsed.ttl_s if parsed else None) or 0, result.max_age_s or 0)
    return int(min(max(interval, asked, config.shortest_s), config.longest_s))


def _patience(feed: Feed, result: FetchResult, config: CadenceConfig, jitter: float) -> timedelta:
    """How long to wait after a failure: doubling from the feed's interval, a day at most, or what the server asked."""
    doubled = min(max(feed.interval_s, config.shortest_s) * 2.0 ** min(feed.failures - 1, 20), LONGEST_WAIT_S)
    return _strewn(max(doubled, result.retry_after_s or 0), config, jitter)


def _strewn(wait_s: float, config: CadenceConfig, jitter: float) -> timedelta:
    """The wait, lengthened by up to `spread` of it; never shortened, for a server may have asked for it."""
    return timedelta(seconds=wait_s * (1 + config.spread * min(max(jitter, 0.0), 1.0)))
