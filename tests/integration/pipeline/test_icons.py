"""Icons of sites: fetched once a month beside the polls, from servers of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.icon import LARGEST_ICON, Icon, find_icon
from monitor.feeds.robots import Robots
from monitor.net.guard import Guard
from monitor.pipeline.icons import IconStep
from monitor.web.icons import feed_icons
from storage.engine import Database
from storage.errors import NotFound
from tests.integration.feeds.wire import Exchange, Wire
from tests.unit.feeds.test_icon import ICO, png

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Find = Callable[[str], Awaitable[Icon]]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        server.give("/robots.txt", 404)
        server.give("/", body=b"<html><head><link rel=icon href=/small.png></head></html>", content_type="text/html")
        yield server


@pytest.fixture
async def find() -> AsyncIterator[Find]:
    async with finder(deadline_s=60.0) as found:
        yield found


@asynccontextmanager
async def finder(deadline_s: float) -> AsyncIterator[Find]:
    guard, config = Guard(["127.0.0.0/8"]), FetchConfig(spacing_s=0.0, deadline_s=deadline_s)
    async with Fetcher(config, guard) as pages, Fetcher(replace(config, largest_body=LARGEST_ICON), guard) as images:
        robots = Robots(pages, lambda: NOW)
        yield lambda site: find_icon(site, pages, images, robots)


async def test_the_icon_that_the_front_page_names(wire: Wire, find: Find) -> None:
    wire.give("/small.png", body=png(), content_type="text/html")
    assert await find(wire.url) == Icon("image/png", png())
    assert [e.path for e in wire.seen] == ["/robots.txt", "/", "/small.png"]


async def test_else_the_common_place(wire: Wire, find: Find) -> None:
    wire.give("/small.png", 404)
    wire.give("/favicon.ico", body=ICO)
    assert await find(wire.url) == Icon("image/x-icon", ICO)


async def drip(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\n\r\n\x89PNG")
    while True:
        await exchange.raw(b".")
        await asyncio.sleep(0.01)


async def huge(exchange: Exchange) -> None:
    await exchange.answer(200, png() + b"\x00" * 10_000_000)


async def inward(exchange: Exchange) -> None:
    await exchange.answer(302, location="http://169.254.169.254/favicon.ico")


async def active(exchange: Exchange) -> None:
    await exchange.answer(200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/png")


@pytest.mark.parametrize(
    ("script", "note"),
    [
        (drip, "did not deliver the whole document within 1 seconds"), (huge, "larger than"), (inward, "is refused"),
        (active, "is no PNG"),
    ],
)  # fmt: skip
async def test_what_is_no_small_image_is_none(
    wire: Wire, script: Callable[[Exchange], Awaitable[None]], note: str
) -> None:
    wire.on("/small.png", script)
    wire.on("/favicon.ico", script)
    async with finder(deadline_s=1.0 if script is drip else 60.0) as find:
        found = await find(wire.url)
    assert (found.media_type, found.data) == ("", b"")
    assert note in found.note


async def test_robots_txt_holds_for_icons_too(wire: Wire, find: Find) -> None:
    wire.give("/robots.txt", body=b"User-agent: *\nDisallow: /")
    assert "robots.txt" in (await find(wire.url)).note
    assert [e.path for e in wire.seen] == ["/robots.txt"]


class Sites:
    """Finds what it is told to."""

    def __init__(self) -> None:
        self.icon = Icon("image/png", png())
        self.asked: list[str] = []

    async def __call__(self, site: str) -> Icon:
        self.asked.append(site)
        return self.icon


def feeds(database: Database, *urls: str) -> list[int]:
    ids = []
    with database.work() as work:
        for url in urls:
            feed = work.feeds.add(url, "", "", NOW)
            work.feeds.save(replace(feed, last_success_at=NOW, site_url="https://news.example/front"), was=feed)
            ids.append(feed.id)
    return ids


async def test_one_icon_serves_all_feeds_of_a_site_for_a_month(database: Database) -> None:
    first, second = feeds(database, "https://feeds.example/1", "https://feeds.example/2")
    with database.work() as work:
        never_polled = work.feeds.add("https://later.example/rss", "", "", NOW).id
    sites = Sites()
    step = IconStep(database, sites)
    assert await step.step(NOW) == 1
    assert sites.asked == ["https://news.example"]
    with database.view() as work:
        shown = feed_icons(work)
        assert shown[first] == shown[second]
        assert never_polled not in shown
        number = int(shown[first].removeprefix("/icons/").partition("?")[0])
        assert work.icons.get(number).data == png()
    assert await step.step(NOW + 29 * DAY) == 0
    sites.icon = Icon("image/x-icon", ICO)
    assert await step.step(NOW + 30 * DAY) == 1
    with database.view() as work:
        assert (work.icons.get(number).media_type, work.icons.get(number).data) == ("image/x-icon", ICO)
        assert feed_icons(work)[first] != shown[first], "a new image has another address"


async def test_where_nothing_waits_nothing_is_written(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds(database, "https://feeds.example/1")
    step = IconStep(database, Sites())
    await step.step(NOW)
    with monkeypatch.context() as patched:
        patched.delattr(Database, "work")
        assert await step.step(NOW + DAY) == 0
    feeds(database, "https://feeds.example/2")
    with database.work() as work:
        feed = work.feeds.by_url("https://feeds.example/2")
        assert feed is not None
        work.feeds.save(replace(feed, site_url="https://other.example/"))
    assert await step.step(NOW + DAY) == 1


async def test_a_site_without_one_is_asked_ever_more_rarely_and_an_old_icon_stays(database: Database) -> None:
    feeds(database, "https://feeds.example/1")
    sites = Sites()
    step = IconStep(database, sites)
    await step.step(NOW)
    sites.icon = Icon(note="the site has no icon")
    days = [day for day in range(30, 130) if await step.step(NOW + day * DAY)]
    assert days == [30, 31, 33, 37, 45, 61, 91, 121]
    with database.view() as work:
        assert list(feed_icons(work)) == [1]


async def test_a_killed_worker_loses_no_site(database: Database) -> None:
    feeds(database, "https://feeds.example/1")
    with database.work() as work:
        work.icons.want({"https://news.example"}, NOW)
        (claimed,) = work.icons.claim_due(NOW, 10, DAY)
        with pytest.raises(NotFound):
            work.icons.get(claimed.id)
    step = IconStep(database, Sites())
    assert await step.step(NOW) == 0
    assert await step.step(NOW + DAY) == 1
    with database.work() as work:
        work.icons.put_off(claimed, "too late", NOW + 2 * DAY)
    assert await step.step(NOW + 2 * DAY) == 0, "the one that was thought dead writes nothing any more"


async def test_a_fault_of_ours_is_no_alarm(database: Database) -> None:
    async def broken(site: str) -> Icon:
        raise RuntimeError(site)

    feeds(database, "https://feeds.example/1")
    assert await IconStep(database, broken).step(NOW) == 1
    with database.view() as work:
        assert feed_icons(work) == {}
