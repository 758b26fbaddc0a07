"""The axis of time: where a moment lies, and which moments get a label, from hours to decades. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from monitor.model.moment import utc

_ROOM = 74
"""Units of the view box that a label takes with the gap to the next."""


class Step(IntEnum):
    """What a distance between ticks is counted in."""

    MINUTES = 0
    HOURS = 1
    DAYS = 2
    MONTHS = 3
    YEARS = 4


_STEPS: tuple[tuple[Step, int], ...] = (
    *((Step.MINUTES, n) for n in (5, 15, 30)),
    *((Step.HOURS, n) for n in (1, 3, 6, 12)),
    *((Step.DAYS, n) for n in (1, 2, 7, 14)),
    *((Step.MONTHS, n) for n in (1, 2, 3, 6)),
    *((Step.YEARS, n) for n in (1, 2, 5, 10, 20, 50, 100)),
)
_SECONDS = {Step.MINUTES: 60, Step.HOURS: 3600, Step.DAYS: 86_400, Step.MONTHS: 30.44 * 86_400, Step.YEARS: 31_556_952}


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the axis. `anchor` keeps the outer labels within the picture."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Time from `first` to `last` over the units of the view box from `left` to `right`."""

    first: datetime
    last: datetime
    left: float
    right: float

    @classmethod
    def around(cls, first: datetime, last: datetime, left: float, right: float) -> TimeAxis:
        """An axis with a little room before `first`. A span of nothing becomes half a day."""
        first, last = utc(first), utc(max(first, last))
        room = max((last - first) * 0.02, timedelta(hours=6))
        if first - datetime.min.replace(tzinfo=UTC) < room:  # the first days of the year 1
            return cls(first, max(last, first + room), left, right)
        return cls(first - room, last, left, right)

    def x(self, at: datetime) -> float:
        """Where a moment lies; what is outside lies at the edge."""
        share = (utc(at) - self.first) / (self.last - self.first)
        return round(self.left + max(0.0, min(1.0, share)) * (self.right - self.left), 1)

    @property
    def unit(self) -> timedelta:
        """How much time one unit of the view box is."""
        return (self.last - self.first) / (self.right - self.left)

    def ticks(self) -> tuple[Tick, ...]:
        """Round moments, as many as there is room for, each with what the one before does not say already."""
        step, moments = self._round_moments(max(2, int((self.right - self.left) / _ROOM)))
        found: list[Tick] = []
        before: datetime | None = None
        for at in moments:
            x = self.x(at)
            anchor = "start" if x < self.left + _ROOM / 3 else "end" if x > self.right - _ROOM / 3 else "middle"
            found.append(Tick(x, _text(at, before, step), anchor))
            before = at
        return tuple(found)

    def _round_moments(self, most: int) -> tuple[Step, list[datetime]]:
        """The finest round moments of which there is room for all; a finer step where there would be a single one."""
        span = (self.last - self.first).total_seconds()
        finer: tuple[Step, list[datetime]] | None = None
        for step, count in _STEPS:
            if span / (_SECONDS[step] * count) > 2 * most:
                continue
            moments = list(_moments(self.first, self.last, step, count))
            if len(moments) <= most:
                return (step, moments) if len(moments) > 1 or finer is None else finer
            finer = step, moments
        return finer or (Step.YEARS, list(_moments(self.first, self.last, *_STEPS[-1])))


def _moments(first: datetime, last: datetime, step: Step, count: int) -> Iterator[datetime]:
    at = _floor(first, step, count)
    while at <= last:
        if at >= first:
            yield at
        try:
            at = _next(at, step, count)
        except (ValueError, OverflowError):  # past the year 9999
            return


def _floor(at: datetime, step: Step, count: int) -> datetime:
    """The last round moment until then. Days are counted within their month, so that labels stay where they were."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    match step:
        case Step.MINUTES:
            return at.replace(minute=at.minute // count * count, second=0, microsecond=0)
        case Step.HOURS:
            return day.replace(hour=at.hour // count * count)
        case Step.DAYS:
            return day.replace(day=_day_within(day.day, count))
        case Step.MONTHS:
            return day.replace(day=1, month=(at.month - 1) // count * count + 1)
        case Step.YEARS:
            return day.replace(day=1, month=1, year=max(1, at.year // count * count))


def _next(at: datetime, step: Step, count: int) -> datetime:
    match step:
        case Step.MINUTES | Step.HOURS:
            return at + timedelta(seconds=_SECONDS[step] * count)
        case Step.DAYS:
            following = at + timedelta(days=count)
            # No two labels close together at the turn of a month.
            turned = following.month != at.month or (count > 1 and _days_left(following) < count / 2)
            return _month_after(at, 1) if turned and following.day != 1 else following
        case Step.MONTHS:
            return _month_after(at, count)
        case Step.YEARS:
            return at.replace(year=at.year // count * count + count)


def _day_within(day: int, count: int) -> int:
    return (day - 1) // count * count + 1


def _days_left(at: datetime) -> int:
    """How many days are left in the month of that day."""
    return (_month_after(at, 1) - at).days


def _month_after(at: datetime, count: int) -> datetime:
    months = at.year * 12 + at.month - 1 + count
    return at.replace(year=months // 12, month=months % 12 + 1, day=1)


def _text(at: datetime, before: datetime | None, step: Step) -> str:
    new_year = before is None or before.year != at.year
    if step is Step.YEARS:
        return str(at.year)
    if step is Step.MONTHS:
        return f"{at:%b} {at.year}" if new_year else f"{at:%b}"
    if step is Step.DAYS:
        return f"{at.day} {at:%b} {at.year}" if new_year else f"{at.day} {at:%b}"
    new_day = before is None or before.date() != at.date()
    return f"{at.day} {at:%b}, {at:%H:%M}" if new_day else f"{at:%H:%M}"
