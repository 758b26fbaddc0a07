"""Fetching from servers that behave, and from servers that do not."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme

from monitor.feeds.address import feed_address
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.politeness import Politeness
from monitor.model.feed import Feed, FetchOutcome, FetchResult
from monitor.net.guard import Guard
from storage.feeds import host_of
from tests.integration.feeds.wire import Exchange, Wire

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
LOOPBACK = ["127.0.0.0/8"]
MIB = 1024 * 1024


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


def feed(url: str, **more: Any) -> Feed:
    return Feed(id=1, url=url, next_poll_at=NOW, added_at=NOW, **more)


async def fetch(url: str, *, allow: list[str] | None = None, guard: Guard | None = None, **config: Any) -> FetchResult:
    known = {name: config.pop(name) for name in ("etag", "last_modified") if name in config}
    full = config.pop("full", False)
    config = {"spacing_s": 0.0, "deadline_s": 5.0, **config}
    guard = guard or Guard(LOOPBACK if allow is None else allow)
    async with Fetcher(FetchConfig(**config), guard, now=lambda: NOW) as fetcher:
        return await fetcher.fetch(feed(url, **known), full=full)


async def test_brings_a_document_with_what_is_to_be_remembered(wire: Wire) -> None:
    url = wire.give(
        "/feed",
        body=b"<rss/>",
        content_type="text/xml; charset=utf-8",
        etag='W/"1"',
        last_modified="Tue, 18 Feb 2025 10:00:00 GMT",
        cache_control="max-age=600",
    )
    result = await fetch(url, version="1.2", public_url="https://volteface.example")
    assert (result.outcome, result.status, result.body, result.error) == (FetchOutcome.OK, 200, b"<rss/>", None)
    assert (result.etag, result.last_modified) == ('W/"1"', "Tue, 18 Feb 2025 10:00:00 GMT")
    assert (result.content_type, result.max_age_s) == ("text/xml; charset=utf-8", 600)
    assert (result.final_url, result.permanent_url) == (url, None)
    sent = wire.seen[0].headers
    assert sent["user-agent"] == "Volteface/1.2 (+https://volteface.example)"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in sent
    assert "if-none-match" not in sent


async def test_asks_with_the_validators_and_understands_304(wire: Wire) -> None:
    url = wire.give("/feed", 304)
    result = await fetch(url, etag='"1"', last_modified="Tue, 18 Feb 2025 10:00:00 GMT")
    assert (result.outcome, result.error) == (FetchOutcome.NOT_MODIFIED, None)
    assert wire.seen[0].headers["if-none-match"] == '"1"'
    assert wire.seen[0].headers["if-modified-since"] == "Tue, 18 Feb 2025 10:00:00 GMT"


async def test_a_304_that_nobody_asked_for_is_an_error(wire: Wire) -> None:
    result = await fetch(wire.give("/feed", 304))
    assert result.outcome is FetchOutcome.FAILED
    assert "although it was asked for the whole document" in (result.error or "")
    result = await fetch(wire.give("/feed", 304), etag='"1"', full=True)
    assert result.outcome is FetchOutcome.FAILED
    assert "if-none-match" not in wire.seen[-1].headers


# Codings


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


# Time


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


# Redirects


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


# The guard


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
        assert "redirected to" in (result.error or "").lower()
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


# Answers


@pytest.mark.parametrize(
    ("status", "outcome", "says"),
    [
        (410, FetchOutcome.GONE, "gone for good"),
        (404, FetchOutcome.FAILED, "nothing at this address"),
        (401, FetchOutcome.FAILED, "asks for a user name"),
        (403, FetchOutcome.FAILED, "refuses to show"),
        (500, FetchOutcome.FAILED, "internal error"),
        (520, FetchOutcome.FAILED, "has trouble (520)"),
        (418, FetchOutcome.FAILED, "refuses the request (418)"),
        (204, FetchOutcome.FAILED, "no document"),
        (206, FetchOutcome.FAILED, "only a part"),
        (300, FetchOutcome.FAILED, "unexpected answer (300)"),
    ],
)
async def test_other_answers_in_plain_words(wire: Wire, status: int, outcome: FetchOutcome, says: str) -> None:
    result = await fetch(wire.give("/feed", status))
    assert (result.outcome, result.status) == (outcome, status)
    assert says in (result.error or "")


async def test_gone_behind_a_temporary_redirect_is_not_for_good(wire: Wire) -> None:
    wire.give("/gone", 410)
    assert (await fetch(wire.give("/feed", 302, location="/gone"))).outcome is FetchOutcome.FAILED
    assert (await fetch(wire.give("/feed", 301, location="/gone"))).outcome is FetchOutcome.GONE


async def test_wrong_credentials(wire: Wire) -> None:
    wire.give("/feed", 401)
    result = await fetch(f"http://anna:s3cret@127.0.0.1:{wire.port}/feed")
    assert "user name or password in the feed's address is wrong" in (result.error or "")
    assert "s3cret" not in (result.error or "")


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


# Broken connections


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
