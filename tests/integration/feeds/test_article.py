"""Articles from sites that allow it, from sites that do not, and from servers that misbehave."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.feeds.article import ACCEPT, Article, ArticleReader, article_pool
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.parser_pool import ParserPool, ParserPoolConfig
from monitor.feeds.politeness import Politeness
from monitor.feeds.robots import KEPT, KEPT_UNREACHABLE, Robots
from monitor.net.guard import Guard
from tests.integration.feeds.wire import Exchange, Wire
from tests.unit.feeds.test_article_page import SAID, TITLE, page

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        server.give("/robots.txt", 404)
        yield server


@asynccontextmanager
async def reader(
    *,
    allow: list[str] | None = None,
    pool: ParserPool | None = None,
    now: Callable[[], datetime] = lambda: NOW,
    **config: Any,
) -> AsyncIterator[ArticleReader]:
    plain: dict[str, Any] = {"spacing_s": 0.0, "deadline_s": 60.0, "accept": ACCEPT}
    guard = Guard(["127.0.0.0/8"] if allow is None else allow, setting="VOLTEFACE_FEED_ALLOW")
    async with (
        Fetcher(FetchConfig(**plain | config), guard, now=lambda: NOW) as fetcher,
        pool or article_pool() as reading,
    ):
        yield ArticleReader(fetcher, reading, now)


async def article(url: str, title: str = TITLE, **more: Any) -> Article:
    async with reader(**more) as articles:
        return await articles.article(url, title)


async def test_brings_the_article_and_says_who_asks_for_what(wire: Wire) -> None:
    url = wire.give("/a", body=gzip.compress(page()), content_type=HTML, content_encoding="gzip")
    found = await article(url)
    assert found.text is not None
    assert [line for line in SAID if line not in found.text] == []
    assert (found.note, found.again) == ("", False)
    assert [e.path for e in wire.seen] == ["/robots.txt", "/a"]
    assert wire.seen[1].headers["user-agent"].startswith("Volteface/")
    assert wire.seen[1].headers["accept"] == ACCEPT


ROBOTS = [
    ("forbidden to all", b"User-agent: *\nDisallow: /", False),
    ("forbidden to us", b"User-agent: volteface\nDisallow: /a\n\nUser-agent: *\nAllow: /", False),
    ("forbidden to another", b"User-agent: otherbot\nDisallow: /", True),
    ("ours is the group that counts", b"User-agent: *\nDisallow: /\n\nUser-agent: Volteface\nAllow: /", True),
    ("the longer rule wins", b"User-agent: *\nDisallow: /\nAllow: /a$", True),
    ("a wildcard", b"User-agent: *\nDisallow: /*a", False),
    ("an empty file", b"", True),
    ("an empty rule", b"User-agent: *\nDisallow:", True),
    ("nonsense", b"\xff\xfe<html>\x00nothing", True),
    ("a byte order mark", b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
    ("beyond what is read", b"#" * (500 * 1024) + b"\nUser-agent: *\nDisallow: /", True),
]


@pytest.mark.parametrize(("robots", "allowed"), [row[1:] for row in ROBOTS], ids=[row[0] for row in ROBOTS])
async def test_robots_txt_is_obeyed(wire: Wire, robots: bytes, allowed: bool) -> None:
    wire.give("/robots.txt", body=robots, content_type="text/plain")
    url = wire.give("/a", body=page(), content_type=HTML)
    found = await article(url)
    assert (found.text is not None) is allowed
    assert ("/a" in [e.path for e in wire.seen]) is allowed
    assert allowed or ("robots.txt asks" in found.note and not found.again)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (403, True), (401, True), (410, True), (500, False), (503, False), (429, False)],
)
async def test_no_robots_txt_allows_and_a_broken_one_forbids_for_now(wire: Wire, status: int, allowed: bool) -> None:
    """RFC 9309, 2.3.1.3 and 2.3.1.4."""
    wire.give("/robots.txt", status)
    found = await article(wire.give("/a", body=page(), content_type=HTML))
    assert (found.text is not None) is allowed
    assert allowed or (found.again and "robots.txt could not be read" in found.note)


async def test_robots_txt_is_asked_once_a_day_and_sooner_where_it_broke(wire: Wire) -> None:
    url = wire.give("/a", body=page(), content_type=HTML)
    moment = [NOW]
    async with reader(now=lambda: moment[0]) as articles:
        await asyncio.gather(*(articles.article(url, TITLE) for _ in range(3)))
        assert [e.path for e in wire.seen].count("/robots.txt") == 1
        moment[0] += KEPT
        wire.give("/robots.txt", 500)
        assert (await articles.article(url, TITLE)).text is None
        wire.give("/robots.txt", 404)
        assert (await articles.article(url, TITLE)).text is None, "the answer before still counts"
        moment[0] += KEPT_UNREACHABLE
        assert (await articles.article(url, TITLE)).text is not None


async def test_sites_are_kept_apart_and_forgotten_in_time(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.feeds.robots._MOST_SITES", 2)
    async with Wire("127.0.0.2") as other, Wire("127.0.0.3") as third:
        other.give("/robots.txt", body=b"User-agent: *\nDisallow: /")
        third.give("/robots.txt", 404)
        async with Fetcher(FetchConfig(spacing_s=0.0), Guard(["127.0.0.0/8"])) as fetcher:
            robots = Robots(fetcher, lambda: NOW)
            said = [(await robots.permission(server.url + "/a")).allowed for server in (wire, other, third, wire)]
            assert said == [True, False, True, True]
            assert len(robots._sites) <= 2


BAD = [
    ("404", 404, "no page at the item's address", False),
    ("403", 403, "refuses to show the article to programs", False),
    ("402", 402, "for subscribers", False),
    ("410", 410, "taken off the site", False),
    ("429", 429, "asked too often", True),
    ("500", 500, "internal error", True),
    ("503", 503, "out of service", True),
]


@pytest.mark.parametrize(("status", "note", "again"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_an_answer_that_is_no_article_is_said_in_plain_words(
    wire: Wire, status: int, note: str, again: bool
) -> None:
    found = await article(wire.give("/a", status, body=page(), retry_after="120"))
    assert (found.text, found.again) == (None, again)
    assert note in found.note
    assert found.wait_s == 120


async def test_other_kinds_of_documents_are_none(wire: Wire) -> None:
    found = await article(wire.give("/a", body=b"%PDF-1.7", content_type="application/pdf"))
    assert (found.text, found.again) == (None, False)
    assert "application/pdf" in found.note


async def test_a_consent_page_behind_a_redirect_is_not_the_article(wire: Wire) -> None:
    purposes = (
        "storing cookies",
        "measuring audiences",
        "showing offers",
        "improving services",
        "sharing with partners",
    )
    consent = page(
        paragraphs=[f"We and our partners value your privacy and ask for your consent to {p}." for p in purposes]
    )
    wire.give("/consent", body=consent.replace(TITLE.encode(), b"Your privacy"), content_type=HTML)
    found = await article(wire.give("/a", 302, location="/consent"), "Fishermen welcome rebuilding of western mole")
    assert found.text is None
    assert "about something else" in found.note


async def test_a_redirect_onto_a_forbidden_site_brings_nothing(wire: Wire) -> None:
    async with Wire("127.0.0.2") as other:
        other.give("/robots.txt", body=b"User-agent: *\nDisallow: /")
        there = other.give("/b", body=page(), content_type=HTML)
        found = await article(wire.give("/a", 302, location=there))
    assert (found.text, found.again) == (None, False)
    assert "robots.txt" in found.note


async def test_a_redirect_into_a_private_network_is_refused_and_not_tried_again(wire: Wire) -> None:
    url = wire.give("/a", 302, location="http://169.254.169.254/latest/meta-data/")
    found = await article(url)
    assert (found.text, found.again) == (None, False)
    assert "is refused" in found.note


async def test_a_private_address_is_refused_even_for_robots_txt(wire: Wire) -> None:
    found = await article(wire.give("/a", body=page(), content_type=HTML), allow=[])
    assert found.text is None
    assert "VOLTEFACE_FEED_ALLOW" in found.note
    assert wire.seen == []


async def test_a_page_that_drips_ends_at_the_deadline(wire: Wire) -> None:
    async def drip(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
        while True:
            await exchange.raw(b"<p>a</p>")
            await asyncio.sleep(0.01)

    found = await article(wire.on("/a", drip), deadline_s=0.5)
    assert (found.text, found.again) == (None, True)
    assert "within 0.5 seconds" in found.note


async def test_robots_txt_that_drips_forbids_for_now(wire: Wire) -> None:
    async def drip(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.raw(b"#")
            await asyncio.sleep(0.01)

    wire.on("/robots.txt", drip)
    found = await article(wire.give("/a", body=page(), content_type=HTML), deadline_s=0.5)
    assert (found.text, found.again) == (None, True)
    assert "/a" not in [e.path for e in wire.seen]


async def test_a_huge_page_is_not_read_to_its_end(wire: Wire) -> None:
    bomb = gzip.compress(b"<p>" + b"a" * 5_000_000)
    found = await article(
        wire.give("/a", body=bomb, content_type=HTML, content_encoding="gzip"), largest_body=1024 * 1024
    )
    assert found.text is None
    assert "larger than 1 MiB" in found.note


async def test_a_page_made_to_keep_the_reader_busy_is_stopped_and_the_next_one_read(wire: Wire) -> None:
    """A worker that would never end stands for one: it is killed within its limit, and replaced."""
    stuck = ParserPool(
        replace(
            ParserPoolConfig(workers=1, limit_s=0.3, start_s=0.3),
            command=(sys.executable, "-c", "import time; time.sleep(60)"),
        )
    )
    found = await article(wire.give("/a", body=page(), content_type=HTML), pool=stuck)
    assert (found.text, found.again) == (None, True), "on a busy machine it may fare better"
    assert "was stopped" in found.note
    deep = b"<html><body>" + b"<div>" * 100_000 + b"</body></html>"
    async with reader() as articles:
        assert (await articles.article(wire.give("/deep", body=deep, content_type=HTML), TITLE)).text is None
        assert (await articles.article(wire.give("/a", body=page(), content_type=HTML), TITLE)).text is not None


async def test_the_process_that_reads_pages_cannot_reach_the_network(wire: Wire) -> None:
    """Were a library to fetch by itself, it would pass by the guard."""
    code = (
        "import sys, socket; from monitor.feeds.article_worker import cut_off; sys.addaudithook(cut_off)\n"
        f"try: socket.create_connection(('127.0.0.1', {wire.port}))\nexcept PermissionError: print('cut off')"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert (await process.communicate())[0].strip() == b"cut off"
    assert wire.seen == []


async def test_a_host_that_asked_for_silence_is_not_asked(wire: Wire) -> None:
    manners = Politeness(spacing_s=0.0)
    url = wire.give("/a", body=page(), content_type=HTML)
    async with (
        Fetcher(FetchConfig(deadline_s=60.0), Guard(["127.0.0.0/8"]), politeness=manners) as fetcher,
        article_pool() as pool,
    ):
        articles = ArticleReader(fetcher, pool, lambda: NOW)
        await articles.article(url, TITLE)
        manners.hold("127.0.0.1", 3600, "it answered 429")
        asked = len(wire.seen)
        found = await articles.article(url, TITLE)
        assert (found.text, found.postponed, len(wire.seen)) == (None, True, asked)
        assert "127.0.0.1" in articles.busy_hosts()
        assert timedelta(seconds=found.wait_s) > timedelta(minutes=50)
