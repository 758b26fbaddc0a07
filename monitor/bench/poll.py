"""Polling, beside the `reader` package: feeds a second on the same generated feeds in one run.

Three phases: the first poll; a poll of the same documents, which the server answers with 304; a poll with two new
entries each. What is measured is the product's own `Poller` with its guard, its manners, its parser processes and a
database file with every commit synced. Only two things differ from an installation: the guard lets loopback through,
and every feed has an address of its own under 127.0.0.0/8, so that the pause between two requests to one host is never
waited for. Its processes run when the first poll begins, as in a service and as the peer's one does. Matching, grouping
into stories and the search index belong to reading and are not part of a poll, here or there (`update_search`).

`reader` runs as its documentation shows, `update_feeds(scheduled=False)` over a database file, in the same order and
on the same documents. It is an optional dependency (`volteface[bench]`); without it ours is measured alone.
"""

from __future__ import annotations

import asyncio
import importlib.util
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.bench.feed_documents import FeedDocuments
from monitor.bench.feed_wire import FeedWire, feed_wire
from monitor.feeds.cadence import CadenceConfig
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.parser_pool import ParserPool, ParserPoolConfig
from monitor.interpreter import settle
from monitor.net.guard import Guard
from monitor.pipeline.outcomes import PollReport
from monitor.pipeline.poll import Poller
from storage.engine import Database

PHASES = ("first poll", "nothing changed", "two new entries each")

_APART = timedelta(hours=7)
"""Between two phases, on the poller's clock: longer than the longest interval, and within the day of a full fetch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One phase of one poller: feeds and the seconds they took, entries that were new, polls that failed."""

    phase: str
    feeds: int
    seconds: float
    new: int
    failed: int

    @property
    def per_second(self) -> float:
        """Feeds a second."""
        return self.feeds / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One phase, ours beside the peer's; `peer` is None where the peer is not installed."""

    ours: Measured
    peer: Measured | None

    @property
    def ratio(self) -> float | None:
        """How many times as quick ours is."""
        return self.ours.per_second / self.peer.per_second if self.peer else None


class OurPolls:
    """The product's poller over a new database file in `folder`. Use as an async context manager."""

    def __init__(self, folder: Path, addresses: Sequence[str], now: datetime, concurrency: int = 96) -> None:
        self._database = Database(f"sqlite:///{folder / 'ours.db'}")
        self._addresses = addresses
        self._now = now
        self._concurrency = concurrency
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> OurPolls:
        self._database.upgrade()
        self._stack.callback(self._database.close)
        with self._database.work() as work:
            for address in self._addresses:
                work.feeds.add(address, "", "", self._now)
        config = FetchConfig(at_once=self._concurrency)
        fetcher = await self._stack.enter_async_context(Fetcher(config, Guard(["127.0.0.0/8"])))
        parser = await self._stack.enter_async_context(ParserPool(ParserPoolConfig()))
        await parser.start()
        settle()
        self.poller = Poller(self._database, fetcher, parser, CadenceConfig(), concurrency=self._concurrency)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def poll(self) -> list[PollReport]:
        """Polls every feed once; the clock then goes on to when all are due again."""
        reports = await self.poller.step(self._now, limit=len(self._addresses))
        self._now += _APART
        return reports

    async def measure(self, phase: str) -> Measured:
        """Polls every feed once, and how long it took."""
        start = time.perf_counter()
        reports = await self.poll()
        seconds = time.perf_counter() - start
        failed = sum(1 for report in reports if report.error)
        new = sum(report.new for report in reports)
        return Measured(phase=phase, feeds=len(reports), seconds=seconds, new=new, failed=failed)


class ReaderPolls:
    """The `reader` package over a new database file in `folder`."""

    def __init__(self, folder: Path, addresses: Sequence[str]) -> None:
        import reader

        self._reader: Any = reader.make_reader(str(folder / "reader.db"))
        for address in addresses:
            self._reader.add_feed(address)
        self._feeds = len(addresses)

    def measure(self, phase: str) -> Measured:
        """Updates every feed once, and how long it took."""
        before = self._reader.get_entry_counts().total
        start = time.perf_counter()
        self._reader.update_feeds(scheduled=False)
        seconds = time.perf_counter() - start
        new = self._reader.get_entry_counts().total - before
        failed = sum(1 for feed in self._reader.get_feeds() if feed.last_exception)
        return Measured(phase=phase, feeds=self._feeds, seconds=seconds, new=new, failed=failed)

    def close(self) -> None:
        """Close its database."""
        self._reader.close()


def has_peer() -> bool:
    """Whether `reader` and what it needs are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("reader", "sgmllib"))


async def compare(feeds: int, documents: FeedDocuments, told: Callable[[Measured, str], None]) -> list[Compared]:
    """All phases, each of ours followed by the peer's; `told` hears of each as it ends, with the name of the poller."""
    compared = []
    with tempfile.TemporaryDirectory(prefix="volteface-bench-") as folder:
        async with feed_wire(feeds, documents) as wire:
            peer = await asyncio.to_thread(_peer, Path(folder), wire)
            async with OurPolls(Path(folder), wire.addresses, documents.newest + timedelta(hours=1)) as ours:
                for phase in PHASES:
                    if phase == PHASES[-1]:
                        await wire.turn_to(1)
                    mine = await ours.measure(phase)
                    told(mine, "volteface")
                    theirs = await asyncio.to_thread(peer.measure, phase) if peer else None
                    if theirs:
                        told(theirs, "reader")
                    compared.append(Compared(ours=mine, peer=theirs))
            if peer:
                await asyncio.to_thread(peer.close)
    return compared


def _peer(folder: Path, wire: FeedWire) -> ReaderPolls | None:
    return ReaderPolls(folder, wire.addresses) if has_peer() else None


def median(runs: Sequence[Compared]) -> Compared:
    """Of one phase over several runs the one whose ratio is in the middle; without a peer, whose speed is."""
    ordered = sorted(runs, key=lambda run: run.ratio or run.ours.per_second)
    return ordered[(len(ordered) - 1) // 2]
