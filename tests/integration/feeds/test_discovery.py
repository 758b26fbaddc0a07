"""From a site's address to its feeds, against real servers."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from monitor.feeds.discovery import Discovery, discover
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.net.guard import Guard
from tests.integration.feeds.wire import Wire
from tests.integration.pipeline.polling import Here, rss

ALTERNATE = '<link rel="alternate" type="application/rss+xml" href="{}">'


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


async def look(address: str, allow: str = "127.0.0.1", **config: float) -> Discovery:
    async with Fetcher(FetchConfig(spacing_s=0, **config), Guard([allow])) as fetcher:  # type: ignore[arg-type]
        return await discover(address, fetcher, Here())


def page(*links: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>Site</title>{''.join(links)}</head><body>Hi</body></html>".encode()


DATED = b"""<rss version="2.0"><channel><title>World</title>
<item><title>Older</title><pubDate>Mon, 17 Feb 2025 10:00:00 GMT</pubDate></item>
<item><title>Newest</title><pubDate>Tue, 18 Feb 2025 10:00:00 GMT</pubDate></item>
<item><title>Undated</title></item><item><title>Old</title><pubDate>Sun, 16 Feb 2025 10:00:00 GMT</pubDate></item>
</channel></rss>"""


async def test_a_page_offers_its_feeds_with_titles_and_last_items(wire: Wire) -> None:
    wire.give("/world.xml", body=DATED)
    wire.give("/dead.xml", 404)
    wire.give("/same.xml", 301, location="/world.xml")
    body = gzip.compress(page(*(ALTERNATE.format(f"/{n}.xml") for n in ("dead", "world", "same"))))
    found = await look(wire.give("/", body=body, content_encoding="gzip", content_type="text/html"))
    (feed,) = found.feeds
    assert (feed.url, feed.title, feed.entries) == (f"{wire.url}/world.xml", "World", 4)
    assert feed.last[0] == (datetime(2025, 2, 18, 10, tzinfo=UTC), "Newest")
    assert [title for _, title in feed.last] == ["Newest", "Older", "Old"]
    assert found.is_page
    assert found.problem is None
    assert ["dead.xml" in line and "404" in line for line in found.tried] == [True]


async def test_a_feed_is_itself(wire: Wire) -> None:
    found = await look(wire.give("/feed", body=rss("ab", title="Mine")))
    assert found.itself is not None
    assert (found.itself.title, found.itself.entries, found.is_page) == ("Mine", 2, False)
    assert len(wire.seen) == 1


async def test_a_page_that_names_none_is_searched_in_common_places(wire: Wire) -> None:
    for path in ("/feed", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds/posts/default"):
        wire.give(path, 404)
    wire.give("/rss.xml", body=rss("a", title="Hidden"))
    found = await look(wire.give("/", body=page()))
    assert [feed.title for feed in found.feeds] == ["Hidden"]
    wire.give("/rss.xml", body=page())  # a site that answers everything with its front page
    found = await look(wire.url + "/")
    assert found.feeds == ()
    assert "common places" in (found.problem or "")


async def test_what_is_no_page_and_what_cannot_be_fetched_says_why(wire: Wire) -> None:
    text = await look(wire.give("/text", body=b"just words"))
    assert (text.is_page, text.feeds) == (False, ())
    assert "neither a feed nor a web page" in (text.problem or "")
    down = await look(wire.give("/down", 500))
    assert "(500)" in (down.problem or "")


async def test_the_guard_and_the_bounds_hold_for_what_a_page_names(wire: Wire) -> None:
    async with Wire("127.0.0.2") as inside:
        secret = inside.give("/feed.xml", body=rss("secret"))
        wire.give("/hop.xml", 302, location=secret)
        wire.give("/huge.xml", body=rss(range(2000)))
        wire.give("/good.xml", body=rss("a"))
        links = [ALTERNATE.format(url) for url in (secret, "/hop.xml", "/huge.xml", "/good.xml")]
        found = await look(wire.give("/", body=page(*links)), largest_body=20_000)
        assert inside.seen == []
    assert [feed.url for feed in found.feeds] == [f"{wire.url}/good.xml"]
    assert ["refused" in line or "larger" in line for line in found.tried] == [True, True, True]
