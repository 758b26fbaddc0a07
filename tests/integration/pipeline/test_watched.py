"""Feeds as a coverage line counts them: healthy is only what is read when it is due, without an error, with news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.coverage import FeedState
from monitor.model.feed import Feed, FeedStatus
from monitor.pipeline.watched import watched

NOW = datetime(2025, 2, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Feed(
    id=1,
    url="https://news.example/feed?token=hidden",
    title="Example Times",
    next_poll_at=NOW + HOUR,
    last_poll_at=NOW - HOUR,
    last_success_at=NOW - HOUR,
    last_new_at=NOW - HOUR,
    newest_entry_at=NOW - HOUR,
    rhythm_s=3_600,
    added_at=NOW - 90 * DAY,
)
ERROR = {"failures": 2, "last_error": "The server has an internal error (500).", "errors_since": NOW - 2 * DAY}


@pytest.mark.parametrize(
    ("feed", "state", "since"),
    [
        (WELL, FeedState.HEALTHY, None),
        (replace(WELL, next_poll_at=NOW - HOUR / 2), FeedState.HEALTHY, None),
        (replace(WELL, **ERROR), FeedState.FAILING, NOW - 2 * DAY),
        (replace(WELL, status=FeedStatus.GONE, **ERROR), FeedState.GONE, NOW - 2 * DAY),
        (replace(WELL, status=FeedStatus.PAUSED, next_poll_at=NOW - 9 * DAY), FeedState.PAUSED, None),
        (replace(WELL, last_poll_at=None, last_success_at=None), FeedState.WAITING, None),
        (replace(WELL, last_new_at=NOW - 20 * DAY, newest_entry_at=NOW - 20 * DAY), FeedState.SILENT, NOW - 20 * DAY),
        (replace(WELL, last_poll_at=NOW - DAY, next_poll_at=NOW - 23 * HOUR), FeedState.BEHIND, NOW - DAY),
    ],
)
def test_how_a_feed_counts(feed: Feed, state: FeedState, since: datetime | None) -> None:
    found = watched(feed, NOW)
    assert (found.state, found.since, found.name) == (state, since, "Example Times")
    assert ("(500)" in found.why) is (state in (FeedState.FAILING, FeedState.GONE))


def test_a_feed_without_a_title_shows_no_secret_of_its_address() -> None:
    assert "hidden" not in watched(replace(WELL, title=""), NOW).name
