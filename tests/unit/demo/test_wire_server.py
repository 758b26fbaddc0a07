"""The feeds at a given moment, read as any reader reads them; conditional GET; the label."""

from __future__ import annotations

import calendar
import gzip
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import feedparser
import httpx
import pytest

from monitor.demo.items import LABEL, LIVE_FROM, load_wire
from monitor.demo.loopback import serve_http
from monitor.demo.server import DemoWire, not_modified, wire_app
from tests.unit.demo.moments import SetClock, asking, at

WIRE = load_wire()
OUTLETS = sorted(WIRE.outlets)
MOMENTS = [LIVE_FROM, at(2, 18), at(7, 15), datetime(2026, 1, 1, tzinfo=UTC)]


def _path(outlet: str) -> str:
    return f"/feeds/{outlet}.{WIRE.outlets[outlet].format}"


def _read(body: bytes, content_type: str) -> tuple[str, list[tuple[str, str, str, datetime, str]]]:
    """Feed title, and per entry: id, link, title, date, text."""
    if "json" in content_type:
        document = json.loads(body)
        return document["title"], [
            (e["id"], e["url"], e["title"], datetime.fromisoformat(e["date_published"]), e["content_html"])
            for e in document["items"]
        ]
    parsed = feedparser.parse(body, response_headers={"content-type": content_type})
    assert not parsed.bozo, parsed.bozo_exception
    return parsed.feed.title, [
        (
            e.id,
            e.link,
            e.title,
            datetime.fromtimestamp(calendar.timegm(e.get("published_parsed") or e.updated_parsed), tz=UTC),
            e.content[0].value,
        )
        for e in parsed.entries
    ]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: f"{m:%Y-%m-%d}")
@pytest.mark.parametrize("outlet", OUTLETS)
async def test_a_feed_holds_what_is_published_by_then(outlet: str, moment: datetime) -> None:
    async with asking(wire_app(WIRE, SetClock(moment))) as client:
        answer = await client.get(_path(outlet))
    assert answer.status_code == 200
    title, entries = _read(answer.content, answer.headers["content-type"])
    assert title == f"{WIRE.outlets[outlet].name} (invented wording)"
    assert LABEL in answer.content.decode(WIRE.outlets[outlet].encoding)

    due = [i for i in WIRE.items if i.feed == outlet and i.date <= moment and not i.revises][-25:]
    newest = {i.guid: i for i in WIRE.items if i.date <= moment}
    assert [e[2] for e in entries] == [newest[i.key].title for i in reversed(due)]
    assert [e[3] for e in entries] == [i.date for i in reversed(due)]
    assert [e[1] for e in entries] == [f"http://{outlet}.localhost:8402/articles/{i.key}" for i in reversed(due)]
    assert len({e[0] for e in entries}) == len(entries)
    for entry, item in zip(entries, reversed(due), strict=True):
        plain = entry[4].replace("</p>", "\n").replace("<p>", "").replace("&amp;", "&").strip()
        assert plain == newest[item.key].text.replace("\n\n", "\n")


async def test_the_window_keeps_the_newest() -> None:
    async with asking(wire_app(WIRE, SetClock(MOMENTS[-1]), window=3)) as client:
        answer = await client.get(_path("meridian"))
    _, entries = _read(answer.content, answer.headers["content-type"])
    own = [i for i in WIRE.items if i.feed == "meridian"]
    assert [e[2] for e in entries] == [i.title for i in reversed(own[-3:])]


@pytest.mark.parametrize("outlet", ["meridian", "potomac"])
async def test_a_reprint_names_the_feed_that_it_is_from(outlet: str) -> None:
    copies = {i.title for i in WIRE.items if i.feed == outlet and i.copy_of and i.date < at(3, 12)}
    async with asking(wire_app(WIRE, SetClock(at(3, 12)))) as client:
        answer = await client.get(_path(outlet))
    entries = feedparser.parse(answer.content).entries
    named = {e.title: e.source.get("href") or e.source.links[0].href for e in entries if "source" in e}
    assert copies
    assert named == dict.fromkeys(copies, "http://ostwind.localhost:8402/feeds/ostwind.atom")


async def test_a_revision_comes_under_the_same_guid() -> None:
    revision = next(item for item in WIRE.items if item.revises)
    clock = SetClock(revision.date - timedelta(minutes=1))
    demo = DemoWire(clock, WIRE)
    async with asking(demo.app()) as client:
        before = await client.get(_path(revision.feed))
        clock.moment = revision.date
        after = await client.get(_path(revision.feed), headers={"if-none-match": before.headers["etag"]})
        article = await client.get(f"/articles/{revision.guid}")
    assert after.status_code == 200
    assert before.headers["last-modified"] != after.headers["last-modified"]
    (id_before, _, title_before, date_before, _) = _read(before.content, before.headers["content-type"])[1][0]
    (id_after, _, title_after, date_after, _) = _read(after.content, after.headers["content-type"])[1][0]
    assert (id_before, date_before) == (id_after, date_after)
    assert title_before != title_after
    assert title_after == revision.title
    assert revision.title in article.text


