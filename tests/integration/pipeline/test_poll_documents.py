"""What a poll makes of documents that are none: the reason is said, what is stored stays, others are not held up."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from monitor.feeds.parser_pool import ParserPool, ParserPoolConfig
from monitor.model.feed import Feed, ParsedFeed
from monitor.model.item import Item
from storage.engine import Database
from tests.integration.feeds.wire import Exchange, Wire
from tests.integration.pipeline.polling import NOW, Here, poller, rss

HOUR = timedelta(hours=1)
GOOD = rss("ab")
BOMB = (
    b"<!DOCTYPE rss [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (c + 1, b"&#38;%c;" % c * 20) for c in b"abcdefgh")
    + b"<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel><title>T</title>"
    + b"<item><guid>a</guid><title>Item a</title><description>What item a says.</description></item>"
    + b"<item><guid>z</guid><title>[&b;]</title><description>[&i;][&x;]</description></item></channel></rss>"
)
BAD = [
    (b"", "empty"),
    (b"\n \n", "empty"),
    (b"<!DOCTYPE html><html><body>Please log in</body></html>", "web page"),
    (b"<html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>", "one is human"),
    (b"<rss version='2.0'><channel><title>T</title><item><title>half", "breaks off"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "JSON is broken"),
    (b"<Error><Code>AccessDenied</Code></Error>", "error message"),
    (b"\x00\xff\xfe\x00 no feed at all", "neither XML nor JSON"),
    (b"<rss>" * 50_000, "breaks off|broken|neither a feed's head"),
]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


def add(database: Database, url: str, title: str = "") -> Feed:
    with database.work() as work:
        return work.feeds.add(url, title, "", NOW)


def stored(database: Database, feed: Feed) -> Feed:
    with database.view() as work:
        return work.feeds.get(feed.id)


def items(database: Database) -> list[Item]:
    with database.view() as work:
        return list(work.items.search(None, 100))


@pytest.mark.parametrize(("body", "says"), BAD)
async def test_a_document_that_is_no_feed_is_an_error_and_the_items_stay(
    sqlite_database: Database, wire: Wire, body: bytes, says: str
) -> None:
    bad = add(sqlite_database, wire.give("/bad", body=GOOD, etag='"good"'))
    well = add(sqlite_database, wire.give("/well", body=rss("x")))
    async with poller(sqlite_database) as poll:
        await poll.step_these([bad.id, well.id], NOW)
        before = items(sqlite_database)
        wire.give("/bad", body=body, etag='"bad"', last_modified="Tue, 18 Feb 2025 10:00:00 GMT")
        wire.give("/well", body=rss("xy"))
        failed, healthy = await poll.step_these([bad.id, well.id], NOW + HOUR)
        assert (healthy.error, healthy.new) == (None, 1)
        assert failed.error
        wire.give("/bad", body=rss("abc"))
        again = (await poll.step_these([bad.id], NOW + 2 * HOUR))[0]
    assert wire.seen[-1].headers["if-none-match"] == '"good"'
    assert [item for item in items(sqlite_database) if item.identity in "ab"] == before[-2:]
    assert (again.error, again.new, again.revised, again.seen) == (None, 1, 0, 2)
    assert stored(sqlite_database, bad).failures == 0
    assert re.search(says, failed.error), failed.error


async def test_a_truncated_document_gives_its_whole_entries_and_is_asked_for_again(
    database: Database, wire: Wire
) -> None:
    whole = rss("abc")
    cut = whole[: whole.index(b"What item c")]
    feed = add(database, wire.give("/feed", body=cut, etag='"cut"'))
    async with poller(database) as poll:
        (report,) = await poll.step_these([feed.id], NOW)
        assert (report.new, stored(database, feed).etag) == (2, None)
        assert "breaks off" in (stored(database, feed).last_error or "")
        wire.give("/feed", body=whole, etag='"whole"')
        (report,) = await poll.step_these([feed.id], NOW + HOUR)
    assert "if-none-match" not in wire.seen[-1].headers
    assert (report.new, report.revised, report.seen, report.error) == (1, 0, 2, None)


async def test_another_body_under_the_same_etag_is_read_and_the_same_one_is_not(database: Database, wire: Wire) -> None:
    class Counting(Here):
        read = 0

        async def parse(self, *arguments: Any) -> ParsedFeed:
            Counting.read += 1
            return await super().parse(*arguments)

    feed = add(database, wire.give("/feed", body=rss("a"), etag='"1"'))
    async with poller(database, parser=Counting()) as poll:
        reports = []
        for hour, names in enumerate(("a", "a", "ab", "ab")):
            wire.give("/feed", body=gzip.compress(rss(names)), etag='"1"', content_encoding="gzip")
            reports += await poll.step_these([feed.id], NOW + hour * HOUR)
    assert [report.new for report in reports] == [1, 0, 1, 0]
    assert Counting.read == 2


async def test_a_feed_that_is_empty_for_one_poll_brings_nothing_back(database: Database, wire: Wire) -> None:
    feed = add(database, wire.give("/feed", body=rss("ab")))
    async with poller(database) as poll:
        reports = []
        for hour, names in enumerate(("ab", "", "ab")):
            wire.give("/feed", body=rss(names))
            reports += await poll.step_these([feed.id], NOW + hour * HOUR)
    assert [(report.new, report.revised) for report in reports] == [(2, 0), (0, 0), (0, 0)]
    assert not [report.error for report in reports if report.error]
    with database.view() as work:
        told = [event for event in work.events.after(0, 100) if event.subject == "items.admitted"]
    assert len(told) == 1


async def test_nested_entities_and_files_stay_outside(database: Database, wire: Wire) -> None:
    feed = add(database, wire.give("/feed", body=BOMB))
    async with poller(database) as poll:
        (report,) = await poll.step_these([feed.id], NOW)
    assert (report.new, report.error) == (2, None)
    for item in items(database):
        assert "haha" not in item.title + item.text
        assert "root:" not in item.title + item.text


async def test_a_document_that_keeps_the_parser_busy_is_a_failing_feed_and_holds_up_no_other(
    database: Database, wire: Wire
) -> None:
    """A real pool with real processes, in which one title is read for ever."""
    code = (
        "from monitor.feeds import parse, parser_worker\n"
        "real = parse.decode\n"
        "def decode(body, *more):\n"
        "    while b'endless' in body: pass\n"
        "    return real(body, *more)\n"
        "parse.decode = decode\n"
        "parser_worker.main()\n"
    )
    config = ParserPoolConfig(workers=2, limit_s=3.0, command=(sys.executable, "-c", code))
    busy = add(database, wire.give("/busy", body=rss("a", title="endless")))
    well = add(database, wire.give("/well", body=rss("x")))
    async with ParserPool(config) as pool, poller(database, parser=pool) as poll:
        failed, healthy = await poll.step_these([busy.id, well.id], NOW)
        assert (healthy.error, healthy.new) == (None, 1)
        assert "did not finish within 3 seconds" in (failed.error or "")
        assert (stored(database, busy).failures, stored(database, busy).etag) == (1, None)
        wire.give("/busy", body=rss("a"))
        (again,) = await poll.step_these([busy.id], NOW + HOUR)
    assert (again.error, again.new) == (None, 1)


async def test_many_feeds_of_half_documents_cost_no_healthy_one_its_turn(sqlite_database: Database, wire: Wire) -> None:
    async def half(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss version='2.0'><channel>")

    wire.on("/half", half)
    with sqlite_database.work() as work:
        for n in range(40):
            work.feeds.add(f"{wire.url}/half?{n}", "", "", NOW - HOUR)
    well = add(sqlite_database, wire.give("/well", body=rss("x")))
    async with poller(sqlite_database) as poll:
        reports = await poll.step(NOW, limit=100)
    assert len(reports) == 41
    assert [report.feed.id for report in reports if report.error is None] == [well.id]
    assert stored(sqlite_database, well).last_success_at == NOW
