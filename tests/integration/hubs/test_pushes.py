"""What a hub pushes is admitted as a poll would; a hub that does not push what a poll finds is found out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.feeds.hub_terms import LIES_AFTER, in_words
from monitor.feeds.parser_pool import ParseFailed
from monitor.model.feed import ParsedFeed
from monitor.pipeline.pushes import MOST_ATTEMPTS, PushStep
from storage.engine import Database
from tests.hubs.standing import standing
from tests.integration.feeds.wire import Wire
from tests.integration.hubs.following import HOUR, add, asking, follows, push, pushed_feed, stored, titles, waiting
from tests.integration.pipeline.polling import NOW, Here, rss
from tests.sinks import HttpSink


async def test_a_push_is_admitted_as_a_poll_would_and_a_poll_admits_nothing_twice(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("ba"))
        later = NOW + timedelta(minutes=5)
        assert await step.step(later) == 1
        assert titles(database, feed) == ["Item a", "Item b"]
        after = stored(database, feed)
        assert after == replace(feed, last_new_at=later)  # ETag, hash, rhythm and next poll are the feed's own
        one = standing(database, feed.id)
        assert (one.last_news_at, one.missed) == (later, 0)
        assert (waiting(database, feed), await step.step(later)) == (0, 0)
        with database.view() as work:
            events = [event for event in work.events.after(0, 100) if event.subject == "items.admitted"]
            assert [event.data["new"] for event in events] == [1, 1]
        add(database, paper, f"{hub.url}/hub", names="ba")
        (report,) = await poll.step_these([feed.id], NOW + HOUR)
        assert (report.new, report.revised, report.seen) == (0, 0, 2)
        assert standing(database, feed.id).missed == 0
        push(database, feed, rss("ba").replace(b"What item b says.", b"What item b says now."))
        await step.step(NOW + HOUR)
        assert titles(database, feed) == ["Item a", "Item b"]
        with database.view() as work:
            assert any("says now" in work.items.get(n).text for n in (1, 2))


async def test_more_than_is_taken_at_once_is_taken_by_and_by(database: Database, paper: Wire, hub: HttpSink) -> None:
    async with follows(database, most_new=3) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("bcdefgh"))
        steps = 0
        while await step.step(NOW):
            steps += 1
        assert (steps, len(titles(database, feed)), waiting(database, feed)) == (3, 8, 0)


@pytest.mark.parametrize("body", [b"", b"<html><body>no feed</body></html>", b"\x00\xff" * 99, b"<rss><channel>"])
async def test_what_cannot_be_read_goes_and_the_feed_is_polled(
    database: Database, paper: Wire, hub: HttpSink, body: bytes
) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, body)
        assert await step.step(NOW) == 1
        one = standing(database, feed.id)
        assert (waiting(database, feed), one.discarded) == (0, 1)
        assert "cannot be read" in (one.last_error or "")
        after = stored(database, feed)
        assert (after.failures, after.next_poll_at) == (0, NOW)  # the feed itself is well
        add(database, paper, f"{hub.url}/hub", names="ab")
        assert [report.new for report in await poll.step(NOW)] == [1]


async def test_what_breaks_off_is_taken_as_far_as_it_is_whole_and_the_feed_polled(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        whole = rss("bc")
        push(database, feed, whole[: whole.index(b"Item c") + 3])
        await step.step(NOW)
        assert titles(database, feed) == ["Item a", "Item b"]
        assert stored(database, feed).next_poll_at == NOW


async def test_a_push_waits_while_its_feed_is_polled(database: Database, paper: Wire, hub: HttpSink) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        with database.work() as work:
            (leased,) = work.feeds.claim([feed.id], NOW, timedelta(minutes=5))
        assert await step.step(NOW) == 0
        with database.work() as work:
            work.feeds.save(leased, was=leased)
        assert await step.step(NOW) == 1
        assert await step.step(NOW) == 0
        with database.work() as work:
            assert len(work.feeds.claim([feed.id], NOW, timedelta(minutes=5))) == 1  # its lease is given back


async def test_a_worker_killed_between_reading_and_saving_loses_nothing(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    class Killed(Here):
        async def parse(self, *_: object, **__: object) -> ParsedFeed:
            raise asyncio.CancelledError

    async with follows(database) as poll:
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        with pytest.raises(asyncio.CancelledError):
            await PushStep(database, Killed(), poll.outcomes).step(NOW)
        step = PushStep(database, Here(), poll.outcomes)
        assert (waiting(database, feed), await step.step(NOW)) == (1, 0)
        assert await step.step(NOW + timedelta(minutes=5)) == 1
        assert titles(database, feed) == ["Item a", "Item b"]


async def test_a_push_that_ends_every_worker_is_given_up(database: Database, paper: Wire, hub: HttpSink) -> None:
    class Killer(Here):
        async def parse(self, *_: object, **__: object) -> ParsedFeed:
            raise MemoryError

    async with follows(database) as poll:
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        step = PushStep(database, Killer(), poll.outcomes)
        for attempt in range(MOST_ATTEMPTS):
            with pytest.raises(MemoryError):
                await step.step(NOW + attempt * HOUR)
        assert await step.step(NOW + MOST_ATTEMPTS * HOUR) == 1
        assert waiting(database, feed) == 0
        assert stored(database, feed).next_poll_at <= NOW + MOST_ATTEMPTS * HOUR


async def test_a_document_that_the_parser_was_killed_over_is_no_trouble_of_the_feed(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    class TooSlow(Here):
        async def parse(self, *_: object, **__: object) -> ParsedFeed:
            raise ParseFailed("reading it took longer than 10 seconds")

    async with follows(database) as poll:
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        await PushStep(database, TooSlow(), poll.outcomes).step(NOW)
        assert "10 seconds" in (standing(database, feed.id).last_error or "")
        assert stored(database, feed).failures == 0


async def test_a_hub_that_lies_is_found_out_asked_anew_and_believed_when_it_pushes(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    async with follows(database) as poll, asking(database) as ask:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        (quiet,) = await poll.step_these([feed.id], NOW + HOUR)
        assert quiet.feed.next_poll_at == NOW + 2 * HOUR
        for miss in range(1, LIES_AFTER + 1):
            now = NOW + 2 * miss * HOUR
            add(database, paper, f"{hub.url}/hub", names="a" + "bcdef"[:miss])
            (found,) = await poll.step_these([feed.id], now)
            assert (found.new, standing(database, feed.id).missed) == (1, miss)
            assert found.feed.next_poll_at <= now + HOUR  # by its own rhythm
        assert "had not pushed" in in_words(standing(database, feed.id), now)
        assert await ask.step(now) == 1  # perhaps it never heard that we said yes
        push(database, feed, rss("z"), now)
        await step.step(now)
        assert standing(database, feed.id).missed == 0
        (trusted,) = await poll.step_these([feed.id], now + HOUR)
        assert trusted.feed.next_poll_at == now + 5 * HOUR