@pytest.mark.parametrize("outlet", OUTLETS)
async def test_nothing_new_is_a_304(outlet: str) -> None:
    clock = SetClock(at(7, 15))
    async with asking(wire_app(WIRE, clock)) as client:
        first = await client.get(_path(outlet))
        etag, modified = first.headers["etag"], first.headers["last-modified"]
        for headers in ({"if-none-match": etag}, {"if-modified-since": modified}, {"if-none-match": f'"x", {etag}'}):
            again = await client.get(_path(outlet), headers=headers)
            assert (again.status_code, again.content) == (304, b""), headers
            assert again.headers["etag"] == etag
        # An entity tag that does not match decides, whatever the date says.
        assert (
            await client.get(_path(outlet), headers={"if-none-match": '"x"', "if-modified-since": modified})
        ).status_code == 200
        clock.moment = at(12, 20)
        for headers in ({"if-none-match": etag}, {"if-modified-since": modified}):
            assert (await client.get(_path(outlet), headers=headers)).status_code == 200, headers


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"abc"'}, True),
        ({"if-none-match": '"abcd"'}, False),
        ({"if-modified-since": "nonsense"}, False),
        ({"if-modified-since": "Sat, 01 Mar 2025 11:59:59 GMT"}, False),
        ({"if-modified-since": "Sat, 01 Mar 2025 12:00:00 GMT"}, True),
        ({"if-modified-since": "Sat, 01 Mar 2025 12:00:00 -0000"}, True),
    ],
)
def test_conditional_requests(headers: dict[str, str], expected: bool) -> None:
    assert not_modified(headers, 'W/"abc"', at(3, 1)) is expected


def test_an_empty_feed_is_never_unmodified_by_date() -> None:
    assert not not_modified({"if-modified-since": format_datetime(at(3, 1), usegmt=True)}, '"x"', None)


@pytest.mark.parametrize("outlet", OUTLETS)
async def test_an_empty_feed_is_a_feed(outlet: str) -> None:
    async with asking(wire_app(WIRE, SetClock(at(1, 1)))) as client:
        answer = await client.get(_path(outlet))
    title, entries = _read(answer.content, answer.headers["content-type"])
    assert title
    assert entries == []


async def test_bodies_are_compressed_for_who_asks() -> None:
    app = wire_app(WIRE, SetClock(at(7, 15)))
    async with asking(app) as client:
        plain = await client.get(_path("meridian"), headers={"accept-encoding": "identity"})
        async with client.stream("GET", _path("meridian"), headers={"accept-encoding": "gzip"}) as packed:
            raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert len(raw) < len(plain.content) / 2
    assert gzip.decompress(raw) == plain.content


async def test_the_german_feed_is_in_its_own_charset() -> None:
    async with asking(wire_app(WIRE, SetClock(at(7, 15)))) as client:
        answer = await client.get(_path("flussbote"))
    assert answer.headers["content-type"] == "application/rss+xml; charset=iso-8859-1"
    assert b"encoding='iso-8859-1'" in answer.content.splitlines()[0]
    assert "Militärhilfe".encode("latin-1") in answer.content


async def test_every_page_and_feed_says_that_it_is_invented() -> None:
    moment = MOMENTS[-1]
    async with asking(wire_app(WIRE, SetClock(moment))) as client:
        paths = [
            "/",
            *(_path(outlet) for outlet in OUTLETS),
            *(f"/articles/{i.guid}" for i in WIRE.items),
            "/articles/-",
        ]
        for path in paths:
            answer = await client.get(path)
            assert LABEL in answer.text, path
            assert "invented" in answer.text.split("</title>")[0] or answer.text.startswith("{"), path


async def test_an_article_is_escaped_labelled_and_shut_off() -> None:
    item = next(i for i in WIRE.items if "'" in i.title)
    async with asking(wire_app(WIRE, SetClock(MOMENTS[-1]))) as client:
        answer = await client.get(f"/articles/{item.key}")
    assert answer.status_code == 200
    assert item.title not in answer.text
    assert item.title.replace("'", "&#39;") in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text


async def test_what_is_not_published_yet_is_not_found() -> None:
    last = WIRE.items[-1]
    async with asking(wire_app(WIRE, SetClock(last.date - timedelta(seconds=1)))) as client:
        assert (await client.get(f"/articles/{last.guid}")).status_code == 404
        assert (await client.get("/feeds/nobody.rss")).status_code == 404
        assert (await client.get("/feeds/meridian.atom")).status_code == 404
        assert last.title not in (await client.get("/")).text


async def test_it_is_served_over_loopback_http() -> None:
    demo = DemoWire(SetClock(at(7, 15)), WIRE)
    async with serve_http(demo.app()) as base, httpx.AsyncClient() as client:
        answer = await client.get(base + demo.feed_paths()["northlight"])
        port = base.rsplit(":", 1)[1]
        assert answer.json()["items"][0]["url"].startswith(f"http://northlight.localhost:{port}/articles/")
        with pytest.raises(OSError, match="in use"):
            async with serve_http(demo.app(), port=int(port)):
                pass
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(base)


async def test_links_can_be_sent_elsewhere() -> None:
    app = wire_app(WIRE, SetClock(at(7, 15)), origin="https://{domain}")
    async with asking(app) as client:
        answer = await client.get(_path("northlight"))
    assert answer.json()["items"][0]["url"].startswith("https://northlight.example/articles/")
