"""The last polls of a feed, drawn as a strip of bars: news high, nothing new low, failures crossed. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.feed import FetchOutcome
from monitor.model.polled import Polled
from storage.poll_logs import KEPT

SHOWN = 30
HEIGHT, BAR, GAP = 22, 4, 2
_LOW = 3
_MANY = 50
"""News in one poll from which a bar is no longer higher."""

_LEAST_TIME = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Bar:
    """One poll. `kind` is `news`, `nothing` or `failed`; `top` and `height` in the drawing's units."""

    x: int
    top: int
    height: int
    kind: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A drawing of polls and what it says in words."""

    bars: tuple[Bar, ...]
    words: str
    width: int = SHOWN * (BAR + GAP)


def strip(polls: Sequence[Polled]) -> Strip:
    """The last polls, the newest at the right end."""
    last = list(polls)[-SHOWN:]
    room = SHOWN - len(last)
    bars = tuple(_bar(poll, (room + number) * (BAR + GAP)) for number, poll in enumerate(last))
    return Strip(bars, _words(last))


def items_per_day(polls: Sequence[Polled], now: datetime) -> float | None:
    """How many new items a day the feed brought over its remembered polls; None while they span less than six hours.

    While the log is not full its first success is left out: it is what the feed held when it was added.
    """
    if len(polls) < KEPT:
        first = next((n for n, poll in enumerate(polls) if poll.error is None), len(polls))
        polls = [poll for number, poll in enumerate(polls) if number != first]
        began = polls[0].at if polls else now
    else:
        began, polls = polls[0].at, polls[1:]
    if now - began < _LEAST_TIME:
        return None
    return sum(poll.new for poll in polls) / ((now - began).total_seconds() / 86_400)


def failed(poll: Polled) -> bool:
    """Whether the poll brought nothing because something was wrong."""
    return poll.error is not None or poll.outcome in (FetchOutcome.FAILED, FetchOutcome.GONE)


def _bar(poll: Polled, x: int) -> Bar:
    if failed(poll):
        return Bar(x, 0, HEIGHT, "failed")
    if not poll.new:
        return Bar(x, HEIGHT - _LOW, _LOW, "nothing")
    share = math.log1p(min(poll.new, _MANY)) / math.log1p(_MANY)
    height = _LOW + 3 + round((HEIGHT - _LOW - 3) * share)
    return Bar(x, HEIGHT - height, height, "news")


def _words(polls: Sequence[Polled]) -> str:
    if not polls:
        return "Not polled yet"
    failures = sum(failed(poll) for poll in polls)
    news = sum(poll.new for poll in polls)
    well = f"{news} new item{'' if news == 1 else 's'}"
    return f"Last {len(polls)} poll{'' if len(polls) == 1 else 's'}: {well}, {failures} failed"
