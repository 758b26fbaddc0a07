"""What silence means: how many feeds were read, which were not, since when and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.coverage import FeedState, WatchedFeed, coverage, day_in_words, short_trouble

NOW = datetime(2025, 2, 24, 6, 30, tzinfo=UTC)  # a Monday
MONDAY_BEFORE = NOW - timedelta(days=7)
UTC_ZONE = ZoneInfo("UTC")


def feed(name: str, state: FeedState = FeedState.HEALTHY, days: float | None = None, why: str = "") -> WatchedFeed:
    since = None if days is None else NOW - timedelta(days=days)
    return WatchedFeed(name=name, state=state, since=since, why=why)


def line(*feeds: WatchedFeed, since: datetime = NOW - timedelta(days=3)) -> str:
    return coverage(feeds, since, NOW, UTC_ZONE)


def test_all_well() -> None:
    assert line(*[feed(str(n)) for n in range(33)]) == "all 33 feeds healthy since Friday"
    assert line(feed("BBC")) == "the one feed healthy since Friday"


def test_those_that_fail_are_named_with_the_day_and_the_reason() -> None:
    well = [feed(str(n)) for n in range(31)]
    failing = [
        feed("BBC World", FeedState.FAILING, 4, "The server is out of service for the moment (503)."),
        feed("Tagesspiegel", FeedState.FAILING, 4, "tagesspiegel.example does not answer in time; it may be down."),
    ]
    assert line(*well, *failing) == (
        "31 of 33 feeds healthy since Friday, "
        "2 failing since Thursday: BBC World (HTTP 503), Tagesspiegel (tagesspiegel.example does not answer in time)"
    )


def test_days_that_differ_stand_with_each_feed() -> None:
    failing = [feed("A", FeedState.FAILING, 4, "(404)"), feed("B", FeedState.FAILING, 0.1, "(500)")]
    assert line(feed("C"), *failing).endswith("2 failing: A (since Thursday, HTTP 404), B (since 04:06, HTTP 500)")


def test_whatever_is_not_healthy_is_told_and_in_an_order() -> None:
    states = [feed(state.value, state, None if state is FeedState.WAITING else 30) for state in reversed(FeedState)]
    told = line(*states)
    assert told.startswith("1 of 7 feeds healthy since Friday, 1 failing since 25 January: failing, 1 not read since ")
    places = [told.index(f": {state}") for state in FeedState if state is not FeedState.HEALTHY]
    assert places == sorted(places)
    assert "1 not read yet: waiting" in told


def test_many_are_counted_and_the_first_named() -> None:
    told = line(*[feed(f"F{n}", FeedState.FAILING, 1, "(500)") for n in range(40)])
    assert told.startswith("0 of 40 feeds healthy since Friday, 40 failing since Sunday: F0 (HTTP 500), ")
    assert told.endswith("F5 (HTTP 500), and 34 more")


def test_no_feed_is_no_silence() -> None:
    assert line() == "no feed is watched, so nothing could be noticed"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=2), "04:30"),
        (timedelta(hours=8), "Sunday"),
        (timedelta(days=6), "Tuesday"),
        (timedelta(days=7), "17 February"),
        (timedelta(days=400), "21 January 2024"),
    ],
)
def test_days_as_people_name_them(ago: timedelta, words: str) -> None:
    assert day_in_words(NOW - ago, NOW, UTC_ZONE) == words


def test_days_are_those_of_the_readers_zone() -> None:
    late = datetime(2025, 2, 23, 20, 0, tzinfo=UTC)
    assert day_in_words(late, NOW, UTC_ZONE) == "Sunday"
    assert day_in_words(late, NOW, ZoneInfo("Asia/Tokyo")) == "05:00"


@pytest.mark.parametrize(
    ("error", "short"),
    [
        ("The server is out of service for the moment (503).", "HTTP 503"),
        (
            "x.example refuses connections at this port; the server may be down.",
            "x.example refuses connections at this port",
        ),
        ("The certificate of x.example is not valid: it ended; no", "The certificate of x.example is not valid"),
        ("The document is larger than 10 MiB; it was not read", "The document is larger than 10 MiB"),
        ("Line\x00one\nline two. More", "Lineone line two"),
    ],
)
def test_an_error_in_short(error: str, short: str) -> None:
    assert short_trouble(error) == short


def test_a_name_cannot_break_the_line() -> None:
    assert "\n" not in line(feed("a\r\nBcc: eve@example.org", FeedState.FAILING, 1, "x\ny"))
