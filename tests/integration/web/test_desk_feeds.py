"""Operators' pages of feeds: how they are, their settings, adding them by address and as lists."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.feeds.discovery import Discovery, FoundFeed, discover
from monitor.feeds.fetch import FetchConfig, Fetcher
from monitor.feeds.parse import parse_document
from monitor.model.feed import Feed, FeedStatus, FetchOutcome, ParsedFeed
from monitor.model.polled import Polled
from monitor.net.guard import Guard
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.desk_tools import DeskTools
from monitor.web.lookups import Counted, Progress
from storage.engine import Database
from tests.integration.web.newsroom import NOW
from tests.integration.web.operator import Operator

SECRET = "https://ada:hunter2@paper.example/feed?token=s3cret"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The pages are the same over both; the stores are tested over both."""
    return sqlite_database


def feed(database: Database, name: str, **changed: Any) -> Feed:
    with database.work() as work:
        made = work.feeds.add(f"https://{name}.example/feed", name, "", NOW - timedelta(days=9))
        well = replace(made, last_poll_at=NOW, last_success_at=NOW, next_poll_at=NOW + timedelta(minutes=30))
        work.feeds.save(replace(well, **changed))
        return work.feeds.get(made.id)


def rows(page: str) -> list[str]:
    return re.findall(r'<a href="/desk/feeds/\d+">([^<]+)</a>', page)


def audit(database: Database) -> list[tuple[str, str, str]]:
    with database.view() as work:
        return [(entry.who, entry.what, entry.target) for entry in work.audit.list()]


def test_the_worst_come_first_and_filters_and_words_narrow(operator: Operator, database: Database) -> None:
    feed(database, "well")
    feed(database, "paused", status=FeedStatus.PAUSED)
    feed(database, "down", failures=3, last_error="the server has an internal error (500)", errors_since=NOW)
    long_ago = NOW - timedelta(days=40)
    feed(database, "silent", rhythm_s=3600, newest_entry_at=long_ago, last_new_at=long_ago)
    page = operator.get("/desk/feeds").text
    assert rows(page) == ["down", "silent", "paused", "well"]
    assert "internal error" in page
    assert "failed 3 times in a row" in page
    assert rows(operator.get("/desk/feeds?state=silent&q=&sort=state").text) == ["silent"]
    assert rows(operator.get("/desk/feeds?state=&q=internal").text) == ["down"]
    assert rows(operator.get("/desk/feeds?sort=name").text) == ["down", "paused", "silent", "well"]


