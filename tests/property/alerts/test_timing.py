"""Digests, quiet hours and limits over all zones and the nights on which their clocks jump."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.alerts.timing import BURST_WINDOW, NEVER_FOLDED, RATE_WINDOW, hold_for, next_digest, quiet_until
from monitor.model.alert import ChannelName
from monitor.model.timing import Cadence, Timing

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLOCKS = st.sampled_from([time(0), time(0, 30), time(1, 59), time(2), time(2, 30), time(23, 59)]) | st.builds(
    time, st.integers(0, 23), st.integers(0, 59)
)
QUIET = st.none() | st.tuples(CLOCKS, CLOCKS)


@cache
def jumps(zone: str, year: int) -> tuple[datetime, ...]:
    """The days of the year within which the zone's clocks were set."""
    place, start = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    offsets = [(start + n * DAY, (start + n * DAY).astimezone(place).utcoffset()) for n in range(366)]
    return tuple(day for (day, one), (_, other) in pairwise(offsets) if one != other)


@st.composite
def places_and_moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a moment, as often as not within two days of a night on which its clocks were set."""
    zone, year = draw(st.sampled_from(ZONES)), draw(st.integers(1970, 2040))
    near = jumps(zone, year)
    if near and draw(st.booleans()):
        return zone, draw(st.sampled_from(near)) + draw(st.integers(-2 * 24 * 60, 3 * 24 * 60)) * MINUTE
    return zone, datetime(year, 1, 1, tzinfo=UTC) + draw(st.integers(0, 365 * 24 * 60)) * MINUTE


@st.composite
def timings(draw: st.DrawFn, zone: str, **fixed: object) -> Timing:
    drawn = {
        "cadence": draw(st.sampled_from(Cadence)),
        "at": draw(CLOCKS),
        "weekday": draw(st.integers(0, 6)),
        "quiet": draw(QUIET),
        "burst": draw(st.integers(1, 6)),
        "most_per_hour": draw(st.none() | st.integers(1, 8)),
    }
    return Timing(zone=zone, **(drawn | fixed))  # type: ignore[arg-type]


def shown(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def is_quiet(timing: Timing, moment: datetime) -> bool:
    if timing.quiet is None:
        return False
    (start, end), clock = timing.quiet, shown(moment, timing.zone).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def digests(timing: Timing, after: datetime, until: datetime) -> list[datetime]:
    def one_by_one() -> Iterator[datetime]:
        moment = next_digest(timing, after)
        while moment is not None and moment <= until:
            yield moment
            moment = next_digest(timing, moment)

    return list(one_by_one())


def by_looking_at_every_minute(zone: str, start: datetime, days: int) -> dict[date, list[tuple[datetime, datetime]]]:
    """For each day that the zone has from `start` on, its minutes as (moment, wall clock)."""
    found: dict[date, list[tuple[datetime, datetime]]] = {}
    for n in range(days * 24 * 60):
        moment = start + n * MINUTE
        wall = shown(moment, zone)
        found.setdefault(wall.date(), []).append((moment, wall))
    return found


def first_at(minutes: list[tuple[datetime, datetime]], wall: datetime, zone: str) -> datetime:
    """The first second at which clocks show `wall` or later, found by looking at all of them."""
    rough = next(moment for moment, clock in minutes if clock >= wall)
    return next(m for m in (rough - MINUTE + timedelta(seconds=s) for s in range(1, 61)) if shown(m, zone) >= wall)


@settings(max_examples=60, deadline=None)
@given(places_and_moments(), CLOCKS)
@example(("Europe/Berlin", datetime(2025, 3, 30, tzinfo=UTC)), time(2, 30))
@example(("Europe/Berlin", datetime(2025, 10, 26, tzinfo=UTC)), time(2, 30))
@example(("Australia/Lord_Howe", datetime(2025, 4, 6, tzinfo=UTC)), time(1, 45))
@example(("Australia/Lord_Howe", datetime(2025, 10, 5, tzinfo=UTC)), time(2, 15))
@example(("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)), time(7))
@example(("Pacific/Kwajalein", datetime(1993, 8, 21, tzinfo=UTC)), time(0))
@example(("America/Nuuk", datetime(2025, 3, 30, tzinfo=UTC)), time(23, 30))
@example(("America/Havana", datetime(2024, 11, 3, tzinfo=UTC)), time(0, 30))
@example(("America/St_Johns", datetime(2010, 11, 7, tzinfo=UTC)), time(0))
@example(("Africa/Monrovia", datetime(1972, 1, 7, tzinfo=UTC)), time(0, 20))
def test_each_local_day_has_exactly_one_daily_digest_at_the_first_moment_its_hour_is_shown(
    place: tuple[str, datetime], at: time
) -> None:
    zone, moment = place
    timing = Timing(cadence=Cadence.DAILY, zone=zone, at=at)
    start = moment - 4 * DAY
    days = by_looking_at_every_minute(zone, start, 8)
    minutes = [minute for day in sorted(days) for minute in days[day]]
    minutes.sort()
    whole = sorted(days)[1:-2]
    expected = [first_at(minutes, datetime.combine(day, at), zone) for day in whole]
    assert digests(timing, expected[0] - timedelta(seconds=1), expected[-1]) == expected
    assert len(set(expected)) == len(whole), "one for each day, and never two at once"


@settings(max_examples=150, deadline=None)
@given(places_and_moments(), CLOCKS, st.integers(0, 6))
@example(("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)), time(7), 4)
def test_each_week_has_exactly_one_weekly_digest_on_its_day(
    place: tuple[str, datetime], at: time, weekday: int
) -> None:
    zone, moment = place
    timing = Timing(cadence=Cadence.WEEKLY, zone=zone, at=at, weekday=weekday)
    found = digests(timing, moment - 30 * DAY, moment + 30 * DAY)
    for one, following in pairwise(found):
        # Clocks jump by at most a day, so that two neighbours are six to eight days apart, and of successive weeks.
        assert 6 * DAY <= following - one <= 8 * DAY
    for one in found:
        local = shown(one, zone)
        there = datetime.combine(local.date(), at).replace(tzinfo=ZoneInfo(zone))
        if shown(there.astimezone(UTC), zone) == there.replace(tzinfo=None) and local.time() == at:
            assert local.weekday() == weekday
        else:  # its hour, or its whole day, was jumped over
            before = shown(one - timedelta(seconds=1), zone)
            assert local - before > timedelta(seconds=1)
            assert any((before + n * timedelta(minutes=30)).weekday() == weekday for n in range(49))


@settings(max_examples=150, deadline=None)
@given(places_and_moments())
def test_hourly_digests_come_every_hour_of_elapsed_time_whatever_clocks_do(place: tuple[str, datetime]) -> None:
    zone, moment = place
    found = digests(Timing(cadence=Cadence.HOURLY, zone=zone), moment, moment + 2 * DAY)
    assert len(found) == 48
    assert all(following - one == timedelta(hours=1) for one, following in pairwise([*found]))
    assert all(one.minute == one.second == one.microsecond == 0 for one in found)


@settings(max_examples=300, deadline=None)
@given(st.data(), places_and_moments())
def test_digests_go_on_for_ever_and_never_in_quiet_hours(data: st.DataObject, place: tuple[str, datetime]) -> None:
    zone, moment = place
    timing = data.draw(timings(zone, cadence=data.draw(st.sampled_from([c for c in Cadence if c != Cadence.AT_ONCE]))))
    for _ in range(6):
        following = next_digest(timing, moment)
        assert following is not None
        assert following.tzinfo is UTC
        assert moment < following <= moment + 10 * DAY
        assert not is_quiet(timing, following)
        moment = following


@settings(max_examples=300, deadline=None)
@given(st.data(), places_and_moments(), CLOCKS)
def test_quiet_hours_delay_a_daily_digest_and_never_swallow_one(
    data: st.DataObject, place: tuple[str, datetime], at: time
) -> None:
    zone, moment = place
    loud = Timing(cadence=Cadence.DAILY, zone=zone, at=at)
    quiet = data.draw(timings(zone, cadence=Cadence.DAILY, at=at))
    due = digests(loud, moment - 2 * DAY, moment + 2 * DAY)
    put_off = {quiet_until(quiet, one) or one for one in due}
    assert sorted(m for m in put_off if due[0] < m) == digests(quiet, due[0], max(put_off))


@settings(max_examples=500, deadline=None)
@given(st.data(), places_and_moments())
def test_quiet_hours_end_outside_of_quiet_hours_within_a_day(data: st.DataObject, place: tuple[str, datetime]) -> None:
    zone, moment = place
    timing = data.draw(timings(zone))
    until = quiet_until(timing, moment)
    if not is_quiet(timing, moment):
        assert until is None
        return
    assert until is not None
    assert not is_quiet(timing, until)
    shifts = [abs(shown(moment + h * DAY / 24, zone) - shown(moment, zone) - h * DAY / 24) for h in range(50)]
    assert moment < until <= moment + DAY + max(shifts)
    if not any(shifts):
        assert timing.quiet is not None
        assert shown(until, zone).time() == timing.quiet[1]
        whole = int((until - moment) / MINUTE)
        assert all(is_quiet(timing, moment + n * MINUTE) for n in range(0, whole, 7))


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    places_and_moments(),
    st.sampled_from(ChannelName),
    st.lists(st.integers(0, 40 * 60), min_size=1, max_size=60),
)
def test_a_storm_is_held_within_its_limits(
    data: st.DataObject, place: tuple[str, datetime], channel: ChannelName, gaps: list[int]
) -> None:
    """Alerts one after another: programs get each by itself, people one message for all that waits for one moment."""
    zone, now = place
    timing = data.draw(timings(zone))
    folds = channel not in NEVER_FOLDED
    sent: list[datetime] = []
    waiting: set[datetime] = set()
    for gap in gaps:
        now += timedelta(seconds=gap)
        for due in sorted(moment for moment in waiting if moment <= now):
            sent.append(due)
            waiting.remove(due)
        hold = hold_for(timing, channel, now, sent)
        moment = now if hold is None else hold.until
        assert moment >= now
        assert not is_quiet(timing, moment)
        if hold is None or not folds:
            sent.append(moment)
        else:
            waiting.add(moment)
    told = sorted([*sent, *waiting])
    if folds and timing.cadence is Cadence.AT_ONCE:
        assert most_within(told, BURST_WINDOW) <= timing.burst
    if timing.most_per_hour and (not folds or timing.cadence is Cadence.AT_ONCE):
        assert most_within(told, RATE_WINDOW) <= timing.most_per_hour


def most_within(moments: list[datetime], window: timedelta) -> int:
    return max(sum(one <= other < one + window for other in moments) for one in moments)
