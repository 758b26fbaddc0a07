"""A stop waits for what is under way and begins nothing further, however much waits; the next start goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from monitor.bus.inprocess import InProcessBus
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.model.item import Item
from monitor.model.statement import Reading
from monitor.net.guard import Guard
from monitor.pipeline.digests import Digests, Released
from monitor.pipeline.read import Reader
from monitor.pipeline.tell import Teller
from monitor.pipeline.walk import Pipeline, Stages
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.schedule import Worker
from rules.model import Match, RuleSet
from storage.engine import Database
from tests.integration.pipeline.polling import Here
from tests.integration.pipeline.test_digests import DAILY, DAY, NOON, SEVEN, subscribed, tell
from tests.integration.pipeline.walking import FOR, NOW, Walk


class Watched(GrammarExtractor):
    """The grammar, and who is told before it reads an item."""

    def __init__(self, before: Callable[[], None]) -> None:
        super().__init__()
        self._before = before
        self.read_items: list[int] = []

    def read(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Reading:
        self._before()
        self.read_items.append(item.id)
        return super().read(item, matches, rules)


@pytest.fixture
def walk(sqlite_database: Database, tmp_path: Path) -> Walk:
    walk = Walk(sqlite_database, tmp_path / "pack")
    for number in range(60):
        walk.put(FOR[0].format(who="Astrid Holm"), number / 10)
    return walk


def test_of_the_items_that_were_claimed_the_rest_is_given_back(walk: Walk) -> None:
    def stop() -> None:
        if len(extractor.read_items) == 2:
            reader.interrupt()

    extractor = Watched(stop)
    reader = Reader(walk.database, walk.book, extractor, FilterTracker(), Teller())
    assert reader.step(NOW).items == 3  # the third was begun
    assert (reader.step(NOW).items, len(extractor.read_items)) == (0, 3)
    assert walk.read().items == 57


async def test_a_worker_does_not_read_all_that_waits_before_it_stops(walk: Walk) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(60)

    extractor = Watched(wait)
    fetcher = Fetcher(FetchConfig(), Guard([], setting="VOLTEFACE_FEED_ALLOW"))
    stages = Stages(
        fetcher=fetcher, parser=Here(), extractor=extractor, tracker=FilterTracker(), channels={}, bus=InProcessBus()
    )
    async with fetcher:
        worker = Worker(Pipeline(walk.database, stages, lambda: NOW), lambda: NOW)
        await worker.start()
        assert await asyncio.to_thread(begun.wait, 60)
        stopping = asyncio.create_task(worker.stop())
        while not worker._stopping:
            await asyncio.sleep(0)
        go_on.set()
        await stopping
    assert len(extractor.read_items) == 1
    assert walk.read().items == 59


def test_no_further_digest_is_begun(sqlite_database: Database) -> None:
    for name in ("ada", "bob"):
        tell(sqlite_database, subscribed(sqlite_database, DAILY, name=name), 1, NOON)
    digests = Digests(sqlite_database)
    digests.interrupt()
    assert digests.step(SEVEN + DAY) == Released()
    assert Digests(sqlite_database).step(SEVEN + DAY).digests == 2
