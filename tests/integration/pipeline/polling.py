"""A poller over a real database and real servers on loopback; the document is parsed here, without a process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from monitor.feeds.cadence import CadenceConfig
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.parse import parse_document
from monitor.feeds.politeness import Politeness
from monitor.model.feed import ParsedFeed
from monitor.net.guard import Guard
from monitor.pipeline.poll import Poller
from storage.engine import Database

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
CADENCE = CadenceConfig(spread=0.0)


def rss(names: Iterable[object], title: str = "News") -> bytes:
    """A feed with an item of each name."""
    items = "".join(
        f"<item><guid>{n}</guid><title>Item {n}</title><description>What item {n} says.</description></item>"
        for n in names
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>".encode()


class Here:
    """The parser in this process."""

    async def parse(
        self, body: bytes, content_type: str | None, base_url: str | None, known: bytes | None = None
    ) -> ParsedFeed:
        return parse_document(body, content_type, base_url, known)


@asynccontextmanager
async def poller(database: Database, *, politeness: Politeness | None = None, **more: Any) -> AsyncIterator[Poller]:
    """A poller that may ask loopback servers."""
    config = FetchConfig(spacing_s=0, deadline_s=more.pop("deadline_s", 20.0))
    async with Fetcher(config, Guard(["127.0.0.0/8"]), politeness=politeness) as fetcher:
        yield Poller(database, fetcher, more.pop("parser", Here()), more.pop("cadence", CADENCE), **more)
