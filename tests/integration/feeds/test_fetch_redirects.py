"""Fetching through redirects: where they lead, what goes with them, and what is said when they lead nowhere."""

from __future__ import annotations

import asyncio

import pytest

from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.net.guard import Guard
from tests.integration.feeds.fetching import LOOPBACK, feed, fetch
from tests.integration.feeds.wire import Exchange, Wire


async def test_follows_redirects_and_says_when_they_are_for_good(wire: Wire) -> None:
    end = wire.give("/end", body=b"<rss/>")
    wire.give("/b", 308, location="/end")
    url = wire.give("/a", 301, location="b")
    result = await fetch(url)
    assert (result.body, result.final_url, result.permanent_url) == (b"<rss/>", end, end)
    wire.give("/b", 302, location="/end")
    result = await fetch(url)
    assert (result.final_url, result.permanent_url) == (end, None)


async def test_redirect_loops_and_long_ways_end(wire: Wire) -> None:
    wire.give("/a", 302, location="/b")
    result = await fetch(wire.give("/b", 302, location="/a"))
    assert "round in a circle" in (result.error or "")

    async def further(exchange: Exchange) -> None:
        path = exchange.path + "x"
        wire.scripts[path] = further
        await exchange.answer(302, location=path)

    wire.seen.clear()
    result = await fetch(wire.on("/x", further))
    assert "more than 10 redirects" in (result.error or "").lower()
    assert len(wire.seen) == 11


async def test_a_redirect_to_itself_that_sets_a_cookie_is_followed(wire: Wire) -> None:
    async def script(exchange: Exchange) -> None:
        if "cookie" in exchange.headers:
            await exchange.answer(body=b"<rss/>")
        else:
            await exchange.answer(302, location="/feed", set_cookie="seen=1")

    assert (await fetch(wire.on("/feed", script))).body == b"<rss/>"


@pytest.mark.parametrize("status", [301, 302])
async def test_a_redirect_without_an_address(wire: Wire, status: int) -> None:
    assert "without saying where to" in ((await fetch(wire.give("/feed", status))).error or "")


async def test_credentials_and_cookies_stay_with_their_origin(wire: Wire) -> None:
    async with Wire() as other:
        target = other.give("/end", body=b"<rss/>")
        wire.give("/same", 302, location=target, set_cookie="b=2")
        wire.give("/feed", 302, location="/same", set_cookie="a=1")
        url = f"http://anna:s3cret%21@127.0.0.1:{wire.port}/feed"
        result = await fetch(url)
        assert result.body == b"<rss/>"
        assert [e.headers.get("authorization") for e in wire.seen] == ["Basic YW5uYTpzM2NyZXQh"] * 2
        assert wire.seen[1].headers["cookie"] == "a=1"
        assert "authorization" not in other.seen[0].headers
        assert "cookie" not in other.seen[0].headers
        assert "s3cret" not in (result.final_url or "")


async def test_credentials_in_a_redirect_are_not_used(wire: Wire) -> None:
    wire.give("/end", body=b"<rss/>")
    await fetch(wire.give("/feed", 302, location=f"http://x:y@127.0.0.1:{wire.port}/end"))
    assert "authorization" not in wire.seen[-1].headers


async def test_cookies_do_not_outlive_a_fetch(wire: Wire) -> None:
    url = wire.give("/feed", body=b"<rss/>", set_cookie="track=1; Path=/")
    async with Fetcher(FetchConfig(spacing_s=0.0), Guard(LOOPBACK)) as fetcher:
        await fetcher.fetch(feed(url))
        await fetcher.fetch(feed(url))
    assert all("cookie" not in exchange.headers for exchange in wire.seen)


async def test_a_permanent_address_keeps_the_credentials_of_its_origin(wire: Wire) -> None:
    wire.give("/end", body=b"<rss/>")
    wire.give("/feed", 301, location="/end")
    base = f"anna:s3cret@127.0.0.1:{wire.port}"
    assert (await fetch(f"http://{base}/feed")).permanent_url == f"http://{base}/end"
    wire.give("/feed", 301, location=f"http://localhost:{wire.port}/end")
    assert (await fetch(f"http://{base}/feed", allow=["127.0.0.0/8", "localhost"])).permanent_url is None


@pytest.mark.parametrize("also", ["a time-out", "a refusal", "a status"])
async def test_what_goes_wrong_behind_a_redirect_names_the_feed_and_where_it_led(wire: Wire, also: str) -> None:
    async def hang(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    async with Wire("127.0.0.2") as other:
        if also == "a time-out":
            target, says = other.on("/hang", hang), "127.0.0.2 did not deliver the whole document within 2 seconds."
        elif also == "a refusal":
            target, says = "http://127.0.0.3:1/feed", "127.0.0.3 refuses connections at this port"
        else:
            target, says = other.give("/feed", 404), "there is nothing at this address (404)"
        wire.give("/feed", 302, location=target)
        url = f"http://anna:s3cret@127.0.0.1:{wire.port}/feed"
        error = (await fetch(url, deadline_s=2.0 if also == "a time-out" else 60.0)).error or ""
    assert error.startswith(f"{wire.url}/feed redirects to {target}: {says}")
    assert "s3cret" not in error
