"""A full disk and a lock that stays: said in words, nothing lost, and all goes on by itself once it is over."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from monitor.feeds.politeness import Politeness
from monitor.schedule import Worker
from storage.engine import Database
from storage.errors import DatabaseBusy, FolderNotWritable
from tests.integration.feeds.wire import Exchange, Wire
from tests.integration.pipeline.polling import NOW, poller, rss

HOUR = timedelta(hours=1)
LONG = "x" * 4000


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


@contextmanager
def no_room(database: Database) -> Iterator[None]:
    """As on a full disk: the file cannot grow, in any connection."""
    with closing(sqlite3.connect(str(database.file))) as look:
        pages = look.execute("PRAGMA page_count").fetchone()[0]

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine = database._engine
    engine.dispose()
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


def titles(database: Database) -> list[str]:
    with database.view() as work:
        return sorted(item.title for item in work.items.search(None, 1000))


def sound(database: Database) -> bool:
    with closing(sqlite3.connect(str(database.file))) as look:
        return bool(look.execute("PRAGMA integrity_check").fetchone() == ("ok",))


async def test_a_full_disk_is_said_and_what_came_comes_again(sqlite_database: Database, wire: Wire) -> None:
    body = rss(range(200)).replace(b"What item", LONG.encode() + b" What item")
    with sqlite_database.work() as work:
        feed = work.feeds.add(wire.give("/feed", body=body, etag='"1"'), "", "", NOW)
    async with poller(sqlite_database) as poll:
        with no_room(sqlite_database):
            for now in (NOW, NOW + poll.lease):
                with pytest.raises(FolderNotWritable, match=r"the disk that holds .* is full; make room"):
                    await poll.step(now)
            assert titles(sqlite_database) == []
            with sqlite_database.view() as work:
                assert work.feeds.get(feed.id).etag is None
        assert sound(sqlite_database)
        (report,) = await poll.step(NOW + HOUR)
    assert (report.new, report.error) == (200, None)
    assert len(titles(sqlite_database)) == 200
    assert sound(sqlite_database)


async def test_a_lock_that_stays_is_said_once_and_what_came_comes_again(sqlite_url: str, wire: Wire) -> None:
    """Somebody's shell takes the lock while the documents are on their way; each waits once, and not once for each."""
    database = Database(sqlite_url, busy_timeout_ms=300)
    shell = sqlite3.connect(str(database.file), isolation_level=None, check_same_thread=False)
    arrived = 0

    async def script(exchange: Exchange) -> None:
        nonlocal arrived
        arrived += 1
        if arrived == 8:
            shell.execute("BEGIN IMMEDIATE")
        while arrived < 8:
            await asyncio.sleep(0.01)
        await exchange.answer(body=rss(["a"]))

    wire.on("/feed", script)
    with database.work() as work:
        for n in range(8):
            work.feeds.add(f"{wire.url}/feed?{n}", "", "", NOW)
    begun: list[str] = []
    event.listen(database._engine, "begin", lambda connection: begun.append("begin") if arrived == 8 else None)
    polite = Politeness(per_host=8, spacing_s=0.0)
    async with poller(database, politeness=polite, per_host=8) as poll:
        with pytest.raises(DatabaseBusy, match="another process keeps"):
            await poll.step(NOW)
        assert len(begun) <= 4, "each poll waited for the lock, one after the other"
        assert titles(database) == []
        shell.execute("COMMIT")
        assert await poll.step(NOW) == []  # they are leased
        reports = await poll.step(NOW + poll.lease)
    assert [report.error for report in reports] == [None] * 8
    assert titles(database) == ["Item a"] * 8
    shell.close()
    database.close()


async def test_the_worker_says_what_is_wrong_and_the_next_tick_goes_on(sqlite_database: Database, wire: Wire) -> None:
    with sqlite_database.work() as work:
        work.feeds.add(wire.give("/feed", body=rss(["a"])), "", "", NOW)
    refusals = [
        DatabaseBusy("another process keeps x.db locked; look for an open shell or a backup, then try again"),
        FolderNotWritable("the disk that holds x.db is full; make room, nothing was lost"),
    ]
    async with poller(sqlite_database) as poll:

        async def step() -> object:
            if refusals:
                raise refusals.pop(0)
            return await poll.step(NOW)

        with capture_logs() as said:
            for _ in range(3):
                await Worker._guarded("poll", step)
    assert [line["log_level"] for line in said][:2] == ["warning", "error"]
    assert "open shell" in str(said[0])
    assert "make room" in str(said[1]), said[1]
    assert titles(sqlite_database) == ["Item a"]
