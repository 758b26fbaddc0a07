"""A host that hangs, or has many feeds, starves nobody: what waits for its host's turn holds no slot and no lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.feeds.politeness import Politeness
from monitor.model.feed import Feed, FeedStatus, ParsedFeed
from monitor.pipeline.places import places_aside
from storage.engine import Database
from tests.integration.feeds.wire import Exchange, Wire
from tests.integration.pipeline.polling import NOW, Here, poller, rss

MINUTE = timedelta(minutes=1)
NEVER_S = 60.0  # how long a test that fails takes to say so


@pytest.fixture
async def slow() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


@pytest.fixture
async def quick() -> AsyncIterator[Wire]:
    async with Wire("127.0.0.2") as server:
        yield server


class Clock:
    """A clock that moves only when somebody sleeps; everybody else goes first."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        await asyncio.sleep(0.05)
        self.now = max(self.now, end)


def add(database: Database, url: str, count: int, late: timedelta) -> list[Feed]:
    """Feeds that have been due for so long."""
    with database.work() as work:
        return [work.feeds.add(f"{url}?{n}", "", "", NOW - late) for n in range(count)]


async def test_a_host_that_hangs_on_200_feeds_starves_nobody(database: Database, slow: Wire, quick: Wire) -> None:
    let_go = asyncio.Event()

    async def hang(exchange: Exchange) -> None:
        await let_go.wait()
        await exchange.answer(body=rss("a"))

    add(database, slow.on("/hang", hang), 200, late=10 * MINUTE)
    well = add(database, quick.give("/feed", body=rss("a")), 5, late=MINUTE)
    async with poller(database, concurrency=4, deadline_s=NEVER_S) as poll:
        step = asyncio.create_task(poll.step(NOW, limit=300))
        await until_polled(database, well)
        assert len(slow.seen) <= 2
        with database.work() as work:  # another worker finds all but those that are asked just now
            assert len(work.feeds.claim_due(NOW, 1000, timedelta(0))) >= 198
        # What falls due while they hang is polled as well, by this step or by the next.
        more = add(database, quick.give("/more", body=rss("b")), 3, late=MINUTE)
        next_step = asyncio.create_task(poll.step(NOW, limit=3))
        await until_polled(database, more)
        assert len(slow.seen) <= 2
        let_go.set()
        reports = await step + await next_step
    assert len({report.feed.id for report in reports}) == len(reports) == 208
    assert not [report.error for report in reports if report.error]
    assert len(slow.seen) == 200


async def test_200_hosts_that_redirect_to_one_that_hangs_starve_nobody(database: Database, quick: Wire) -> None:
    let_go = asyncio.Event()

    async def hang(exchange: Exchange) -> None:
        await let_go.wait()
        await exchange.answer(body=rss("a"))

    async with Wire("127.0.0.9") as slow, Wire("0.0.0.0") as anywhere:
        target = slow.on("/hang", hang)
        anywhere.give("/moved", 302, location=target)
        with database.work() as work:
            for n in range(200):
                url = f"http://127.1.{n // 100}.{n % 100 + 1}:{anywhere.port}/moved"
                work.feeds.add(url, "", "", NOW - 10 * MINUTE)
        well = add(database, quick.give("/feed", body=rss("a")), 5, late=MINUTE)
        async with poller(database, concurrency=8, deadline_s=NEVER_S) as poll:
            step = asyncio.create_task(poll.step(NOW, limit=300))
            await until_polled(database, well)
            assert len(slow.seen) <= 2
            let_go.set()
            reports = await step
        postponed = [r for r in reports if r.error and "other feeds lead there too" in r.error]
        assert len(postponed) > 100
        with database.view() as work:  # they are not failing, and come again soon
            feeds = [work.feeds.get(r.feed.id) for r in postponed]
        assert {(feed.failures, feed.status) for feed in feeds} == {(0, FeedStatus.ACTIVE)}
        assert all(feed.next_poll_at <= NOW + MINUTE for feed in feeds)


async def test_hosts_that_hang_for_the_first_time_lose_their_places(database: Database, quick: Wire) -> None:
    """Twelve hosts of their own, three times as many as there are places: no rule about one host would help."""
    async with hanging(database, 12) as (anywhere, _, let_go):
        well = add(database, quick.give("/feed", body=rss("a")), 5, late=MINUTE)
        async with poller(database, concurrency=4, patience_s=0.05, deadline_s=NEVER_S) as poll:
            step = asyncio.create_task(poll.step(NOW))
            await until_polled(database, well)
            assert len(anywhere.seen) == 12
            let_go.set()
            assert len(await step) == 17


async def test_hosts_that_hung_last_time_leave_places_to_the_others(database: Database, quick: Wire) -> None:
    async with hanging(database, 100) as (anywhere, feeds, let_go):
        with database.work() as work:
            for feed in feeds:
                work.feeds.save(replace(feed, failures=1))
        well = add(database, quick.give("/feed", body=rss("a")), 5, late=MINUTE)
        async with poller(database, concurrency=4, deadline_s=NEVER_S) as poll:
            step = asyncio.create_task(poll.step(NOW, limit=200))
            await until_polled(database, well)
            assert len(anywhere.seen) == places_aside(4) == 12
            let_go.set()
            assert len(await step) == 105


