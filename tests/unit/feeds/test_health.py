"""How a feed is, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.cadence import REMEMBERED_POLLS, CadenceConfig, after_poll
from monitor.feeds.health import Condition, health, span
from monitor.model.feed import Feed, FeedStatus, FetchOutcome, FetchResult

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = Feed(
    id=7,
    url="https://anna:s3cret@example.org/feed",
    next_poll_at=NOW,
    added_at=NOW - 90 * DAY,
    last_poll_at=NOW,
    last_success_at=NOW,
    last_new_at=NOW - HOUR,
    newest_entry_at=NOW - HOUR,
    rhythm_s=3600,
)


def silent_for(span: timedelta, rhythm: timedelta | None = HOUR) -> Feed:
    rhythm_s = int(rhythm.total_seconds()) if rhythm else None
    return replace(FEED, last_new_at=NOW - span, newest_entry_at=NOW - span, rhythm_s=rhythm_s)


@pytest.mark.parametrize(
    ("feed", "condition"),
    [
        (FEED, Condition.WELL),
        (replace(FEED, last_poll_at=None, last_new_at=None, newest_entry_at=None), Condition.WAITING),
        (replace(FEED, status=FeedStatus.PAUSED, failures=3), Condition.PAUSED),
        (replace(FEED, status=FeedStatus.GONE, failures=1, last_error="Gone."), Condition.GONE),
        (replace(FEED, failures=1, last_error="Down."), Condition.FAILING),
        (silent_for(2 * DAY), Condition.WELL),  # a week-end
        (silent_for(4 * DAY), Condition.SILENT),
        (silent_for(9 * DAY, DAY), Condition.WELL),  # against its own rhythm
        (silent_for(11 * DAY, DAY), Condition.SILENT),
        (silent_for(400 * DAY, None), Condition.WELL),  # no rhythm is known, so nothing is out of it
        (replace(FEED, last_new_at=NOW + DAY, newest_entry_at=NOW + DAY), Condition.WELL),  # a clock went back
    ],
)
def test_the_condition(feed: Feed, condition: Condition) -> None:
    assert health(feed, NOW).condition is condition


def test_silence_is_told_against_the_feeds_own_rhythm() -> None:
    found = health(silent_for(12 * DAY, 3 * HOUR), NOW)
    assert found.words == "Nothing new for 12 days, though its entries usually come every 3 hours."
    assert "volteface feeds discover https://***@example.org/feed" in (found.remedy or "")
    assert (found.silent_since, found.usual_gap_s) == (NOW - 12 * DAY, 10_800)


def test_the_last_sign_of_life_is_the_older_of_two() -> None:
    """Feeds that date everything anew are silent all the same."""
    anew = replace(FEED, newest_entry_at=NOW, last_new_at=NOW - 20 * DAY)
    assert health(anew, NOW).silent_since == NOW - 20 * DAY
    assert health(replace(anew, newest_entry_at=None), NOW).silent_since == NOW - 20 * DAY


def test_a_failure_says_what_to_do_when_it_lasts() -> None:
    down = replace(FEED, failures=4, last_error="There is nothing at this address (404).", errors_since=NOW - HOUR)
    assert health(down, NOW).words == "There is nothing at this address (404)."
    assert health(down, NOW).remedy is None
    lasting = health(replace(down, errors_since=NOW - 3 * DAY), NOW)
    assert "failed for 3 days" in (lasting.remedy or "")
    assert "volteface feeds remove 7" in (lasting.remedy or "")
    assert "s3cret" not in f"{lasting.words} {lasting.remedy}"


def test_a_feed_that_is_gone_says_why_and_what_then() -> None:
    gone = health(replace(FEED, status=FeedStatus.GONE, last_error="Gone for good (410)."), NOW)
    assert gone.words == "Gone for good (410)."
    assert "volteface feeds remove 7" in (gone.remedy or "")


def test_a_notice_is_shown_while_all_is_well() -> None:
    assert health(replace(FEED, notice="It has moved."), NOW).words == "It has moved."


def test_the_share_of_empty_polls_follows_the_recent_ones() -> None:
    assert health(FEED, NOW).empty_share is None
    result = FetchResult(url=FEED.url, outcome=FetchOutcome.NOT_MODIFIED)
    feed, config = FEED, CadenceConfig()
    for n in range(4):
        feed = after_poll(feed, result, None, int(n == 0), None, NOW, config, 0)
    assert health(feed, NOW).empty_share == 0.75
    failed = after_poll(feed, replace(result, outcome=FetchOutcome.FAILED), None, 0, None, NOW, config, 0)
    assert health(failed, NOW).empty_share == 0.75  # a failure is no empty poll
    for _ in range(6 * REMEMBERED_POLLS):
        feed = after_poll(feed, result, None, 1, None, NOW, config, 0)
    assert feed.polls <= REMEMBERED_POLLS
    assert (health(feed, NOW).empty_share or 0) < 0.05


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "less than a minute"), (59, "less than a minute"), (60, "1 minute"), (7200, "2 hours"), (90_000, "1 day")],
)
def test_spans_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words
