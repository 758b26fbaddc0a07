"""When a subscriber is told: digests at an hour of their own zone, quiet hours, bursts and rates. Pure.

All of it goes by what clocks show in the subscriber's zone. On the night on which they are set forward or back, a
digest comes once: when its hour is first shown, or at the moment of the jump where that hour is jumped over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from monitor.alerts.zones import first_moment, there_is, wall_clock, zone_of
from monitor.model.alert import ChannelName
from monitor.model.timing import Cadence, Hold, Timing

BURST_WINDOW = timedelta(minutes=15)
"""How long a mailbox or chat that got `Timing.burst` messages is left alone, counted back from the newest of them."""

RATE_WINDOW = timedelta(hours=1)
"""What `Timing.most_per_hour` counts in, at any moment, not from one full hour to the next."""

NEVER_FOLDED = frozenset({ChannelName.WEBHOOK, ChannelName.LOG})
"""Channels that programs read: each alert comes by itself, without digests; quiet hours and rates delay them only."""

QUIET, BURST, RATE = "quiet hours", "burst", "rate"
DIGESTS = {
    Cadence.HOURLY: "hourly digest",
    Cadence.DAILY: "daily digest",
    Cadence.WEEKLY: "weekly digest",
}
"""The words of `Hold.why`."""

_HOUR = timedelta(hours=1)
_LOOK_BACK = {Cadence.DAILY: timedelta(days=2), Cadence.WEEKLY: timedelta(days=8)}
"""A digest comes at most a day after its day began, and quiet hours put it off by one more."""


class Release(StrEnum):
    """How what waited goes out: the one alert in its own words, all in a digest, or not at all."""

    NOTHING = "nothing"
    ALONE = "alone"
    DIGEST = "digest"


def release_as(timing: Timing, held: int, *, scheduled: bool) -> Release:
    """How `held` alerts go out together when their time has come.

    `scheduled` says that it is the regular digest's time. Then also one alert, and where the subscriber asked for it
    none, makes a digest.
    """
    if held == 0:
        empty = scheduled and timing.empty and timing.cadence in (Cadence.DAILY, Cadence.WEEKLY)
        return Release.DIGEST if empty else Release.NOTHING
    alone = held == 1 and not scheduled and timing.cadence is Cadence.AT_ONCE
    return Release.ALONE if alone else Release.DIGEST


def hold_for(timing: Timing, channel: ChannelName, now: datetime, recent: Sequence[datetime]) -> Hold | None:
    """How long an alert that comes up `now` waits, and why; None: it goes out at once. Never before `now`.

    `recent` are the moments of the last hour (RATE_WINDOW) and after at which messages went or will go to this
    subscription, a digest being one, in any order. Channels that programs read know neither digests nor bursts.
    """
    if channel not in NEVER_FOLDED and timing.cadence is not Cadence.AT_ONCE:
        return Hold(until=next_digest(timing, now) or now, why=DIGESTS[timing.cadence])
    until, why = now, ""
    for limit, window, name in _limits(timing, channel):
        free = _free_from(until, limit, window, recent)
        if free > until:
            until, why = free, name
    awake = quiet_until(timing, until)
    if awake is not None:
        return Hold(until=awake, why=QUIET)
    return Hold(until=until, why=why) if until > now else None


def quiet_until(timing: Timing, now: datetime) -> datetime | None:
    """When the quiet hours that hold `now` end, in UTC; None outside of them.

    Quiet is what the wall clock says: where it is set back into quiet hours that were over, it is quiet again.
    """
    if timing.quiet is None or timing.quiet[0] == timing.quiet[1]:
        return None
    zone = zone_of(timing.zone)
    moment, quiet = now.astimezone(UTC), False
    # Twice where a jump that skips the end of the quiet hours leads into those of another day.
    while _within(wall_clock(moment, zone).time(), *timing.quiet):
        quiet = True
        shown = wall_clock(moment, zone)
        end = datetime.combine(shown.date(), timing.quiet[1])
        moment = first_moment(end if end > shown else end + timedelta(days=1), zone, not_before=moment)
    return moment if quiet else None


def first_digest(timing: Timing, channel: ChannelName, after: datetime) -> datetime | None:
    """When a subscription by this channel gets its next digest; None where it gets none, as programs do."""
    return None if channel in NEVER_FOLDED else next_digest(timing, after)


@lru_cache(maxsize=65_536)
def next_digest(timing: Timing, after: datetime) -> datetime | None:
    """When the first digest after `after` is due, in UTC; None where alerts come at once.

    Daily: one for each day that the zone has. Weekly: one in each week, on the day chosen, or right after it where the
    zone jumped over it. Hourly: at each full hour of UTC, whatever clocks do. One that is due in quiet hours comes at
    their end; several that do become one.
    """
    if timing.cadence is Cadence.AT_ONCE:
        return None
    for due in _due_around(timing, after.astimezone(UTC)):
        moment = quiet_until(timing, due) or due
        if moment > after:
            return moment
    raise AssertionError("there is always another digest")


def _due_around(timing: Timing, after: datetime) -> Iterator[datetime]:
    """The moments at which digests are due by the clock alone, beginning with some that may have been put off."""
    if timing.cadence is Cadence.HOURLY:
        hour = after.replace(minute=0, second=0, microsecond=0) - timedelta(hours=24)
        while True:
            yield hour
            hour += _HOUR
    zone = zone_of(timing.zone)
    day = (wall_clock(after, zone) - _LOOK_BACK[timing.cadence]).date()
    while True:
        if _is_day_of(timing, day, zone):
            yield first_moment(datetime.combine(day, timing.at), zone)
        day += timedelta(days=1)


def _is_day_of(timing: Timing, day: date, zone: ZoneInfo) -> bool:
    if timing.cadence is Cadence.WEEKLY:
        return day.weekday() == timing.weekday
    return there_is(day, zone)


def _within(shown: time, start: time, end: time) -> bool:
    return start <= shown < end if start < end else shown >= start or shown < end


def _limits(timing: Timing, channel: ChannelName) -> Iterator[tuple[int, timedelta, str]]:
    if channel not in NEVER_FOLDED:
        yield timing.burst, BURST_WINDOW, BURST
    if timing.most_per_hour is not None:
        yield timing.most_per_hour, RATE_WINDOW, RATE


def _free_from(moment: datetime, most: int, window: timedelta, recent: Sequence[datetime]) -> datetime:
    """The first moment from `moment` on at which one more makes no more than `most` in any `window`."""
    most = max(most, 1)
    within = sorted(at for at in recent if at > moment - window)
    return moment if len(within) < most else max(moment, within[-most] + window)