async def test_feeds_that_wait_for_their_hosts_turn_hold_no_slot(database: Database, slow: Wire, quick: Wire) -> None:
    order: list[str] = []

    def noted(name: str) -> str:
        async def script(exchange: Exchange) -> None:
            order.append(name)
            await exchange.answer(body=rss("a"))

        return (slow if name == "many" else quick).on("/" + name, script)

    many = add(database, noted("many"), 24, late=10 * MINUTE)
    few = [feed for n in range(3) for feed in add(database, noted(f"few{n}"), 1, late=MINUTE)]
    clock = Clock()
    spaced = Politeness(per_host=2, spacing_s=1.0, clock=clock, sleep=clock.sleep)
    async with poller(database, concurrency=2, politeness=spaced) as poll:
        reports = await poll.step(NOW)
    assert len(reports) == len(many) + len(few)  # the step stays until all had their turn
    assert order[:2] == ["many", "few0"] or order[:2] == ["few0", "many"]
    assert [name for name in order if name != "many"] == ["few0", "few1", "few2"]
    assert order[-1] == "many"  # both hosts in turn; the few come last where the many hold the slots
    assert clock.now >= len(many) - 1  # and the many were spaced


async def test_a_step_claims_no_more_when_its_moment_is_long_past(database: Database, quick: Wire) -> None:
    """A lease from then would be over when it begins, and a next poll due before its time."""
    many = add(database, quick.give("/feed", body=rss("a")), 3, late=MINUTE)
    async with poller(database, concurrency=1) as poll:
        poll.claims_for = timedelta(0)
        polled = [[report.feed.id for report in await poll.step(NOW + n * MINUTE)] for n in range(4)]
    assert polled == [[feed.id] for feed in many] + [[]]


async def test_a_host_that_asks_for_patience_gets_it_and_its_feeds_do_not_fail(database: Database, slow: Wire) -> None:
    asked = slow.give("/feed", 429, retry_after="7200")
    first, *others = add(database, asked, 5, late=MINUTE)
    async with poller(database, concurrency=1) as poll:
        (report,) = await poll.step(NOW)
    assert (report.feed.id, report.feed.failures) == (first.id, 1)
    until = NOW + timedelta(hours=2)
    for feed in stored(database, others):
        assert (feed.failures, feed.last_error, feed.last_poll_at, feed.next_poll_at) == (0, None, None, until)
    async with poller(database) as restarted:
        assert await restarted.step(until - MINUTE) == []
        slow.give("/feed", body=rss("a"))
        assert len(await restarted.step(until)) == 5
    assert len(slow.seen) == 6


async def test_a_redirect_to_a_host_that_is_left_alone_is_no_failure_of_the_feed(
    database: Database, slow: Wire, quick: Wire
) -> None:
    add(database, slow.give("/busy", 503, retry_after="600"), 1, late=10 * MINUTE)
    (feed,) = add(database, quick.give("/moved", 302, location=slow.url + "/busy"), 1, late=MINUTE)
    async with poller(database, concurrency=1) as poll:
        reports = await poll.step(NOW)
    (postponed,) = [report for report in reports if report.feed.id == feed.id]
    assert "left alone" in (postponed.error or "")
    (after,) = stored(database, [feed])
    assert (after.failures, after.last_error) == (0, None)
    assert after.next_poll_at >= NOW + timedelta(seconds=598)


async def test_polls_do_not_lock_one_another_out_of_the_database(sqlite_url: str) -> None:
    database = Database(sqlite_url, busy_timeout_ms=0)  # whoever meets a lock fails at once
    async with Wire("0.0.0.0") as everywhere:
        everywhere.give("/feed", body=rss(range(20)))
        for n in range(30):
            add(database, f"http://127.0.1.{n + 1}:{everywhere.port}/feed", 1, late=MINUTE)
        async with poller(database) as poll:
            reports = await poll.step(NOW)
    assert [report.error for report in reports] == [None] * 30
    database.close()


async def test_what_fails_for_one_feed_keeps_no_other_from_being_polled(database: Database, slow: Wire) -> None:
    class Stumbles(Here):
        async def parse(
            self, body: bytes, content_type: str | None, base_url: str | None, known: bytes | None = None
        ) -> ParsedFeed:
            if b"stumble" in body:
                raise RuntimeError("the disk is full")
            return await super().parse(body, content_type, base_url, known)

    (bad,) = add(database, slow.give("/bad", body=rss("a", title="stumble")), 1, late=10 * MINUTE)
    well = add(database, slow.give("/feed", body=rss("a")), 1, late=MINUTE)
    async with poller(database, parser=Stumbles()) as poll:
        with pytest.raises(RuntimeError, match="disk is full"):
            await poll.step(NOW)
        assert all(feed.last_success_at for feed in stored(database, well))
        assert await poll.step(NOW) == []  # the other is leased, and comes again when that runs out
        with pytest.raises(RuntimeError, match="disk is full"):
            await poll.step(NOW + poll.lease)
        assert stored(database, [bad])[0].last_poll_at is None


@asynccontextmanager
async def hanging(database: Database, count: int) -> AsyncIterator[tuple[Wire, list[Feed], asyncio.Event]]:
    """Feeds of so many hosts that hang until the event; due before all others."""
    let_go = asyncio.Event()

    async def hang(exchange: Exchange) -> None:
        await let_go.wait()
        await exchange.answer(body=rss("a"))

    async with Wire("0.0.0.0") as anywhere:
        anywhere.on("/hang", hang)
        hosts = [f"http://127.1.2.{n + 1}:{anywhere.port}/hang" for n in range(count)]
        yield anywhere, [feed for host in hosts for feed in add(database, host, 1, late=10 * MINUTE)], let_go


async def until_polled(database: Database, feeds: list[Feed]) -> None:
    async with asyncio.timeout(NEVER_S):
        while not all(feed.last_success_at for feed in stored(database, feeds)):
            await asyncio.sleep(0.02)


def stored(database: Database, feeds: list[Feed]) -> list[Feed]:
    with database.view() as work:
        return [work.feeds.get(feed.id) for feed in feeds]
