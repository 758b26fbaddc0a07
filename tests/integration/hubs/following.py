"""Feeds that have a hub, as a service follows them: polled, asked for, pushed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from monitor.feeds.hub_client import HubClient
from monitor.feeds.hub_terms import PushCadence
from monitor.model.feed import Feed
from monitor.model.hub import HubSubscription
from monitor.model.item import Item
from monitor.net.guard import Guard
from monitor.pipeline.hubs import Followed, HubStep
from monitor.pipeline.poll import Poller
from storage.engine import Database
from storage.errors import NotFound
from tests.hubs.standing import standing
from tests.integration.feeds.wire import Wire
from tests.integration.pipeline.polling import NOW, poller, rss
from tests.sinks import HttpSink

BASE = "https://news.example/volteface"
HOUR = timedelta(hours=1)
RARELY = PushCadence(poll_s=4 * 3600)


def follows(database: Database, **more: object) -> asynccontextmanager[AsyncIterator[Poller]]:  # type: ignore[type-arg]
    return poller(database, hubs=Followed(RARELY), **more)  # type: ignore[return-value]


@asynccontextmanager
async def asking(database: Database, *, deadline_s: float = 20.0, allow: str = "127.0.0.1") -> AsyncIterator[HubStep]:
    guard = Guard([allow], setting="VOLTEFACE_FEED_ALLOW")
    async with HubClient(guard, user_agent="Volteface/test", deadline_s=deadline_s) as client:
        yield HubStep(database, client, BASE)


def add(database: Database, paper: Wire, *hubs: str, names: str = "a", **headers: str) -> Feed:
    links = ", ".join([*(f'<{hub}>; rel="hub"' for hub in hubs), f'<{paper.url}/topic>; rel="self"'])
    url = paper.give("/feed", body=rss(names), link=links, **headers)
    with database.work() as work:
        known = work.feeds.by_url(url)
        return known or work.feeds.add(url, "", "", NOW)


def stored(database: Database, feed: Feed) -> Feed:
    with database.view() as work:
        return work.feeds.get(feed.id)


def verify(database: Database, feed: Feed, now: datetime, lease_s: int = 864_000) -> HubSubscription:
    with database.work() as work:
        one = work.hubs.of_feeds([feed.id])[feed.id]
        work.hubs.verified(one.id, lease_s, now + timedelta(seconds=lease_s * 0.8), now)
    return standing(database, feed.id)


def push(database: Database, feed: Feed, body: bytes, now: datetime = NOW) -> HubSubscription:
    with database.work() as work:
        one = work.hubs.of_feeds([feed.id])[feed.id]
        work.pushes.add(one.id, body, "application/rss+xml", now)
    return one


def waiting(database: Database, feed: Feed) -> int:
    with database.view() as work:
        return work.hubs.waiting_pushes(work.hubs.of_feeds([feed.id])[feed.id].id)


def titles(database: Database, feed: Feed) -> list[str]:
    found: list[Item] = []
    with database.view() as work:
        for number in range(1, 100):
            with suppress(NotFound):
                found.append(work.items.get(number))
    return sorted(item.title for item in found if item.feed_id == feed.id)


async def pushed_feed(database: Database, paper: Wire, hub: HttpSink, poll: Poller, names: str = "a") -> Feed:
    feed = add(database, paper, f"{hub.url}/hub", names=names, etag='"1"')
    await poll.step(NOW)
    verify(database, feed, NOW)
    return stored(database, feed)
