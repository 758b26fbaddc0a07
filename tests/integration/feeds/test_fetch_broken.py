"""Fetching where nobody answers, and from servers that break off or do not speak HTTP."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl

import pytest
import trustme

from monitor.model.feed import FetchOutcome
from monitor.net.guard import Guard
from tests.integration.feeds.fetching import fetch
from tests.integration.feeds.wire import Exchange, Wire


async def test_a_body_that_breaks_off(wire: Wire) -> None:
    async def short(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>")

    async def chunk(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n")

    async def packed(exchange: Exchange) -> None:
        body = gzip.compress(b"<rss/>" * 1000)[:-12]
        await exchange.answer(body=body, content_encoding="gzip")

    for script, says in ((short, "middle of the answer"), (chunk, "middle of the answer"), (packed, "breaks off")):
        result = await fetch(wire.on("/feed", script))
        assert result.outcome is FetchOutcome.FAILED
        assert says in (result.error or "")
        assert result.etag is None


async def test_a_connection_that_is_reset(wire: Wire) -> None:
    async def script(exchange: Exchange) -> None:
        exchange.reset()

    result = await fetch(wire.on("/feed", script))
    assert "broke off the connection" in (result.error or "")


async def test_huge_headers_and_no_http_at_all(wire: Wire) -> None:
    async def huge(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\n")
        for _ in range(200):
            await exchange.raw(b"X-Padding: " + b"x" * 10_000 + b"\r\n")

    async def other(exchange: Exchange) -> None:
        await exchange.raw(b"220 mail.example ESMTP\r\n")

    for script in (huge, other):
        result = await fetch(wire.on("/feed", script))
        assert result.outcome is FetchOutcome.FAILED
        assert "does not speak proper HTTP" in (result.error or "") or "broke off" in (result.error or "")


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = await fetch(f"http://127.0.0.1:{port}/feed")
    assert "refuses connections" in (result.error or "")


async def test_no_such_host() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    result = await fetch("http://no-such-host.example/feed", guard=Guard(resolve=nowhere))
    assert "there is no host called no-such-host.example" in (result.error or "").lower()


async def test_https_to_a_server_without_it() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        result = await fetch(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed")
    assert "no encrypted connection" in (result.error or "").lower()


async def test_a_certificate_that_nobody_vouches_for() -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context) as server:
        result = await fetch(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed")
    assert "the certificate of 127.0.0.1 is not valid" in (result.error or "").lower()
    assert result.outcome is FetchOutcome.FAILED


@pytest.mark.parametrize(
    "url", ["", "feed", "ftp://example.org/", "http://", "http://exa mple/", "http://[::1", "http://x:99999/"]
)
async def test_addresses_that_are_none(url: str) -> None:
    result = await fetch(url)
    assert result.outcome is FetchOutcome.FAILED
    assert result.error
