"""Fetching from servers that send too much, in codings of their own, or take too long."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

import pytest

from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.model.feed import FetchOutcome
from monitor.net.guard import Guard
from tests.integration.feeds.fetching import LOOPBACK, MIB, feed, fetch
from tests.integration.feeds.wire import Exchange, Wire


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)]
)
async def test_undoes_gzip_and_both_kinds_of_deflate(wire: Wire, coding: str, pack: Any) -> None:
    text = b"<rss>" + b"x" * 300_000
    result = await fetch(wire.give("/feed", body=pack(text), content_encoding=coding))
    assert result.body == text


@pytest.mark.parametrize("coding", ["br", "zstd"])
async def test_refuses_codings_that_it_did_not_ask_for(wire: Wire, coding: str) -> None:
    result = await fetch(wire.give("/feed", body=b"\x1b\x00\x00", content_encoding=coding))
    assert result.outcome is FetchOutcome.FAILED
    assert "only gzip and deflate were asked for" in (result.error or "")


async def test_a_body_that_is_not_the_gzip_it_claims_to_be(wire: Wire) -> None:
    result = await fetch(wire.give("/feed", body=b"<rss/>", content_encoding="gzip"))
    assert "said to be gzip, but it is not" in (result.error or "")


async def test_a_bomb_is_not_unpacked(wire: Wire) -> None:
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(b"\0" * MIB) for _ in range(200)) + packer.flush()
    result = await fetch(wire.give("/feed", body=bomb, content_encoding="gzip"))
    assert result.outcome is FetchOutcome.FAILED
    assert "larger than 15 MiB" in (result.error or "")


async def test_a_body_that_never_ends_is_cut(wire: Wire) -> None:
    sent = 0

    async def script(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while True:
            await exchange.raw(b"x" * MIB)
            sent += 1

    result = await fetch(wire.on("/feed", script), deadline_s=30.0, largest_body=3 * MIB)
    assert "larger than 3 MiB" in (result.error or "")
    assert sent < 30


async def test_a_length_that_is_too_large_is_believed_at_once(wire: Wire) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        await asyncio.Event().wait()

    assert "larger than 15 MiB" in ((await fetch(wire.on("/feed", script), deadline_s=60.0)).error or "")


async def test_a_body_that_drips_ends_at_the_deadline(wire: Wire) -> None:
    """A read is never silent for long, so a time-out between reads would wait for ever."""

    async def script(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while True:
            await exchange.raw(b"x")
            await asyncio.sleep(0.02)

    result = await fetch(wire.on("/feed", script), deadline_s=0.5)
    assert result.outcome is FetchOutcome.FAILED
    assert "did not deliver the whole document within 0.5 seconds" in (result.error or "")


async def test_headers_that_drip_and_silence_end_at_the_deadline(wire: Wire) -> None:
    async def silent(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    async def drip(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\n")
        while True:
            await exchange.raw(b"X: y\r\n")
            await asyncio.sleep(0.02)

    for script in (silent, drip):
        result = await fetch(wire.on("/feed", script), deadline_s=0.4)
        assert "within 0.4 seconds" in (result.error or "")


async def test_the_deadline_holds_over_all_redirects_together(wire: Wire) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.2)
        number = int(exchange.path.removeprefix("/hop").lstrip("/") or 0)
        wire.scripts[f"/hop/{number + 1}"] = slow
        await exchange.answer(302, location=f"/hop/{number + 1}")

    result = await fetch(wire.on("/hop", slow), deadline_s=0.7)
    assert "within 0.7 seconds" in (result.error or "")
    assert len(wire.seen) <= 5


async def test_a_host_that_hangs_does_not_hold_up_another(wire: Wire) -> None:
    """Two hosts by name, one server: the one that hangs has its two places and no more."""

    async def hang(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    wire.on("/hang", hang)
    wire.give("/well", body=b"<rss/>")

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    config = FetchConfig(at_once=4, per_host=2, spacing_s=0.0, deadline_s=1.0)
    async with Fetcher(config, Guard(LOOPBACK, resolve=here)) as fetcher:
        stuck = [
            asyncio.create_task(fetcher.fetch(feed(f"http://hangs.example:{wire.port}/hang?{n}"))) for n in range(40)
        ]
        await asyncio.sleep(0)
        well = await fetcher.fetch(feed(f"http://well.example:{wire.port}/well"))
        assert well.outcome is FetchOutcome.OK
        assert not any(task.done() for task in stuck)
        results = await asyncio.gather(*stuck)
    assert all(result.outcome is FetchOutcome.FAILED for result in results)
    assert sum("left alone" in (result.error or "") for result in results) >= 36
    assert len([e for e in wire.seen if e.path.startswith("/hang")]) <= 4
