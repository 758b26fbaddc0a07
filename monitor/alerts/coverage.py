"""What silence means: how many of the feeds were read, and which were not, since when and why. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.alerts.clean import one_line
from monitor.alerts.texts import ENGLISH, Texts
from monitor.alerts.zones import wall_clock

MOST_NAMES = 6
LONGEST_NAME = 60
_STATUS = re.compile(r"\((\d{3})\)")


class FeedState(StrEnum):
    """How a feed counts, in the order in which it is told. BEHIND: due for long, but not read: no worker ran."""

    HEALTHY = "healthy"
    FAILING = "failing"
    BEHIND = "behind"
    SILENT = "silent"
    GONE = "gone"
    PAUSED = "paused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFeed:
    """A feed as it counts: since when it is not healthy, as far as known, and why in the words of its last error."""

    name: str
    state: FeedState
    since: datetime | None = None
    why: str = ""


def coverage(
    feeds: Sequence[WatchedFeed], since: datetime, now: datetime, zone: ZoneInfo, texts: Texts = ENGLISH
) -> str:
    """The line: "31 of 33 feeds healthy since Monday, 2 failing since Thursday: BBC World (HTTP 503), …".

    Healthy is a feed that at `now` is read when it is due, without an error, and brings news about as often as it
    always did; whoever makes a `WatchedFeed` says so. A trouble that came and went since `since` is not counted: what
    a feed still shows is read when it recovers. All others are told, with the first MOST_NAMES of each kind by name.
    """
    words = texts.digest
    if not feeds:
        return words.no_feeds
    well = sum(feed.state is FeedState.HEALTHY for feed in feeds)
    line = words.all_well if well == len(feeds) else words.some_well
    line = words.one_well if well == len(feeds) == 1 else line
    parts = [line.format(well=well, count=len(feeds), since=day_in_words(since, now, zone, texts))]
    for state in FeedState:
        alike = [feed for feed in feeds if feed.state is state]
        if alike and state is not FeedState.HEALTHY:
            parts.append(_told(state, alike, now, zone, texts))
    return words.and_then.join(parts)


def day_in_words(moment: datetime, now: datetime, zone: ZoneInfo, texts: Texts = ENGLISH) -> str:
    """A moment of the past as people name it: "14:05" today, "Thursday" within the week, else "3 February"."""
    then, today = wall_clock(moment, zone), wall_clock(now, zone).date()
    days = (today - then.date()).days
    if days <= 0:
        return f"{then:%H:%M}"
    if days < 7:
        return texts.digest.weekdays[then.weekday()]
    date = f"{then.day} {texts.months[then.month - 1]}"
    return date if days < 300 else texts.day.format(day=then.day, month=texts.months[then.month - 1], year=then.year)


def short_trouble(error: str) -> str:
    """The heart of an error's words: "HTTP 503" where there was an answer, else what comes before the remedy."""
    status = _STATUS.search(error)
    if status:
        return f"HTTP {status[1]}"
    return one_line(re.split(r";|(?<=\w)[.:](?:\s|$)", error, maxsplit=1)[0], LONGEST_NAME)


def _told(state: FeedState, feeds: Sequence[WatchedFeed], now: datetime, zone: ZoneInfo, texts: Texts) -> str:
    """One kind of trouble. A day that all share is named once."""
    words = texts.digest
    told = words.states[state].format(count=len(feeds))
    days = {None if feed.since is None else day_in_words(feed.since, now, zone, texts) for feed in feeds}
    shared = days.pop() if len(days) == 1 else None
    if shared is not None:
        told = words.state_since.format(state=told, since=shared)
    named = []
    for feed in feeds[:MOST_NAMES]:
        details = [short_trouble(feed.why)] if feed.why else []
        if shared is None and feed.since is not None:
            details.insert(0, words.one_since.format(since=day_in_words(feed.since, now, zone, texts)))
        name = one_line(feed.name, LONGEST_NAME) or texts.no_name
        named.append(words.one_with.format(name=name, details=", ".join(details)) if details else name)
    if len(feeds) > MOST_NAMES:
        named.append(words.more.format(count=len(feeds) - MOST_NAMES))
    return words.state_named.format(state=told, names=", ".join(named))
