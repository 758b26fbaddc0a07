"""When a feed is asked again, and what is remembered of a poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.feeds.cadence import CadenceConfig, after_poll, body_hash, is_unchanged
from monitor.model.feed import Feed, FeedStatus, FetchOutcome, FetchResult, ParsedFeed

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
CONFIG = CadenceConfig(spread=0.0)
FEED = Feed(
    id=1,
    url="https://example.org/feed",
    next_poll_at=NOW,
    added_at=NOW,
    baseline_done=True,
    interval_s=1800,
    etag='"old"',
)
PARSED = ParsedFeed(title="T", link="https://example.org/")


def fetched(outcome: FetchOutcome = FetchOutcome.OK, **more: Any) -> FetchResult:
    return FetchResult(url=FEED.url, outcome=outcome, **more)


def polled(
    feed: Feed = FEED,
    result: FetchResult | None = None,
    parsed: ParsedFeed | None = PARSED,
    new: int = 0,
    error: str | None = None,
    config: CadenceConfig = CONFIG,
    jitter: float = 0.0,
) -> Feed:
    return after_poll(feed, result or fetched(body=b"x", etag='"new"'), parsed, new, error, NOW, config, jitter)


def wait(feed: Feed) -> float:
    return (feed.next_poll_at - NOW).total_seconds()


FAILED = fetched(FetchOutcome.FAILED, error="The server is down.")


def test_news_shorten_the_interval_and_silence_lengthens_it() -> None:
    assert polled(new=3).interval_s < 1800 < polled(new=0).interval_s
    assert wait(polled(new=3)) == polled(new=3).interval_s


def test_the_interval_stays_within_its_bounds() -> None:
    busy, dull = FEED, FEED
    for _ in range(50):
        busy, dull = polled(busy, new=9), polled(dull, new=0)
    assert busy.interval_s == CONFIG.shortest_s
    assert dull.interval_s == CONFIG.longest_s


def test_a_feed_keeps_the_bounds_that_were_set_for_it_alone() -> None:
    often, rarely = replace(FEED, longest_s=60), replace(FEED, shortest_s=12 * 3600)
    for _ in range(50):
        often, rarely = polled(often, new=0), polled(rarely, new=9)
    assert (often.interval_s, rarely.interval_s) == (60, 12 * 3600)
    both = polled(replace(FEED, shortest_s=7200, longest_s=7300), new=9)
    assert 7200 <= both.interval_s <= 7300


def test_a_feed_that_asks_for_patience_gets_it_within_the_bounds() -> None:
    assert polled(parsed=replace(PARSED, ttl_s=7200), new=1).interval_s == 7200
    assert polled(parsed=replace(PARSED, ttl_s=365 * 86400), new=1).interval_s == CONFIG.longest_s
    assert polled(result=fetched(max_age_s=7200), new=1).interval_s == 7200


def test_the_first_success_ends_the_baseline() -> None:
    new = replace(FEED, baseline_done=False, interval_s=1)
    after = polled(new, new=40)
    assert after.baseline_done
    assert after.interval_s == CONFIG.first_s
    assert not polled(new, FAILED, None).baseline_done


def test_a_good_document_leaves_its_validators_and_its_hash() -> None:
    after = polled(result=fetched(body=b"doc", etag='"new"', last_modified="Tue, 18 Feb 2025 10:00:00 GMT"))
    assert (after.etag, after.last_modified) == ('"new"', "Tue, 18 Feb 2025 10:00:00 GMT")
    assert after.body_hash == body_hash(b"doc")
    assert is_unchanged(after, fetched(body=b"doc", etag='"other"'))
    assert not is_unchanged(after, fetched(body=b"doc2", etag='"new"'))  # another body under the same ETag is read
    assert polled(result=fetched(body=b"doc")).etag is None  # the server stopped sending one


@pytest.mark.parametrize(
    ("result", "parsed", "error"),
    [
        (fetched(body=b"<html>", etag='"bad"'), None, "It is a web page."),
        (fetched(body=b"<rss", etag='"bad"'), replace(PARSED, complete=False), None),
        (FAILED, None, None),
    ],
)
def test_a_bad_document_leaves_the_validators_of_the_last_good_one(
    result: FetchResult, parsed: ParsedFeed | None, error: str | None
) -> None:
    after = polled(replace(FEED, body_hash="h"), result, parsed, error=error)
    assert (after.etag, after.body_hash) == ('"old"', "h")
    assert after.failures == 1
    assert after.last_error
    assert after.errors_since == NOW
    assert after.last_success_at is None


def test_what_came_before_a_document_broke_off_counts_as_news() -> None:
    after = polled(result=fetched(body=b"<rss"), parsed=replace(PARSED, complete=False), new=2)
    assert after.last_new_at == NOW
    assert "breaks off" in (after.last_error or "")


def test_failures_double_the_wait_up_to_a_day() -> None:
    feed, waits = FEED, []
    for _ in range(12):
        feed = polled(feed, FAILED, None)
        waits.append(wait(feed))
    assert waits[:3] == [1800, 3600, 7200]
    assert waits == sorted(waits)
    assert waits[-1] == 24 * 3600
    assert feed.failures == 12
    assert feed.interval_s == 1800  # the rhythm is kept for when it is back


def test_success_forgets_the_failures() -> None:
    down = polled(polled(FEED, FAILED, None), FAILED, None)
    later = replace(down, errors_since=NOW - timedelta(hours=5))
    assert polled(later, FAILED, None).errors_since == NOW - timedelta(hours=5)
    up = polled(later)
    assert (up.failures, up.last_error, up.errors_since, up.last_success_at) == (0, None, None, NOW)


def test_retry_after_is_honoured_when_it_is_longer() -> None:
    assert wait(polled(FEED, replace(FAILED, status=429, retry_after_s=40_000), None)) == 40_000
    assert wait(polled(FEED, replace(FAILED, status=429, retry_after_s=5), None)) == 1800
    assert wait(polled(result=fetched(retry_after_s=40_000))) == 40_000


def test_gone_is_gone_and_not_modified_is_well() -> None:
    gone = polled(FEED, fetched(FetchOutcome.GONE, status=410, error="Gone."), None)
    assert gone.status is FeedStatus.GONE
    assert gone.last_error == "Gone."
    same = polled(FEED, fetched(FetchOutcome.NOT_MODIFIED, status=304), None)
    assert (same.etag, same.failures, same.last_success_at) == ('"old"', 0, NOW)
    assert polled(replace(FEED, status=FeedStatus.PAUSED)).status is FeedStatus.PAUSED


def test_jitter_spreads_and_never_hurries() -> None:
    config = CadenceConfig(spread=0.1)
    waits = [wait(polled(config=config, jitter=jitter)) for jitter in (0.0, 0.5, 1.0, 7.0, -3.0)]
    least = wait(polled())
    assert waits == [least, least * 1.05, least * 1.1, least * 1.1, least]


def test_errors_show_no_secrets() -> None:
    after = polled(FEED, replace(FAILED, error="https://anna:s3cret@example.org/ is down"), None)
    assert after.last_error == "https://***@example.org/ is down"


def test_the_title_of_an_operator_is_kept() -> None:
    assert polled(replace(FEED, title="Mine")).title == "Mine"
    assert polled().title == "T"
    assert polled().site_url == "https://example.org/"


@pytest.mark.parametrize("bounds", [(0, 10), (600, 300), (300, 90_000)])
def test_bounds_that_make_no_sense_are_an_error(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="make no sense"):
        CadenceConfig(shortest_s=bounds[0], longest_s=bounds[1])
