"""The cadence: prompt, moderate, within its bounds, and never all at once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.cadence import CadenceConfig, after_poll, first_due
from monitor.feeds.rhythm import past_dates, rhythm_s
from monitor.model.feed import Feed, FetchOutcome, FetchResult, ParsedEntry, ParsedFeed

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
FEED = Feed(id=1, url="https://example.org/feed", next_poll_at=NOW, added_at=NOW)
OK = FetchResult(url=FEED.url, outcome=FetchOutcome.OK, body=b"x")
CONFIG = CadenceConfig()

timeless = settings(deadline=None, max_examples=60)


def entry(published: datetime | None) -> ParsedEntry:
    return ParsedEntry(id=str(published), title="", link=None, text="", published=published)


def document(dates: list[datetime]) -> ParsedFeed:
    return ParsedFeed(title="T", entries=tuple(entry(date) for date in dates))


@timeless
@given(gap_s=st.integers(120, 11 * 3600), seed=st.integers(0, 999), start=st.integers(0, 10**5))
def test_a_steady_feed_is_heard_promptly_and_is_not_pestered(gap_s: int, seed: int, start: int) -> None:
    """Each entry is met at most half a gap late; the feed is asked little more often than twice a gap."""
    dice, gap = random.Random(seed), timedelta(seconds=gap_s)
    published = [NOW - n * gap for n in range(30, 0, -1)]
    now, feed, polls, late = NOW + timedelta(seconds=start % gap_s), FEED, 0, []
    for _ in range(60):
        while published[-1] + gap <= now:
            published.append(published[-1] + gap)
        new = [date for date in published if feed.last_poll_at is None or feed.last_poll_at < date]
        if feed.baseline_done:
            late += [(now - date).total_seconds() for date in new]
            assert len(new) < 25  # a window of 25 entries loses none
        feed = after_poll(feed, OK, document(published[-25:]), len(new), None, now, CONFIG, dice.random())
        polls, now = polls + 1, feed.next_poll_at
    prompt = max(CONFIG.shortest_s, gap_s * CONFIG.of_gap)
    assert max(late, default=0) <= prompt * (1 + CONFIG.spread) + 1
    assert polls <= (now - NOW).total_seconds() / max(CONFIG.shortest_s, gap_s * CONFIG.of_gap * CONFIG.shorten) + 3


@timeless
@given(silence_h=st.integers(1, 24 * 60), gap_s=st.integers(60, 86400), ttl=st.none() | st.integers(1, 10**7))
def test_silence_makes_polls_rare_within_the_bounds(silence_h: int, gap_s: int, ttl: int | None) -> None:
    last = NOW - timedelta(hours=silence_h)
    dates = [last - timedelta(seconds=n * gap_s) for n in range(25)]
    known = replace(FEED, baseline_done=True, last_new_at=last)
    after = after_poll(known, OK, replace(document(dates), ttl_s=ttl), 0, None, NOW, CONFIG, 0.0)
    wait = (after.next_poll_at - NOW).total_seconds()
    assert CONFIG.shortest_s <= wait <= CONFIG.longest_s
    assert wait >= min(ttl or 0, CONFIG.longest_s)
    assert wait >= min(CONFIG.longest_s, int(silence_h * 3600 * CONFIG.of_silence))
    same = replace(OK, outcome=FetchOutcome.NOT_MODIFIED)
    again = after_poll(after, same, None, 0, None, NOW, CONFIG, 0.0)
    assert again.interval_s == after.interval_s  # what the documents told holds while the server says 304


@timeless
@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), max_size=60), st.floats(0, 1), st.integers(0, 60))
def test_whatever_the_dates_say_the_next_poll_is_within_the_bounds(
    dates: list[datetime | None], jitter: float, new: int
) -> None:
    parsed = ParsedFeed(title="T", entries=tuple(entry(date) for date in dates))
    for feed in (FEED, replace(FEED, baseline_done=True, last_new_at=NOW + timedelta(days=9))):
        after = after_poll(feed, OK, parsed, new, None, NOW, CONFIG, jitter)
        wait = (after.next_poll_at - NOW).total_seconds()
        assert CONFIG.shortest_s <= wait <= CONFIG.longest_s * (1 + CONFIG.spread)
        assert after.newest_entry_at is None or after.newest_entry_at <= NOW


def test_ten_thousand_feeds_added_at_once_do_not_fall_due_at_once() -> None:
    dice, config = random.Random(7), CadenceConfig()
    firsts = [first_due(n, 10_000, NOW, config) for n in range(10_000)]
    assert firsts == sorted(firsts)
    assert max(firsts) == NOW + timedelta(seconds=config.first_s)
    minutes = Counter((due - NOW) // timedelta(minutes=1) for due in firsts)
    assert max(minutes.values()) <= config.at_once + 10_000 / (config.first_s / 60) * 1.1

    polled = [after_poll(FEED, OK, document([]), 5, None, NOW, config, dice.random()) for _ in range(10_000)]
    seconds = Counter((feed.next_poll_at - NOW) // timedelta(minutes=1) for feed in polled)
    assert max(seconds.values()) <= 10_000 / 25 * 1.3  # over the 25 minutes between the shortest and the first interval


def test_few_feeds_are_all_asked_at_once() -> None:
    assert {first_due(n, 47, NOW, CONFIG) for n in range(47)} == {NOW}


def test_nights_and_pinned_entries_do_not_make_a_feed_slow() -> None:
    day = [NOW - timedelta(minutes=10 * n) for n in range(10)]
    evening = [day[-1] - timedelta(hours=9, minutes=10 * n) for n in range(1, 9)]
    pinned = NOW - timedelta(days=3000)
    assert rhythm_s(sorted([*day, *evening, pinned])) == 10 * 60
    assert rhythm_s([NOW] * 20) is None  # a batch tells nothing
    assert rhythm_s([NOW - timedelta(hours=1), NOW]) is None
    entries = (entry(NOW + timedelta(days=1)), entry(None), entry(NOW))
    assert past_dates(ParsedFeed(title="T", entries=entries), NOW) == [NOW]


def test_a_feed_that_is_quicker_than_its_dates_is_asked_sooner() -> None:
    dates = [NOW - timedelta(hours=12 * n) for n in range(25)]
    known = replace(FEED, baseline_done=True, interval_s=3600, last_new_at=NOW)
    assert after_poll(known, OK, document(dates), 1, None, NOW, CONFIG, 0).interval_s == CONFIG.longest_s
    assert after_poll(known, OK, document(dates), 4, None, NOW, CONFIG, 0).interval_s == 2160
