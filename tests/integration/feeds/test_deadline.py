"""One deadline over all of a fetch: whatever hangs, before the first byte too."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from datetime import UTC, datetime

import httpx

from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.hops import Trail
from monitor.model.feed import Feed, FetchOutcome
from monitor.net.guard import Guard

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)


async def fails_in_time(url: str, guard: Guard) -> None:
    config = FetchConfig(spacing_s=0.0, deadline_s=0.5)
    async with asyncio.timeout(60), Fetcher(config, guard) as fetcher:
        result = await fetcher.fetch(Feed(id=1, url=url, next_poll_at=NOW, added_at=NOW))
    assert result.outcome is FetchOutcome.FAILED
    assert "within 0.5 seconds" in (result.error or ""), result.error


async def test_a_name_server_that_says_nothing() -> None:
    async def silent(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    await fails_in_time("http://slow-name.example/feed", Guard(resolve=silent))


async def test_a_host_that_lets_nobody_in() -> None:
    """Its queue of connections is full: ours is neither accepted nor refused."""
    with socket.socket() as host:
        host.bind(("127.0.0.1", 0))
        host.listen(0)
        waiting = []
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(host.getsockname())
            waiting.append(one)
        await fails_in_time(f"http://127.0.0.1:{host.getsockname()[1]}/feed", Guard(["127.0.0.0/8"]))
        for one in waiting:
            one.close()


async def test_a_host_that_never_answers_the_handshake() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            while await reader.read(100):
                pass
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await fails_in_time(f"https://127.0.0.1:{port}/feed", Guard(["127.0.0.0/8"]))


def test_credentials_and_cookies_go_to_no_other_scheme_port_or_name() -> None:
    start = httpx.URL("https://anna:s3cret@example.org/feed")
    trail = Trail(start, most=10)
    first = httpx.Request("GET", trail.here)
    trail.dress(first)
    assert "authorization" in first.headers
    answer = httpx.Response(302, headers={"location": "/b", "set-cookie": "a=1"}, request=first)
    trail.follow(answer)
    for other in (
        "http://example.org/b",
        "https://example.org:8443/b",
        "https://www.example.org/b",
        "https://example.com/b",
    ):
        request = httpx.Request("GET", other)
        trail.dress(request)
        assert "authorization" not in request.headers, other
        assert "cookie" not in request.headers, other
    same = httpx.Request("GET", "https://example.org:443/b")
    trail.dress(same)
    assert same.headers["cookie"] == "a=1"
    assert "authorization" in same.headers
