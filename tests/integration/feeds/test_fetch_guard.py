"""Fetching from addresses that lead into a private network, however they are spelt or looked up."""

from __future__ import annotations

import pytest

from monitor.model.feed import FetchOutcome
from monitor.net.guard import Guard
from tests.integration.feeds.fetching import LOOPBACK, fetch
from tests.integration.feeds.wire import Wire


async def test_this_machine_is_refused(wire: Wire) -> None:
    wire.give("/feed", body=b"<rss/>")
    for host in ("127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"):
        result = await fetch(f"http://{host}:{wire.port}/feed", allow=[])
        assert result.outcome is FetchOutcome.FAILED, host
        assert result.body == b""
    assert wire.seen == []


async def test_a_redirect_into_a_private_network_is_refused(wire: Wire) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return {"public.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]}[host]

    guard = Guard(["127.0.0.1"], resolve=resolve)
    for target in (
        "http://127.0.0.2:%d/x",
        "http://inside.example:%d/x",
        "http://169.254.169.254/latest?p=%d",
        "//10.0.0.1/%d",
    ):
        url = wire.give("/feed", 302, location=target % wire.port)
        result = await fetch(url.replace("127.0.0.1", "public.example"), guard=guard)
        assert result.outcome is FetchOutcome.FAILED
        assert (result.error or "").startswith(f"http://public.example:{wire.port}/feed redirects to ")
        assert "is refused" in (result.error or "")
    assert all(exchange.path == "/feed" for exchange in wire.seen)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "javascript:1"])
async def test_a_redirect_to_another_kind_of_address_is_refused(wire: Wire, target: str) -> None:
    result = await fetch(wire.give("/feed", 302, location=target))
    assert result.outcome is FetchOutcome.FAILED
    assert "neither http nor https" in (result.error or "") or "cannot be used" in (result.error or "")
    assert len(wire.seen) == 1


async def test_a_name_that_answers_differently_the_second_time_is_refused(wire: Wire) -> None:
    """DNS rebinding: public when checked, private when connected to. There is one look-up, and that one counts."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    asked = 0

    async def resolve(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return next(answers)

    wire.give("/feed", body=b"<rss/>")
    guard = Guard(["127.0.0.1"], resolve=resolve)
    first = await fetch(f"http://rebind.example:{wire.port}/feed", guard=guard)
    assert (first.outcome, asked) == (FetchOutcome.OK, 1)
    second = await fetch(f"http://rebind.example:{wire.port}/feed", guard=guard)
    assert (second.outcome, asked) == (FetchOutcome.FAILED, 2)
    assert len(wire.seen) == 1


async def test_a_proxy_of_the_environment_is_not_used(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Wire() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        result = await fetch(wire.give("/feed", body=b"<rss/>"))
        assert result.body == b"<rss/>"
        assert proxy.seen == []


async def test_the_second_address_of_a_host_is_tried(wire: Wire) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.3", "127.0.0.1"]

    wire.give("/feed", body=b"<rss/>")
    result = await fetch(f"http://two.example:{wire.port}/feed", guard=Guard(LOOPBACK, resolve=resolve))
    assert result.body == b"<rss/>"
