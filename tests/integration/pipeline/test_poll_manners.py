"""What polls remember of a server's manners: moves, 304 for ever, more news than one poll takes, gone and not found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from monitor.model.feed import Feed, FeedStatus
from monitor.pipeline.outcomes import PollReport
from monitor.pipeline.poll import Poller
from storage.engine import Database
from tests.integration.feeds.wire import Exchange, Wire
from tests.integration.pipeline.polling import CADENCE, NOW, poller, rss

HOUR = timedelta(hours=1)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


def add(database: Database, url: str) -> Feed:
    with database.work() as work:
        return work.feeds.add(url, "", "", NOW)


def stored(database: Database, feed: Feed) -> Feed:
    with database.view() as work:
        return work.feeds.get(feed.id)


async def polls(poll: Poller, feed: Feed, times: int, apart: timedelta = HOUR) -> list[PollReport]:
    reports = []
    for n in range(times):
        reports += await poll.step_these([feed.id], NOW + n * apart)
    return reports


@pytest.mark.parametrize("status", [301, 308])
async def test_an_address_changes_when_a_permanent_redirect_was_seen_three_times(
    database: Database, wire: Wire, status: int
) -> None:
    new = wire.give("/new", body=rss("a"), etag='"1"')
    feed = add(database, wire.give("/old", status, location="/new"))
    async with poller(database) as poll:
        addresses = [report.feed.url for report in await polls(poll, feed, 3)]
        assert addresses == [feed.url, feed.url, new]
        again = (await polls(poll, feed, 1, 4 * HOUR))[0]
    assert (again.new, again.feed.url, again.feed.moved_seen) == (0, new, 0)
    assert wire.seen[-1].path == "/new"
    with database.view() as work:
        (entry,) = [e for e in work.audit.list() if e.what == "feed moved"]
    assert entry.detail == {"from": feed.url, "to": new}


async def test_a_redirect_that_is_taken_back_or_leads_to_no_feed_moves_nothing(database: Database, wire: Wire) -> None:
    feed = add(database, wire.give("/old", 301, location="/new"))
    wire.give("/new", body=rss("a"))
    async with poller(database) as poll:
        await polls(poll, feed, 2)
        wire.give("/old", body=rss("a"))
        (back,) = await polls(poll, feed, 1)
        assert (back.feed.moved_to, back.feed.moved_seen) == (None, 0)
        wire.give("/old", 301, location="/login")
        wire.give("/login", body=b"<html><body>Please log in</body></html>")
        failed = await polls(poll, feed, 4)
    assert {report.feed.url for report in failed} == {feed.url}
    assert all("web page" in (report.error or "") for report in failed)


async def test_a_feed_that_moves_to_one_that_is_there_stays_and_says_so(database: Database, wire: Wire) -> None:
    new = add(database, wire.give("/new", body=rss("ab")))
    old = add(database, wire.give("/old", 301, location="/new"))
    async with poller(database) as poll:
        third = (await polls(poll, old, 3))[-1]
        assert (third.feed.url, third.new, third.error) == (old.url, 0, None)
        assert f"which is feed {new.id} already" in (stored(database, old).notice or "")
        assert f"volteface feeds remove {old.id}" in (stored(database, old).notice or "")
        with database.work() as work:
            work.feeds.remove(new.id)
        moved = (await polls(poll, old, 3))[-1].feed
    assert (moved.url, moved.notice) == (new.url, None)


async def test_a_feed_that_always_says_304_is_fetched_in_full_once_a_day(database: Database, wire: Wire) -> None:
    names = ["a"]

    async def stubborn(exchange: Exchange) -> None:
        unchanged = "if-none-match" in exchange.headers
        await exchange.answer(304 if unchanged else 200, b"" if unchanged else rss(names), etag='"for ever"')

    feed = add(database, wire.on("/feed", stubborn))
    async with poller(database) as poll:
        await polls(poll, feed, 1)
        names.append("b")
        reports = [r for n in range(1, 49) for r in await poll.step_these([feed.id], NOW + n * HOUR)]
    assert [n for n, report in enumerate(reports, 1) if report.new] == [24]
    whole = [n for n, exchange in enumerate(wire.seen) if "if-none-match" not in exchange.headers]
    assert whole == [0, 24, 48]


async def test_more_news_than_one_poll_takes_come_with_the_next_ones(database: Database, wire: Wire) -> None:
    async def careful(exchange: Exchange) -> None:
        unchanged = exchange.headers.get("if-none-match") == '"1"'
        await exchange.answer(304 if unchanged else 200, b"" if unchanged else rss(range(7)), etag='"1"')

    feed = add(database, wire.on("/feed", careful))
    async with poller(database, most_new=3) as poll:
        reports = []
        now = NOW
        for _ in range(4):
            (report,) = await poll.step(now)
            reports.append(report)
            wait, now = report.feed.next_poll_at - now, report.feed.next_poll_at
            if report.left:
                assert (report.feed.etag, report.feed.body_hash) == (None, None)
                assert wait.total_seconds() == CADENCE.shortest_s
                assert not report.feed.baseline_done
    assert [(r.new, r.left) for r in reports] == [(3, 4), (3, 1), (1, 0), (0, 0)]
    assert stored(database, feed).etag == '"1"'
    with database.view() as work:
        items = work.items.search(None, 100)
    assert len({item.identity for item in items}) == 7
    assert all(item.baseline for item in items)  # the rest of a first poll is as old as its beginning


async def test_404_backs_off_and_410_stops_the_feed(database: Database, wire: Wire) -> None:
    feed = add(database, wire.give("/feed", 404))
    async with poller(database) as poll:
        now, waits = NOW, []
        for _ in range(8):
            (report,) = await poll.step(now)
            assert "there is nothing at this address (404)" in (report.error or "").lower()
            waits.append((report.feed.next_poll_at - now).total_seconds())
            now = report.feed.next_poll_at
        assert waits == [1800, 3600, 7200, 14400, 28800, 57600, 86400, 86400]
        wire.give("/feed", 410)
        (report,) = await poll.step(now)
        assert report.feed.status is FeedStatus.GONE
        assert "410" in (stored(database, feed).last_error or "")
        assert await poll.step(now + 100 * 24 * HOUR) == []
    with database.view() as work:
        assert [e.what for e in work.audit.list(1)] == ["feed gone"]


async def test_a_clock_that_jumps_loses_and_repeats_nothing(database: Database, wire: Wire) -> None:
    feed, names = add(database, wire.give("/feed", body=rss("a"))), "a"
    async with poller(database) as poll:
        for hours, more in ((0, ""), (30, "b"), (1, "c"), (-500, "d"), (-499, "e"), (90_000, "f"), (2, "g")):
            names += more
            wire.give("/feed", body=rss(names))
            (report,) = await poll.step(NOW + hours * HOUR)
            assert (report.error, report.new) == (None, max(1, len(more)))
            assert await poll.step(NOW + hours * HOUR) == []
    with database.view() as work:
        items = work.items.search(None, 100)
    assert sorted(item.identity for item in items) == list("abcdefg")
    assert stored(database, feed).failures == 0
