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
class Strip:
    """A drawing of polls as SVG paths, one for each way a poll can end, and what it says in words."""

    news: str
    nothing: str
    failed: str
    words: str
    width: int = SHOWN * (BAR + GAP)
    height: int = HEIGHT


def strip(polls: Sequence[Polled]) -> Strip:
    """The last polls, the newest at the right end."""
    last = list(polls)[-SHOWN:]
    news: list[str] = []
    nothing: list[str] = []
    crosses: list[str] = []
    for x, poll in enumerate(last, SHOWN - len(last)):
        at = x * (BAR + GAP)
        if failed(poll):
            crosses.append(f"M{at} 5l{BAR} 8m0-8l-{BAR} 8")
        else:
            high = _height(poll.new)
            (news if poll.new else nothing).append(f"M{at} {HEIGHT - high}h{BAR}v{high}h-{BAR}z")
    return Strip("".join(news), "".join(nothing), "".join(crosses), _words(last))


def items_per_day(polls: Sequence[Polled], now: datetime) -> float | None:
    """How many new items a day the feed brought over its remembered polls; None while they span less than six hours.

    While the log is not full its first success is left out: it is what the feed held when it was added.
    """
    if len(polls) < KEPT:
        first = next((n for n, poll in enumerate(polls) if poll.error is None), len(polls))
        polls = [poll for number, poll in enumerate(polls) if number != first]
        began = min((poll.at for poll in polls), default=now)
    else:
        began, polls = polls[0].at, polls[1:]
    if now - began < _LEAST_TIME:
        return None
    return sum(poll.new for poll in polls) / ((now - began).total_seconds() / 86_400)


def failed(poll: Polled) -> bool:
    """Whether the poll brought nothing because something was wrong."""
    return poll.error is not None or poll.outcome in (FetchOutcome.FAILED, FetchOutcome.GONE)


def _height(news: int) -> int:
    if not news:
        return _LOW
    share = math.log1p(min(news, _MANY)) / math.log1p(_MANY)
    return _LOW + 3 + round((HEIGHT - _LOW - 3) * share)


def _words(polls: Sequence[Polled]) -> str:
    if not polls:
        return "Not polled yet"
    failures = sum(failed(poll) for poll in polls)
    news = sum(poll.new for poll in polls)
    well = f"{news} new item{'' if news == 1 else 's'}"
    return f"Last {len(polls)} poll{'' if len(polls) == 1 else 's'}: {well}, {failures} failed"
