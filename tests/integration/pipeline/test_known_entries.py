"""What is known of a feed's entries between polls: counted, not read again, and never taken for more than it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from monitor.feeds.parse import parse_document
from monitor.model.feed import Feed, ParsedFeed
from monitor.pipeline.outcomes import PollReport
from monitor.pipeline.poll import Poller
from storage.engine import Database
from storage.known_entries import KnownChange
from tests.integration.feeds.wire import Wire
from tests.integration.pipeline.polling import NOW, poller, rss

HOUR = timedelta(hours=1)


class Read:
    """The parser in this process. `ids` are the entries that it had to read, poll by poll."""

    def __init__(self) -> None:
        self.ids: list[list[str]] = []

    async def parse(
        self, body: bytes, content_type: str | None, base_url: str | None, known: bytes | None = None
    ) -> ParsedFeed:
        parsed = parse_document(body, content_type, base_url, known)
        self.ids.append([entry.id for entry in parsed.entries])
        return parsed


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


class Polls:
    """Polls of one feed, an hour apart, each of the document that it is given."""

    def __init__(self, database: Database, wire: Wire, poll: Poller) -> None:
        self.wire, self.poll = wire, poll
        self.number = 0
        with database.work() as work:
            self.feed: Feed = work.feeds.add(wire.give("/feed", body=b""), "", "", NOW)

    async def of(self, body: bytes) -> PollReport:
        self.wire.give("/feed", body=body)
        self.number += 1
        (report,) = await self.poll.step_these([self.feed.id], NOW + self.number * HOUR)
        return report

    async def counts(self, body: bytes) -> tuple[int, int, int, int]:
        report = await self.of(body)
        assert report.error is None
        return report.new, report.revised, report.seen, report.left


def known(database: Database, feed: Feed) -> bytes | None:
    with database.view() as work:
        return work.known_entries.get(feed.id)


async def test_only_new_and_changed_entries_are_read(database: Database, wire: Wire) -> None:
    reader = Read()
    async with poller(database, parser=reader) as poll:
        polls = Polls(database, wire, poll)
        assert await polls.counts(rss("ab")) == (2, 0, 0, 0)
        assert await polls.counts(rss("cab")) == (1, 0, 2, 0)
        assert await polls.counts(rss("cab").replace(b"What item a", b"What else item a")) == (0, 1, 2, 0)
        assert await polls.counts(rss("cab")) == (0, 1, 2, 0)  # taken back: known is what was there the last time
        assert await polls.counts(rss("c")) == (0, 0, 1, 0)
        assert await polls.counts(rss("ca")) == (0, 0, 2, 0)  # it was away, and is read again
    assert reader.ids == [["a", "b"], ["c"], ["a"], ["a"], [], ["a"]]


async def test_what_was_left_for_the_next_poll_is_not_known(database: Database, wire: Wire) -> None:
    async with poller(database, parser=Read(), most_new=2) as poll:
        polls = Polls(database, wire, poll)
        assert await polls.counts(rss("abcde")) == (2, 0, 0, 3)
        assert known(database, polls.feed) is None
        assert await polls.counts(rss("abcde")) == (2, 0, 2, 1)
        assert await polls.counts(rss("abcde")) == (1, 0, 4, 0)
        assert known(database, polls.feed)
        assert await polls.counts(rss("fghabcde")) == (2, 0, 5, 1)
        assert known(database, polls.feed) is None
        assert await polls.counts(rss("fghabcde")) == (1, 0, 7, 0)


async def test_a_document_that_breaks_off_takes_its_entries_and_leaves_nothing_known(
    database: Database, wire: Wire
) -> None:
    async with poller(database, parser=Read()) as poll:
        polls = Polls(database, wire, poll)
        await polls.of(rss("ab"))
        revised = rss("cab").replace(b"What item a", b"What else item a")
        broken = await polls.of(revised[: revised.index(b"<guid>b")])
        assert (broken.new, broken.revised, broken.seen) == (1, 1, 0)
        assert known(database, polls.feed) is None
        assert await polls.counts(rss("cab")) == (0, 1, 2, 0)


@pytest.mark.parametrize("lost", [b"", b"rubbish", b"\x00" * 48])
async def test_losing_what_is_known_costs_time_only(database: Database, wire: Wire, lost: bytes) -> None:
    reader = Read()
    async with poller(database, parser=reader) as poll:
        polls = Polls(database, wire, poll)
        await polls.of(rss("ab"))
        change = KnownChange(feed_id=polls.feed.id, was=known(database, polls.feed), known=lost)
        with database.work() as work:
            work.known_entries.replace_all([change])
        assert await polls.counts(rss("cab")) == (1, 0, 2, 0)
        assert await polls.counts(rss("dcab")) == (1, 0, 3, 0)
    assert reader.ids[1:] == [["c", "a", "b"], ["d"]]


async def test_what_a_failed_poll_brought_is_not_known(database: Database, wire: Wire) -> None:
    async with poller(database, parser=Read()) as poll:
        polls = Polls(database, wire, poll)
        await polls.of(rss("a"))
        before = known(database, polls.feed)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(RuntimeError, match="the disk is full"):

            def full(*_: object) -> None:
                raise RuntimeError("the disk is full")

            patch.setattr("storage.events.Events.add_all", full)
            await polls.of(rss("ab"))
        assert known(database, polls.feed) == before
        with database.work() as work:
            work.end_leases(NOW + 2 * HOUR)
        assert await polls.counts(rss("ab")) == (1, 0, 1, 0)
        assert (await polls.of(b"<html>")).error
        assert await polls.counts(rss("abc")) == (1, 0, 2, 0)


async def test_an_entry_in_another_context_is_read_again(database: Database, wire: Wire) -> None:
    reader = Read()
    first = rss("ab")
    async with poller(database, parser=reader) as poll:
        polls = Polls(database, wire, poll)
        await polls.of(first)
        for n, head in enumerate(
            [b"<rss xml:base='https://moved.example/' version='2.0'>", b"<rss xml:lang='de' version='2.0'>"]
        ):
            await polls.of(first.replace(b"<rss version='2.0'>", head))
            assert reader.ids[-1] == ["a", "b"], n
        await polls.of(first.replace(b"<title>News</title>", b"<title>Renamed</title><ttl>90</ttl>"))
        await polls.of(first.replace(b"<title>News</title>", b"<title>News</title><ttl>60</ttl>"))
    assert reader.ids[-2:] == [["a", "b"], []]  # the language is another again; title and ttl touch no entry
