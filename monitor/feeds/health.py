"""How a feed is, in words for operators: what is wrong, since when, and what to do about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.feeds.cadence import silent_s
from monitor.model.feed import Feed, FeedStatus
from monitor.net.mask import mask

_SILENT_GAPS = 10
_LEAST_SILENCE = timedelta(days=3)  # a week-end is no trouble
_PATIENCE = timedelta(days=1)


class Condition(StrEnum):
    """WAITING: never polled yet. SILENT: polled well, but without news for far longer than its own rhythm."""

    WELL = "well"
    SILENT = "silent"
    FAILING = "failing"
    WAITING = "waiting"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a feed is. `words` is None while there is nothing to say, `remedy` while there is nothing to do.

    `empty_share` is the share of recent successful polls that brought nothing new, None before the first.
    `silent_since` is when it last had news, as far as known; `usual_gap_s` the usual gap between its news in seconds.
    """

    condition: Condition
    words: str | None = None
    remedy: str | None = None
    empty_share: float | None = None
    silent_since: datetime | None = None
    usual_gap_s: int | None = None


def health(feed: Feed, now: datetime) -> FeedHealth:
    """How the feed is at this moment."""
    condition = _condition(feed, now)
    words, remedy = _words(feed, condition, now)
    silence = silent_s(feed, now)
    known = feed.newest_entry_at or feed.last_new_at
    return FeedHealth(
        condition=condition,
        words=mask(words) if words else None,
        remedy=remedy,
        empty_share=feed.empty_polls / feed.polls if feed.polls else None,
        silent_since=now - timedelta(seconds=silence) if known else None,
        usual_gap_s=feed.rhythm_s,
    )


def span(seconds: float) -> str:
    """A span of time in words: "5 minutes", "1 hour", "12 days"."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count > 0:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def _condition(feed: Feed, now: datetime) -> Condition:
    if feed.status is FeedStatus.GONE:
        return Condition.GONE
    if feed.status is FeedStatus.PAUSED:
        return Condition.PAUSED
    if feed.failures:
        return Condition.FAILING
    if feed.last_poll_at is None:
        return Condition.WAITING
    usual = feed.rhythm_s
    if usual and silent_s(feed, now) > max(_SILENT_GAPS * usual, _LEAST_SILENCE.total_seconds()):
        return Condition.SILENT
    return Condition.WELL


def _words(feed: Feed, condition: Condition, now: datetime) -> tuple[str | None, str | None]:
    site = mask(feed.site_url or feed.url)
    elsewhere = f"`volteface feeds discover {site}` finds what the site offers now"
    if condition is Condition.GONE:
        return feed.last_error, f"{elsewhere}; `volteface feeds remove {feed.id}` ends it. Its items stay."
    if condition is Condition.SILENT:
        silence = span(silent_s(feed, now))
        words = f"Nothing new for {silence}, though its entries usually come every {span(feed.rhythm_s or 0)}."
        return words, f"It may go on at another address: {elsewhere}."
    if condition is Condition.FAILING:
        since = feed.errors_since or now
        if now - since < _PATIENCE:
            return feed.last_error, None  # the error carries its own remedy; most troubles pass
        for_so_long = f"It has failed for {span((now - since).total_seconds())}: open {mask(feed.url)} in a browser"
        return feed.last_error, f"{for_so_long}; {elsewhere}; `volteface feeds remove {feed.id}` ends it."
    return feed.notice, None
