"""A fetch as the tests make it: from servers on loopback, without a pause between two requests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.model.feed import Feed, FetchResult
from monitor.net.guard import Guard

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
LOOPBACK = ["127.0.0.0/8"]
MIB = 1024 * 1024


def feed(url: str, **more: Any) -> Feed:
    return Feed(id=1, url=url, next_poll_at=NOW, added_at=NOW, **more)


async def fetch(url: str, *, allow: list[str] | None = None, guard: Guard | None = None, **config: Any) -> FetchResult:
    known = {name: config.pop(name) for name in ("etag", "last_modified") if name in config}
    full = config.pop("full", False)
    config = {"spacing_s": 0.0, "deadline_s": 60.0, **config}
    guard = guard or Guard(LOOPBACK if allow is None else allow)
    async with Fetcher(FetchConfig(**config), guard, now=lambda: NOW) as fetcher:
        return await fetcher.fetch(feed(url, **known), full=full)
