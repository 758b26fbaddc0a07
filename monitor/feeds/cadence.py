"""When a feed is asked again, and what is remembered of a poll. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.feeds.moves import followed
from monitor.feeds.rhythm import past_dates, rhythm_s
from monitor.model.feed import Feed, FeedStatus, FetchOutcome, FetchResult, ParsedFeed
from monitor.net.mask import mask

LONGEST_WAIT_S = 24 * 3600
REMEMBERED_POLLS = 200
"""Polls over which the share of empty ones is reckoned; older ones count for less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceConfig:
    """The bounds of polling, in seconds, and what lies between them.

    A feed whose entries carry dates is asked after `of_gap` of the usual gap between them, and while it is silent after
    `of_silence` of the time that it has been: what comes after a night is late by a tenth of the night. Where dates
    tell nothing, news shorten the interval by the factor `shorten`, and polls without news lengthen it by `lengthen`.
    `spread` is the share of the interval over which polls are strewn, so that feeds that were added together do not
    fall due together for ever; of many that are added at once, `at_once` are asked at once, the others over `first_s`.
    """

    shortest_s: int = 300
    longest_s: int = 6 * 3600
    first_s: int = 1800
    shorten: float = 0.6
    lengthen: float = 1.25
    of_gap: float = 0.5
    of_silence: float = 0.1
    spread: float = 0.1
    at_once: int = 100

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
    if result.outcome is not FetchOutcome.OK or feed.body_hash is None:
        return False
    return feed.body_hash == (result.body_hash or body_hash(result.body))


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
    config = bounded(config, feed)
    if result.postponed:
        return replace(feed, next_poll_at=now + _strewn(result.retry_after_s or config.shortest_s, config, jitter))
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
    well = _counted(_succeeded(_with_news(polled, new_items, now), result, parsed, now), new_items)
    if left:
        # Neither a 304 nor an equal body may hide the rest, and the rest of a baseline is baseline, too.
        rest = replace(well, etag=None, last_modified=None, body_hash=None, baseline_done=feed.baseline_done)
        return replace(
            rest, next_poll_at=now + _strewn(max(config.shortest_s, result.retry_after_s or 0), config, jitter)
        )
    asked = max(well.ttl_s or 0, result.max_age_s or 0)
    interval = int(min(max(_interval(feed, well, new_items, now, config), asked, config.shortest_s), config.longest_s))
    least = max(result.retry_after_s or 0, min(max(asked, config.shortest_s), config.longest_s))
    well = replace(well, interval_s=interval)
    if not feed.baseline_done and least < interval:
        # The second poll comes anywhere before the interval is over: feeds that were added together part here.
        return replace(well, next_poll_at=now + timedelta(seconds=interval - (interval - least) * _share(jitter)))
    return replace(well, next_poll_at=now + _strewn(max(interval, least), config, jitter))


def bounded(config: CadenceConfig, feed: Feed) -> CadenceConfig:
    """The cadence within the bounds that operators set for this feed; one that they set moves the other as far as it
    must."""
    if feed.shortest_s is None and feed.longest_s is None:
        return config
    shortest = min(feed.shortest_s or config.shortest_s, feed.longest_s or LONGEST_WAIT_S)
    longest = max(feed.longest_s or config.longest_s, shortest)
    return replace(config, shortest_s=shortest, longest_s=longest, first_s=min(max(config.first_s, shortest), longest))


def first_due(number: int, of: int, now: datetime, config: CadenceConfig) -> datetime:
    """When the feed with this number (from 0), one `of` many that are added together, is asked for the first time."""
    if number < config.at_once or of <= config.at_once:
        return now
    return now + timedelta(seconds=config.first_s * (number - config.at_once + 1) / (of - config.at_once))


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
    new: dict[str, Any] = {
        "status": FeedStatus.ACTIVE if feed.status is FeedStatus.GONE else feed.status,
        "last_success_at": now,
        "failures": 0,
        "last_error": None,
        "errors_since": None,
        "baseline_done": True,
    }
    if result.outcome is FetchOutcome.OK:
        # All three follow the document: a server that stops sending an ETag must not be sent the old one.
        document = result.body_hash or body_hash(result.body)
        new |= {"etag": result.etag, "last_modified": result.last_modified, "body_hash": document, "full_fetch_at": now}
    if parsed is not None:
        new |= {"title": feed.title or parsed.title, "site_url": parsed.link or feed.site_url}
        dates = past_dates(parsed, now)
        # What the feed asks for and how it goes is known from its documents, and holds while it says 304.
        new |= {"ttl_s": parsed.ttl_s, "rhythm_s": rhythm_s(dates), "newest_entry_at": dates[-1] if dates else None}
    return followed(replace(feed, **new), result)


def _counted(feed: Feed, new_items: int) -> Feed:
    polls, empty = feed.polls + 1, feed.empty_polls + (not new_items)
    if polls > REMEMBERED_POLLS:
        polls, empty = polls // 2, empty // 2
    return replace(feed, polls=polls, empty_polls=empty)


def _interval(was: Feed, feed: Feed, new_items: int, now: datetime, config: CadenceConfig) -> float:
    """The distance to the next poll in seconds, before what the feed asks for and before the bounds.

    What is asked for (`ttl`, sy:updatePeriod, max-age) counts up to the longest interval only: feeds whose generator
    writes `yearly` are many.
    """
    by_news = was.interval_s * (config.shorten if new_items else config.lengthen)
    if feed.rhythm_s is None:
        return by_news if was.baseline_done else config.first_s
    by_dates = max(feed.rhythm_s * config.of_gap, silent_s(feed, now) * config.of_silence)
    if new_items > 1 and was.baseline_done and not was.failures:
        return min(by_dates, by_news)  # several at once: the feed is quicker than its dates say
    return by_dates


def silent_s(feed: Feed, now: datetime) -> float:
    """For how many seconds the feed has had no news; 0 when that is not known.

    By the date of its newest entry or by when it last brought one, whichever is longer ago: some feeds date all that
    they hold anew whenever they are asked, and a feed that was added just now may have been silent for years.
    """
    signs = [sign for sign in (feed.newest_entry_at, feed.last_new_at) if sign is not None]
    return max(0.0, (now - min(signs)).total_seconds()) if signs else 0.0


def _patience(feed: Feed, result: FetchResult, config: CadenceConfig, jitter: float) -> timedelta:
    """How long to wait after a failure: doubling from the feed's interval, a day at most, or what the server asked."""
    doubled = min(max(feed.interval_s, config.shortest_s) * 2.0 ** min(feed.failures - 1, 20), LONGEST_WAIT_S)
    return _strewn(max(doubled, result.retry_after_s or 0), config, jitter)


def _strewn(wait_s: float, config: CadenceConfig, jitter: float) -> timedelta:
    """The wait, lengthened by up to `spread` of it; never shortened, for a server may have asked for it."""
    return timedelta(seconds=wait_s * (1 + config.spread * _share(jitter)))


def _share(jitter: float) -> float:
    return min(max(jitter, 0.0), 1.0)
