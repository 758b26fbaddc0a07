"""No spelling of this machine's address gets a connection, on whatever path it comes: feed, redirect, webhook.

There is a real listener behind all of them, on IPv4 and IPv6, and the system's own resolver.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from monitor.alerts.channels.webhook import WebhookChannel
from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.model.feed import Feed, FetchOutcome
from monitor.net.client import guarded_client
from monitor.net.guard import Guard
from tests.contract.channels.deliveries import to_webhook
from tests.integration.feeds.wire import Wire

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
HOSTS = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "0x7f.1", "0x7f.0x0.0x0.0x1", "0x7f000001",
    "2130706433", "017700000001", "0177.0.0.1", "0177.0.0.01", "0", "0.0.0.0", "00000", "localhost", "LOCALHOST.",
    "a.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[::ffff:0:127.0.0.1]", "[fe80::1%25lo]",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "ⓛocalhost", "example.org@127.0.0.1", "example.org:80@127.0.0.1",
    "example.org%2f@127.0.0.1", "127.0.0.1\t", "127.0.\n0.1", "%31%32%37.0.0.1",
]  # fmt: skip
FORMS = [
    "http://{host}:{port}/feed",
    "HTTP://{host}:{port}/feed",
    "http:\\\\{host}:{port}\\feed",
    "http:///{host}:{port}/feed",
    "http:{host}:{port}/feed",
    "http://example.org\\@{host}:{port}/feed",
    "//{host}:{port}/feed",
]


class Listener:
    """Counts who connects."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.met = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with _listening() as here:
        yield here


@asynccontextmanager
async def _listening() -> AsyncIterator[Listener]:
    with socket.socket() as four:
        four.bind(("0.0.0.0", 0))  # whatever address of this machine is reached counts
        here = Listener(four.getsockname()[1])
        servers = [await asyncio.start_server(here.meet, sock=four)]
        if socket.has_dualstack_ipv6():
            servers.append(await asyncio.start_server(here.meet, "::1", here.port))
        try:
            yield here
        finally:
            for server in servers:
                server.close()


def spellings(port: int) -> list[str]:
    """Every host in the plain form, and the plain host in every form."""
    return [FORMS[0].format(host=host, port=port) for host in HOSTS] + [
        form.format(host=host, port=port) for form in FORMS[1:] for host in ("127.0.0.1", "[::1]", "localhost")
    ]


async def test_the_listener_is_met_where_it_is_allowed(listener: Listener) -> None:
    async with Fetcher(FetchConfig(spacing_s=0.0), Guard(["127.0.0.0/8", "::1"])) as fetcher:
        for host in ("127.0.0.1", "[::1]") if socket.has_dualstack_ipv6() else ("127.0.0.1",):
            assert (await fetcher.fetch(_feed(f"http://{host}:{listener.port}/feed"))).outcome is FetchOutcome.OK
    assert listener.met >= 1


async def test_as_a_feed(listener: Listener) -> None:
    async with Fetcher(FetchConfig(spacing_s=0.0, deadline_s=5.0), Guard()) as fetcher:
        for url in spellings(listener.port):
            result = await fetcher.fetch(_feed(url))
            assert (result.outcome, result.body) == (FetchOutcome.FAILED, b""), url
            assert result.error, url
    assert listener.met == 0


async def test_as_an_operator_types_it(listener: Listener) -> None:
    async with Fetcher(FetchConfig(spacing_s=0.0, deadline_s=5.0), Guard()) as fetcher:
        for typed in [*spellings(listener.port), *(f"{host}:{listener.port}" for host in HOSTS)]:
            try:
                url = feed_address(typed)
            except BadAddress:
                continue
            assert (await fetcher.fetch(_feed(url))).outcome is FetchOutcome.FAILED, typed
    assert listener.met == 0


async def test_as_a_redirect(listener: Listener) -> None:
    """From a host that is allowed by name, so that only the target can be what is refused."""

    async def resolve(host: str, port: int) -> list[str]:
        if host == "outlet.example":
            return ["127.0.0.1"]
        return await Guard()._resolve(host, port)

    async with Wire() as outlet:
        guard = Guard(["outlet.example"], resolve=resolve)
        async with Fetcher(FetchConfig(spacing_s=0.0, deadline_s=5.0), guard) as fetcher:
            for url in spellings(listener.port):
                location = url.encode().decode("latin-1").replace("\n", "").replace("\t", "")
                outlet.give("/feed", 302, location=location)
                result = await fetcher.fetch(_feed(f"http://outlet.example:{outlet.port}/feed"))
                assert result.outcome is FetchOutcome.FAILED, url
    assert listener.met == 0


async def test_as_a_webhook(listener: Listener) -> None:
    async with guarded_client(Guard(setting="VOLTEFACE_WEBHOOK_ALLOW")) as client:
        channel = WebhookChannel(client, deadline_s=5.0)
        for url in spellings(listener.port):
            result = await channel.send(to_webhook(url), NOW)
            assert not result.ok, url
            assert result.error, url
    assert listener.met == 0


def _feed(url: str) -> Feed:
    return Feed(id=1, url=url, next_poll_at=NOW, added_at=NOW)
