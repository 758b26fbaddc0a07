"""Polls that end together share a transaction, and one that cannot be saved takes no other with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from monitor.events import Subject
from storage.engine import Database
from storage.errors import NotFound
from storage.work import Work
from tests.integration.feeds.wire import Exchange, Wire
from tests.integration.pipeline.polling import NOW, poller, rss

FEEDS = 6


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire("0.0.0.0") as server:
        yield server


def add(database: Database, wire: Wire, release: asyncio.Event | None = None) -> list[int]:
    """Feeds of as many hosts, that answer when all of them were asked, and `release` is set if it is given."""
    asked, all_asked = set[str](), asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        asked.add(exchange.headers["host"])
        if len(asked) == FEEDS:
            all_asked.set()
        await (release or all_asked).wait()
        await exchange.answer(body=rss([exchange.headers["host"], "b"]))

    wire.on("/feed", answer)
    with database.work() as work:
        return [work.feeds.add(f"http://127.0.2.{n + 1}:{wire.port}/feed", "", "", NOW).id for n in range(FEEDS)]


async def test_polls_that_end_together_share_a_transaction(
    database: Database, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add(database, wire)
    begun = 0
    real = database.work

    @contextmanager
    def counted() -> Iterator[Work]:
        nonlocal begun
        begun += 1
        with real() as work:
            yield work

    monkeypatch.setattr(database, "work", counted)
    async with poller(database) as poll:
        reports = await poll.step(NOW)
    assert sorted(report.feed.id for report in reports) == ids
    assert [(r.new, r.error) for r in reports] == [(2, None)] * FEEDS
    assert begun < 2 + FEEDS  # one claims all, one finds none left; apart, as many as there are feeds would save
    with database.view() as work:
        told = work.events.after(0, 100)
        assert len({item.story_id for item in work.items.search(None, 100)}) == 2 * FEEDS
    assert [event.id for event in told] == sorted(event.id for event in told)
    polled = [e.data["feed"] for e in told if e.subject == Subject.FEED_POLLED]
    admitted = [e.data["feed"] for e in told if e.subject == Subject.ITEMS_ADMITTED]
    assert sorted(polled) == sorted(admitted) == ids


async def test_a_poll_that_cannot_be_saved_takes_no_other_with_it(database: Database, wire: Wire) -> None:
    removed = asyncio.Event()
    ids = add(database, wire, removed)
    gone = ids[2]
    async with poller(database) as poll:
        step = asyncio.create_task(poll.step(NOW))
        while len(wire.seen) < FEEDS:
            await asyncio.sleep(0.01)
        with database.work() as work:
            work.feeds.remove(gone)
        removed.set()
        with pytest.raises(NotFound, match=f"there is no feed {gone}"):
            await step
    with database.view() as work:
        rest = [work.feeds.get(i) for i in ids if i != gone]
        assert all(feed.last_success_at and feed.baseline_done for feed in rest)
        items = work.items.search(None, 100)
        assert len(items) == 2 * (FEEDS - 1)
        assert {item.feed_id for item in items} == {feed.id for feed in rest}