def test_many_feeds_come_in_pages_and_none_is_lost(operator: Operator, database: Database) -> None:
    with database.work() as work:
        for number in range(120):
            work.feeds.add(f"https://f{number}.example/", f"feed {number:03}", "", NOW)
    pages = [rows(operator.get(f"/desk/feeds?sort=name&page={number}").text) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [name for page in pages for name in page] == [f"feed {number:03}" for number in range(120)]
    assert 'rel="next"' not in operator.get("/desk/feeds?sort=name&page=3").text


def test_secrets_of_addresses_are_on_no_page(operator: Operator, database: Database) -> None:
    with database.work() as work:
        made = work.feeds.add(SECRET, "", "", NOW)
    paths = ["/feeds", "/desk/feeds", f"/desk/feeds/{made.id}", f"/desk/feeds/{made.id}/remove"]
    for path in [*paths, "/desk/feeds/export.opml"]:
        answer = operator.get(path)
        assert answer.status_code == 200
        assert "paper.example" in answer.text
        assert "hunter2" not in answer.text, path
        assert "s3cret" not in answer.text, path


def test_the_last_polls_are_drawn_and_told(operator: Operator, database: Database) -> None:
    one = feed(database, "one")
    for number, error in enumerate([None, "the feed is <broken>", None]):
        outcome = FetchOutcome.FAILED if error else FetchOutcome.OK
        poll = Polled(at=NOW - timedelta(hours=10 - number), outcome=outcome, new=4 * number, error=error)
        with database.work() as work:
            work.poll_logs.add_all({one.id: poll})
    listed, page = operator.get("/desk/feeds").text, operator.get(f"/desk/feeds/{one.id}").text
    assert 'aria-label="Last 3 polls: 12 new items, 1 failed"' in listed
    assert len(re.findall(r'class="strip__failed" d="M\d+ 5l4 8m0-8l-4 8"', listed)) == 1
    assert "the feed is &lt;broken&gt;" in page


def test_settings_are_saved_once_and_never_over_somebody_elses(operator: Operator, database: Database) -> None:
    one = feed(database, "one")
    page = operator.get(f"/desk/feeds/{one.id}").text
    shown = re.findall(r'name="shown" value="(\w+)"', page)[0]
    sent = {"title": "One", "folder": "A", "publisher": "one.example", "lang": "DE", "shortest": "10", "longest": "90"}
    saved = operator.post(f"/desk/feeds/{one.id}", shown=shown, articles="off", **sent)
    assert "Saved." in operator.follow(saved).text
    with database.view() as work:
        now = work.feeds.get(one.id)
    assert (now.title, now.lang, now.publisher, now.shortest_s, now.longest_s, now.articles) == (
        "One", "de", "one.example", 600, 5400, False,
    )  # fmt: skip
    late = operator.post(f"/desk/feeds/{one.id}", shown=shown, title="Late", articles="on")
    assert late.status_code == 409
    assert "Somebody else changed this feed" in late.text
    with database.view() as work:
        assert work.feeds.get(one.id) == now
    assert audit(database) == [("ops", "feed edited", str(one.id))]


def test_what_cannot_be_meant_comes_back_as_it_was_typed(operator: Operator, database: Database) -> None:
    one = feed(database, "one")
    sent = {"title": "<One>", "lang": "deutsch", "shortest": "many", "longest": "2000", "articles": "default"}
    answer = operator.post(f"/desk/feeds/{one.id}", shown="x", **sent)
    assert answer.status_code == 422
    for field in ("lang", "shortest", "longest"):
        assert f'id="problem-{field}"' in answer.text
    assert 'value="&lt;One&gt;"' in answer.text
    assert 'value="deutsch"' in answer.text


def test_pause_resume_poll_and_remove_are_done_and_written_down(operator: Operator, database: Database) -> None:
    one = feed(database, "one")
    assert operator.post(f"/desk/feeds/{one.id}/pause", csrf="wrong").status_code == 403
    operator.follow(operator.post(f"/desk/feeds/{one.id}/pause"))
    with database.view() as work:
        assert work.feeds.get(one.id).status is FeedStatus.PAUSED
    operator.follow(operator.post(f"/desk/feeds/{one.id}/resume"))
    operator.follow(operator.post(f"/desk/feeds/{one.id}/poll"))
    with database.view() as work:
        now = work.feeds.get(one.id)
    assert (now.status, now.next_poll_at) == (FeedStatus.ACTIVE, NOW)
    operator.follow(operator.post(f"/desk/feeds/{one.id}/remove"))
    assert operator.get(f"/desk/feeds/{one.id}").status_code == 404
    done = ["feed removed", "feed poll asked for", "feed resumed", "feed paused"]
    assert audit(database) == [("ops", what, str(one.id)) for what in done]


def test_another_address_forgets_the_old_ones_answers(operator: Operator, database: Database) -> None:
    one = feed(database, "one", etag='"x"', body_hash="x", failures=2, last_error="gone", baseline_done=True)
    other = feed(database, "other")
    for typed, words in (("ftp://x.example", "only http and https"), (other.url, f"Feed {other.id} has this address")):
        answer = operator.post(f"/desk/feeds/{one.id}/address", address=typed)
        assert answer.status_code == 422
        assert words in answer.text
    operator.follow(operator.post(f"/desk/feeds/{one.id}/address", address="new.example/rss"))
    with database.view() as work:
        now = work.feeds.get(one.id)
    assert (now.url, now.etag, now.body_hash, now.failures, now.last_error, now.next_poll_at, now.baseline_done) == (
        "https://new.example/rss", None, None, 0, None, NOW, True,
    )  # fmt: skip
    operator.post(f"/desk/feeds/{one.id}/address", address="third.example/rss", another="yes")
    with database.view() as work:
        assert not work.feeds.get(one.id).baseline_done


def looking(database: Database, settings: Settings, found: Discovery | None) -> Operator:
    async def look(_address: str, progress: Progress) -> Discovery:
        progress.asked = 3
        await asyncio.sleep(0)
        if found is None:
            raise RuntimeError("a fault of ours")
        return found

    return Operator(create_app(database, settings, clock=lambda: NOW, tools=DeskTools(look=look)), database)


def test_a_site_is_looked_up_and_what_is_chosen_is_added(database: Database, settings: Settings) -> None:
    two = [FoundFeed(url=f"https://{n}.example/feed", title=f"<{n}>", entries=2, last=((NOW, "News"),)) for n in "ab"]
    browser = looking(database, settings, Discovery(feeds=tuple(two), is_page=True))
    begun = browser.post("/desk/feeds/look-up", address="site.example", folder="F")
    browser.wait()
    page = browser.follow(begun)
    assert "&lt;a&gt;" in page.text
    assert page.text.count("News") == 2
    path = begun.headers["location"]
    assert browser.post(f"{path}/add", folder="F").status_code == 422
    assert browser.post(f"{path}/add", feed="1", folder="G").status_code == 303
    with database.view() as work:
        assert [(one.url, one.folder) for one in work.feeds.all()] == [("https://b.example/feed", "G")]
    assert "added already" in browser.get(path).text
    browser.close()


def test_looking_up_is_bounded_and_ends_with_words(database: Database, settings: Settings) -> None:
    browser = looking(database, settings, None)
    assert browser.post("/desk/feeds/look-up", address="gopher://x").status_code == 422
    begun = browser.post("/desk/feeds/look-up", address="site.example")
    browser.wait()
    assert "because of an error here" in browser.follow(begun).text
    assert browser.get("/desk/feeds/look-up/nobodys").status_code == 404
    browser.close()


def test_looking_up_is_no_way_into_the_private_network(database: Database, settings: Settings) -> None:
    """A real socket listens where the address leads, and nobody comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        port = listening.getsockname()[1]

        class Parser:
            async def parse(self, body: bytes, content_type: str | None, base_url: str | None) -> ParsedFeed:
                return parse_document(body, content_type, base_url)

        async def look(address: str, progress: Progress) -> Discovery:
            async with Fetcher(FetchConfig(), Guard((), setting="VOLTEFACE_FEED_ALLOW")) as fetcher:
                return await discover(address, Counted(fetcher, progress), Parser())

        app = create_app(database, settings, clock=lambda: NOW, tools=DeskTools(look=look))
        browser = Operator(app, database)
        for host in ("127.0.0.1", "localhost", "[::1]", "0x7f000001"):
            begun = browser.post("/desk/feeds/look-up", address=f"http://{host}:{port}/")
            browser.wait()
            page = browser.get(begun.headers["location"])
            assert "VOLTEFACE_FEED_ALLOW" in page.text or "there is no host" in page.text, host
        browser.close()
        with pytest.raises(BlockingIOError):
            listening.accept()


OPML = """<opml version="2.0"><body>
<outline text="F"><outline type="rss" text="A" xmlUrl="https://a.example/feed"/></outline>
<outline type="rss" text="Bad" xmlUrl="ftp://b.example/feed"/>
<outline type="rss" text="One" xmlUrl="https://one.example/feed"/>
</body></opml>"""


def test_a_list_comes_in_as_far_as_it_is_good(operator: Operator, database: Database) -> None:
    feed(database, "one")
    uploaded = operator.post("/desk/feeds/import", files={"file": ("feeds.opml", OPML.encode(), "text/xml")})
    assert uploaded.status_code == 200
    assert "<strong>1 feed added</strong>, 1 there already, 1 left out" in uploaded.text
    assert "Line 3 (Bad)" in uploaded.text
    pasted = operator.post("/desk/feeds/import", opml=OPML)
    assert "<strong>0 feeds added</strong>, 2 there already" in pasted.text
    assert audit(database)[:2] == [("ops", "feeds imported", "pasted"), ("ops", "feeds imported", "feeds.opml")]
    for bad, words in (("<html></html>", "no OPML"), ("", "Choose a file")):
        answer = operator.post("/desk/feeds/import", opml=bad)
        assert answer.status_code == 422
        assert words in answer.text


def test_a_list_that_is_too_large_or_unsigned_is_refused(operator: Operator, database: Database) -> None:
    large = {"file": ("feeds.opml", b"<" * (5 * 2**20 + 1), "text/xml")}
    assert operator.post("/desk/feeds/import", files=large).status_code == 413
    small = {"file": ("feeds.opml", OPML.encode(), "text/xml")}
    assert operator.post("/desk/feeds/import", csrf="wrong", files=small).status_code == 403
    with database.view() as work:
        assert work.feeds.all() == []


def test_what_is_exported_comes_in_again(operator: Operator, database: Database) -> None:
    feed(database, "one")
    exported = operator.get("/desk/feeds/export.opml")
    assert "attachment" in exported.headers["content-disposition"]
    operator.post("/desk/feeds/1/remove")
    operator.post("/desk/feeds/import", opml=exported.text)
    with database.view() as work:
        assert [one.url for one in work.feeds.all()] == ["https://one.example/feed"]
