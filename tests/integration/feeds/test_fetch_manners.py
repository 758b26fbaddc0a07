"""Manners towards hosts: few connections at once, silence when a host asks for it, and a name that says who we are."""

from __future__ import annotations

import asyncio

import pytest

from monitor.feeds.address import feed_address
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.politeness import Politeness
from monitor.model.feed import FetchOutcome
from monitor.net.guard import Guard
from storage.feeds import host_of
from tests.integration.feeds.fetching import LOOPBACK, NOW, feed, fetch
from tests.integration.feeds.wire import Exchange, Wire


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120), ("Tue, 18 Feb 2025 12:10:00 GMT", 600), ("9999999", 86_400), ("x", None)]
)
async def test_retry_after_and_a_host_that_asked_for_it_is_left_alone(
    wire: Wire, value: str, seconds: int | None
) -> None:
    url = wire.give("/feed", 429, retry_after=value)
    other = wire.give("/other", body=b"<rss/>")
    async with Fetcher(FetchConfig(spacing_s=0.0), Guard(LOOPBACK), now=lambda: NOW) as fetcher:
        result = await fetcher.fetch(feed(url))
        assert (result.status, result.retry_after_s) == (429, seconds)
        again = await fetcher.fetch(feed(other))
    if seconds:
        assert again.outcome is FetchOutcome.FAILED
        assert "left alone" in (again.error or "")
        assert 0 < (again.retry_after_s or 0) <= seconds
        assert len(wire.seen) == 1
    else:
        assert again.body == b"<rss/>"


async def test_politeness_is_kept_with_the_server(wire: Wire) -> None:
    inside = most = 0

    async def script(exchange: Exchange) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.02)
        inside -= 1
        await exchange.answer(body=b"<rss/>")

    url = wire.on("/feed", script)
    config = FetchConfig(spacing_s=0.0)
    async with Fetcher(config, Guard(LOOPBACK), politeness=Politeness(per_host=2, spacing_s=0.0)) as fetcher:
        results = await asyncio.gather(*(fetcher.fetch(feed(url)) for _ in range(10)))
    assert all(result.outcome is FetchOutcome.OK for result in results)
    assert most == 2


async def test_a_host_of_an_international_domain_is_held_under_the_name_by_which_its_feeds_are_stored(
    wire: Wire,
) -> None:
    wire.give("/feed", 429, retry_after="600")

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    url = feed_address(f"http://bücher.example:{wire.port}/feed")
    async with Fetcher(FetchConfig(spacing_s=0.0), Guard(LOOPBACK, resolve=here), now=lambda: NOW) as fetcher:
        result = await fetcher.fetch(feed(url))
        assert set(fetcher.held_hosts()) == {result.hold_host} == {host_of(url)}
    assert wire.seen[0].headers["host"] == f"{host_of(url)}:{wire.port}"


async def test_whoever_runs_it_may_have_any_name(wire: Wire) -> None:
    result = await fetch(wire.give("/feed", body=b"<rss/>"), version="1", public_url="Büro <a@b.example>\r\nX: y")
    assert result.outcome is FetchOutcome.OK
    assert wire.seen[0].headers["user-agent"] == "Volteface/1 (+B%C3%BCro <a@b.example>%0D%0AX: y)"
