"""The timing of a subscription in words: as people type it, and as pages and commands show it. Pure."""

from __future__ import annotations

import re
from datetime import time

from monitor.alerts.zones import check_zone
from monitor.model.timing import Cadence, Timing

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_PER_HOUR = 100_000

_CLOCK = re.compile(r"([01]?\d|2[0-3])(?::|\.|h)?([0-5]\d)?\s*(?:h|uhr)?", re.IGNORECASE)


class TimingError(ValueError):
    """A timing that cannot be meant; the message says what to write instead."""


def parse_clock(typed: str) -> time:
    """An hour of the day: "7", "07:30". Raises TimingError."""
    found = _CLOCK.fullmatch(typed.strip())
    if found is None:
        raise TimingError(f"{typed.strip()[:40]!r} is no time of day; write it as 07:30")
    return time(int(found[1]), int(found[2] or 0))


def parse_quiet(typed: str) -> tuple[time, time] | None:
    """Quiet hours: "22:00-07:00"; None for "none". Raises TimingError."""
    if typed.strip().casefold() in ("none", "off", ""):
        return None
    start, dash, end = (part.strip() for part in re.sub("[–—]", "-", typed).partition("-"))
    if not dash:
        raise TimingError(f"{typed.strip()[:40]!r} are no quiet hours; write them as 22:00-07:00, or none")
    hours = parse_clock(start), parse_clock(end)
    if hours[0] == hours[1]:
        raise TimingError("quiet hours that end when they begin would never end; disable the subscription instead")
    return hours


def parse_weekday(typed: str) -> int:
    """A day of the week, Monday being 0: "mon", "Monday". Raises TimingError."""
    word = typed.strip().casefold()
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 2 and name.casefold().startswith(word):
            return number
    raise TimingError(f"{typed.strip()[:40]!r} is no day of the week; write mon, tue, wed, thu, fri, sat or sun")


def checked(timing: Timing) -> Timing:
    """The timing, its zone spelled as IANA does. Raises TimingError or UnknownZoneError for what cannot be meant."""
    if timing.burst < 1:
        raise TimingError(f"a burst of {timing.burst} would let nothing through one by one; write 1 or more")
    if timing.most_per_hour is not None and not 1 <= timing.most_per_hour <= MOST_PER_HOUR:
        raise TimingError(f"{timing.most_per_hour} an hour cannot be kept; write 1 to {MOST_PER_HOUR}, or leave it out")
    if timing.quiet is not None and timing.quiet[0] == timing.quiet[1]:
        raise TimingError("quiet hours that end when they begin would never end; disable the subscription instead")
    if not 0 <= timing.weekday <= 6:
        raise TimingError(f"there is no weekday {timing.weekday}; Monday is 0 and Sunday 6")
    zone = check_zone(timing.zone)
    return Timing(
        cadence=Cadence(timing.cadence),
        zone=zone,
        at=timing.at.replace(second=0, microsecond=0, tzinfo=None),
        weekday=timing.weekday,
        quiet=timing.quiet,
        empty=timing.empty,
        burst=timing.burst,
        most_per_hour=timing.most_per_hour,
    )


def in_words(timing: Timing) -> str:
    """The timing in one line: "daily at 07:30, quiet 22:00-07:00, Europe/Berlin"."""
    clock = f"{timing.at:%H:%M}"
    parts = [
        {
            Cadence.AT_ONCE: "at once",
            Cadence.HOURLY: "hourly",
            Cadence.DAILY: f"daily at {clock}",
            Cadence.WEEKLY: f"weekly on {WEEKDAYS[timing.weekday]} at {clock}",
        }[timing.cadence]
    ]
    if timing.cadence in (Cadence.DAILY, Cadence.WEEKLY) and not timing.empty:
        parts.append("only when something changed")
    if timing.quiet:
        parts.append(f"quiet {timing.quiet[0]:%H:%M}-{timing.quiet[1]:%H:%M}")
    if timing.most_per_hour is not None:
        parts.append(f"at most {timing.most_per_hour} an hour")
    if timing.quiet or timing.cadence in (Cadence.DAILY, Cadence.WEEKLY):
        parts.append(timing.zone)
    return ", ".join(parts)
