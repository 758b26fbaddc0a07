"""When somebody is told: digests, quiet hours, bursts, rates."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.alerts.timing import hold_for, next_digest, quiet_until
from monitor.alerts.timing_words import TimingError, checked, in_words, parse_clock, parse_quiet, parse_weekday
from monitor.alerts.zones import UnknownZoneError, check_zone, zone_of
from monitor.model.alert import ChannelName
from monitor.model.timing import Cadence, Hold, Timing

NIGHT = (time(22), time(7))
BERLIN = Timing(cadence=Cadence.DAILY, zone="Europe/Berlin", at=time(2, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _next(timing: Timing, after: str) -> str:
    found = next_digest(timing, at(after))
    assert found is not None
    return f"{found:%Y-%m-%d %H:%M}"


def test_a_digest_whose_hour_is_jumped_over_comes_at_the_jump_and_once() -> None:
    assert _next(BERLIN, "2025-03-29 01:30") == "2025-03-30 01:00"
    assert _next(BERLIN, "2025-03-30 01:00") == "2025-03-31 00:30"


def test_a_digest_whose_hour_comes_twice_comes_the_first_time_only() -> None:
    assert _next(BERLIN, "2025-10-25 00:30") == "2025-10-26 00:30"
    assert _next(BERLIN, "2025-10-26 00:30") == "2025-10-27 01:30"


def test_a_day_that_was_left_out_has_no_digest_and_a_week_has_one_all_the_same() -> None:
    daily = Timing(cadence=Cadence.DAILY, zone="Pacific/Apia", at=time(7))
    assert _next(daily, "2011-12-28 17:00") == "2011-12-29 17:00"  # Thursday 29
    assert _next(daily, "2011-12-29 17:00") == "2011-12-30 17:00"  # Saturday 31, their time
    fridays = Timing(cadence=Cadence.WEEKLY, zone="Pacific/Apia", at=time(7), weekday=4)
    assert _next(fridays, "2011-12-24 00:00") == "2011-12-30 10:00", "as Saturday begins, for there is no Friday"


def test_quiet_hours_span_midnight_and_the_jump() -> None:
    timing = Timing(zone="Europe/Berlin", quiet=NIGHT)
    assert quiet_until(timing, at("2025-03-29 20:59")) is None
    assert quiet_until(timing, at("2025-03-29 21:00")) == at("2025-03-30 05:00")
    assert quiet_until(timing, at("2025-03-30 04:59")) == at("2025-03-30 05:00")
    assert quiet_until(timing, at("2025-03-30 05:00")) is None


def test_quiet_hours_that_end_within_the_hour_jumped_over_end_at_the_jump() -> None:
    timing = Timing(zone="Europe/Berlin", quiet=(time(22), time(2, 30)))
    assert quiet_until(timing, at("2025-03-30 00:30")) == at("2025-03-30 01:00")


def test_a_digest_due_in_quiet_hours_comes_when_they_end() -> None:
    timing = Timing(cadence=Cadence.DAILY, at=time(6), quiet=NIGHT)
    assert _next(timing, "2025-02-24 07:00") == "2025-02-25 07:00"
    assert _next(timing, "2025-02-24 06:30") == "2025-02-24 07:00"


def test_hourly_digests_of_the_night_become_one() -> None:
    timing = Timing(cadence=Cadence.HOURLY, quiet=(time(22), time(7, 30)))
    assert _next(timing, "2025-02-24 21:00") == "2025-02-25 07:30"
    assert _next(timing, "2025-02-25 07:30") == "2025-02-25 08:00"


@pytest.mark.parametrize("channel", [ChannelName.EMAIL])
def test_people_wait_for_their_digest(channel: ChannelName) -> None:
    timing = Timing(cadence=Cadence.DAILY, at=time(7))
    hold = hold_for(timing, channel, at("2025-02-24 12:00"), ())
    assert hold == Hold(until=at("2025-02-25 07:00"), why="daily digest")


@pytest.mark.parametrize("channel", [ChannelName.WEBHOOK, ChannelName.LOG])
def test_programs_know_neither_digests_nor_bursts(channel: ChannelName) -> None:
    timing = Timing(cadence=Cadence.DAILY, burst=1)
    now = at("2025-02-24 12:00")
    assert hold_for(timing, channel, now, [now] * 20) is None


@pytest.mark.parametrize("channel", list(ChannelName))
def test_quiet_hours_hold_for_every_channel_that_has_them(channel: ChannelName) -> None:
    hold = hold_for(Timing(quiet=NIGHT), channel, at("2025-02-24 23:00"), ())
    assert hold == Hold(until=at("2025-02-25 07:00"), why="quiet hours")


def test_what_goes_beyond_a_burst_waits_until_the_first_of_it_is_a_window_old() -> None:
    now = at("2025-02-24 12:04")
    recent = [now - timedelta(minutes=m) for m in (4, 3, 2, 1, 0)]
    assert hold_for(Timing(), ChannelName.EMAIL, now, recent) == Hold(until=at("2025-02-24 12:15"), why="burst")
    assert hold_for(Timing(), ChannelName.EMAIL, now, recent[1:]) is None


def test_a_burst_that_ends_in_quiet_hours_waits_for_their_end() -> None:
    now = at("2025-02-24 21:55")
    hold = hold_for(Timing(quiet=NIGHT, burst=1), ChannelName.EMAIL, now, [now])
    assert hold == Hold(until=at("2025-02-25 07:00"), why="quiet hours")


def test_webhooks_beyond_the_rate_are_spread() -> None:
    timing, now = Timing(most_per_hour=2), at("2025-02-24 12:00")
    planned: list[datetime] = []
    for _ in range(5):
        hold = hold_for(timing, ChannelName.WEBHOOK, now, planned)
        planned.append(now if hold is None else hold.until)
        assert hold is None or hold.why == "rate"
    assert [(one - now) // timedelta(hours=1) for one in planned] == [0, 0, 1, 1, 2]


def test_quiet_hours_of_no_length_are_none() -> None:
    assert quiet_until(Timing(quiet=(time(7), time(7))), at("2025-02-24 07:00")) is None


def test_a_zone_that_the_data_no_longer_has_counts_as_utc() -> None:
    assert _next(Timing(cadence=Cadence.DAILY, zone="Europe/Atlantis"), "2025-02-24 06:00") == "2025-02-24 07:00"
    assert zone_of("../../etc/passwd").key == "UTC"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Evrope/Berlin", "Europe/Berlin"),
        ("New York City", "America/New_York"),
        ("Nowhere at all", "write it as Europe/Berlin"),
        ("../../etc/passwd", "write it as"),
        ("", "write it as"),
    ],
)
def test_an_unknown_zone_is_refused_with_those_that_may_be_meant(typed: str, meant: str) -> None:
    with pytest.raises(UnknownZoneError, match=f"is no time zone.*{meant}"):
        check_zone(typed)


@pytest.mark.parametrize("typed", ["europe/berlin", " Europe/Berlin ", "EUROPE/BERLIN"])
def test_a_zone_is_known_however_it_is_spelled(typed: str) -> None:
    assert check_zone(typed) == "Europe/Berlin"


def test_zones_are_known_on_a_machine_without_any() -> None:
    program = "from monitor.alerts.zones import check_zone, zone_of; print(zone_of(check_zone('pacific/apia')).key)"
    alone = {**os.environ, "PYTHONTZPATH": ""}
    ran = subprocess.run([sys.executable, "-c", program], env=alone, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "Pacific/Apia"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("7", time(7)), ("07:30", time(7, 30)), ("23:59", time(23, 59)), ("7h30", time(7, 30)), ("18 Uhr", time(18))],
)
def test_hours_as_they_are_typed(typed: str, meant: time) -> None:
    assert parse_clock(typed) == meant


@pytest.mark.parametrize("typed", ["24:00", "7:60", "noon", "", "-1", "07:30:00", "7pm"])
def test_an_hour_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(TimingError, match="write it as 07:30"):
        parse_clock(typed)


def test_quiet_hours_as_they_are_typed() -> None:
    assert parse_quiet("22:00-07:00") == parse_quiet("22 – 7") == NIGHT
    assert parse_quiet("none") is None
    for wrong in ("22:00", "22-", "9-9"):
        with pytest.raises(TimingError):
            parse_quiet(wrong)


def test_weekdays_as_they_are_typed() -> None:
    assert [parse_weekday(word) for word in ("mon", "Tu", "wednesday", "SUN")] == [0, 1, 2, 6]
    for wrong in ("m", "", "someday", "mond-day"):
        with pytest.raises(TimingError, match="write mon, tue"):
            parse_weekday(wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"burst": 0}, {"most_per_hour": 0}, {"weekday": 7}, {"quiet": (time(7), time(7))}, {"zone": "Mars"}],
)
def test_a_timing_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked(Timing(**wrong))  # type: ignore[arg-type]


def test_a_timing_in_words() -> None:
    assert in_words(Timing()) == "at once"
    assert in_words(Timing(cadence=Cadence.WEEKLY, weekday=6, zone="Europe/Rome", quiet=NIGHT, empty=False)) == (
        "weekly on Sunday at 07:00, only when something changed, quiet 22:00-07:00, Europe/Rome"
    )
    assert in_words(checked(Timing(zone="utc", most_per_hour=60))) == "at once, at most 60 an hour"
