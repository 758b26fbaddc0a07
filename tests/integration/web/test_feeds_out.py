"""Changes as Atom and JSON Feed: read by feedparser, one id for good, corrections, addresses, conditional requests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import feedparser
import httpx
import pytest
from fastapi import FastAPI

from monitor.model.alert import ChannelName, Filter
from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from storage.tokens import TokenPurpose
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn

ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/feed+json; charset=utf-8"


def atom(client: Client, path: str = "/changes.atom", **arguments: Any) -> feedparser.FeedParserDict:
    answer = client.get(path, **arguments)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == ATOM
    parsed = feedparser.parse(answer.content, response_headers={"content-type": ATOM})
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def json_feed(client: Client, path: str = "/changes.json") -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == JSON
    body: dict[str, Any] = answer.json()
    assert body["version"] == "https://jsonfeed.org/version/1.1"
    return body


def words(html: str) -> list[str]:
    return " ".join(re.split(r"<[^>]*>", html)).split()


def links(parsed: feedparser.FeedParserDict) -> dict[str, str]:
    return {link.rel: link.href for link in parsed.feed.links if link.rel != "alternate"}


def fall(newsroom: Newsroom, change: Change, now: datetime = NOW) -> None:
    """The change no longer follows from what is on record: the next fold does not find it."""
    found = change.found
    with newsroom.database.work() as work:
        live = work.statements.live_for(found.issue, {found.actor})
        fold = newsroom.tracker.fold(found.actor, found.issue, live)
        kept = tuple(one for one in fold.changes if one.key != change.key)
        assert len(kept) == len(fold.changes) - 1
        work.positions.save_fold(replace(fold, changes=kept), now)


def test_an_entry_says_who_what_and_both_quotes(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    parsed = atom(client, "/changes.atom?actor=ada-quill&kind=reversed")
    (entry,) = parsed.entries
    assert entry.title == "Quill: The strait bridge — opposes → supports"
    assert entry.link == f"http://desk.test/changes/{change.id}"
    (content,) = entry.content
    assert content.type == "text/html"
    for said in ("There will be no bridge", "We will build the bridge", "paper26.example", "/wrong"):
        assert said in content.value
    assert "We will build the bridge" in entry.summary
    assert {tag.term for tag in entry.tags} == {"actor:ada-quill", "issue:bridge", "kind:reversed"}
    assert [link.href for link in entry.links if link.rel == "via"] == ["https://news.example/story"]
    assert entry.published_parsed and entry.updated_parsed >= entry.published_parsed
    assert entry.id.startswith("urn:uuid:")


def test_json_feed_says_the_same(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    body = json_feed(client)
    parsed = atom(client)
    assert [item["id"] for item in body["items"]] == [entry.id for entry in parsed.entries]
    item = body["items"][0]
    assert item["title"] == parsed.entries[0].title
    assert words(item["content_html"]) == words(parsed.entries[0].content[0].value)
    assert "There will be no bridge" in item["content_text"]
    assert item["_volteface"]["stance"] == {"before": "opposes", "after": "supports"}
    assert item["_volteface"]["before"]["text"] == "There will be no bridge"
    assert body["feed_url"] == "http://desk.test/changes.json"
    assert "next_url" not in body


def test_ids_last_whatever_the_filter_the_host_and_the_format(
    client: Client, newsroom: Newsroom, database: Database, settings: Settings
) -> None:
    change = turn(newsroom)
    (entry,) = atom(client, "/changes.atom?actor=ada-quill&kind=reversed").entries
    moved = settings.model_copy(update={"public_url": "https://volteface.example"})
    elsewhere = Client(create_app(database, moved, clock=lambda: NOW))
    ids = [e.id for e in atom(elsewhere).entries if e.link == f"https://volteface.example/changes/{change.id}"]
    assert ids == [entry.id]
    assert atom(elsewhere).feed.id == atom(client).feed.id != atom(client, "/changes.atom?pending=1").feed.id


def test_equal_filters_are_one_feed(client: Client, newsroom: Newsroom) -> None:
    one = atom(client, "/changes.atom?kind=split&kind=first&actor=lemuria&actor=ada-quill&confidence=0")
    other = atom(client, "/changes.atom?actor=ada-quill&actor=lemuria&actor=&kind=first&kind=split&kind=first")
    assert one.feed.id == other.feed.id
    assert links(one)["self"] == links(other)["self"]
    assert one.feed.title == "Volteface: changes of position (Ada Quill, Lemuria, first positions, splits)"


def test_a_correction_is_the_same_entry_and_says_so(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    before = {entry.id: entry for entry in atom(client, "/changes.atom?actor=ada-quill&kind=reversed").entries}
    newsroom.say("lemuria", "tolls", Stance.SUPPORTS, at=NOW - timedelta(minutes=30))
    fall(newsroom, change)
    newest = atom(client, "/changes.atom?actor=ada-quill&kind=reversed").entries[0]
    assert newest.id in before
    assert newest.title == "Taken back: " + before[newest.id].title
    assert newest.updated_parsed > before[newest.id].updated_parsed
    assert newest.published == before[newest.id].published
    assert "It no longer holds" in newest.content[0].value
    assert "There will be no bridge" in newest.content[0].value
    assert atom(client).entries[0].id == newest.id, "what became news last comes first"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?actor=ada-quill", 1),
        ("?actor=lemuria", 0),
        ("?issue=tolls", 0),
        ("?kind=reversed&kind=first", 1),
        ("?kind=withdrawn", 0),
        ("?confidence=0.9", 1),
        ("?confidence=1", 0),
        ("?official=true&actor=ada-quill", 1),
    ],
)
def test_filters(client: Client, newsroom: Newsroom, query: str, count: int) -> None:
    turn(newsroom)
    with newsroom.database.view() as work:
        mine = {f"http://desk.test/changes/{c.id}" for c in work.positions.changes(actor="ada-quill", limit=200)}
        kinds = [c.found.kind for c in work.positions.changes(actor="ada-quill", limit=200)]
    assert kinds.count("reversed") == 1
    entries = [entry for entry in atom(client, f"/changes.atom{query}").entries if entry.link in mine]
    assert len([e for e in entries if "opposes → supports" in e.title]) == count
    assert len(entries) == len({entry.id for entry in entries})


def test_pending_changes_only_for_those_who_ask(client: Client, newsroom: Newsroom) -> None:
    _, (change,) = newsroom.say("lemuria", "tolls", Stance.SUPPORTS, at=NOW - timedelta(hours=2))
    assert change.found.status is ChangeStatus.PENDING
    assert atom(client).entries == []
    (entry,) = atom(client, "/changes.atom?pending=true").entries
    assert entry.title.startswith("Unconfirmed: ")
    assert atom(client).feed.updated == "1970-01-01T00:00:00.000000Z"


def test_a_baseline_is_no_news(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    newsroom.silence(change)
    assert f"http://desk.test/changes/{change.id}" not in [entry.link for entry in atom(client).entries]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("?actors=ada-quill", 422, "A feed knows no “actors”"),
        ("?kind=u-turn", 422, "query.kind"),
        ("?confidence=2", 422, "query.confidence"),
        ("?confidence=nan", 422, "query.confidence"),
        ("?before=x", 422, "no place in a feed"),
        ("?before=999999999999999999-1", 422, "beyond the year 9999"),
        ("?actor=nobody", 404, "There is no actor nobody"),
        ("?issue=nothing", 404, "There is no issue nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    client: Client, newsroom: Newsroom, query: str, status: int, said: str
) -> None:
    for form in ("atom", "json"):
        answer = client.get(f"/changes.{form}{query}")
        assert answer.status_code == status
        assert said in answer.text


def test_an_actor_whose_rule_is_gone_still_has_a_feed(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    with newsroom.database.work() as work:
        rules = work.rules.current()
        kept = type(rules)(
            actors={i: rule for i, rule in rules.actors.items() if i != "ada-quill"}, issues=rules.issues
        )
        work.rules.import_rules(kept, "seed", "test", "gone", NOW)
        assert "ada-quill" not in work.rules.current().actors
    assert atom(client, "/changes.atom?actor=ada-quill").entries[0].title.startswith("ada-quill: ")


def test_what_the_reader_has_is_not_sent_again(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom, now=NOW - timedelta(hours=1))
    first = client.get("/changes.atom")
    etag, modified = first.headers["etag"], first.headers["last-modified"]

    def status(**headers: str) -> int:
        answer = client.get("/changes.atom", headers={k.replace("_", "-"): v for k, v in headers.items()})
        assert answer.headers["etag"] == etag
        assert (answer.content == b"") == (answer.status_code == 304)
        return answer.status_code

    assert status(if_none_match=etag) == 304
    assert status(if_none_match=f'"x", W/{etag}') == 304
    assert status(if_none_match="*") == 304
    assert status(if_none_match='"x"') == 200
    assert status(if_modified_since=modified) == 304
    assert status(if_modified_since="Sat, 01 Mar 2025 00:00:00 GMT") == 200
    assert status(if_modified_since="soon") == 200
    assert status(if_none_match='"x"', if_modified_since=modified) == 200
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(minutes=20))
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(minutes=19), publisher="b.example")
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(minutes=18), publisher="c.example")
    answer = client.get("/changes.atom", headers={"if-none-match": etag, "if-modified-since": modified})
    assert answer.status_code == 200


def test_a_date_is_given_only_once_nothing_more_can_come_within_its_second(
    database: Database, settings: Settings, newsroom: Newsroom
) -> None:
    change = turn(newsroom)
    with database.view() as work:
        at = work.change_feed.page(Filter(), 1)[0].updated_at
    assert change.recorded_at <= at
    for later, given in ((0.5, False), (1.5, True)):
        client = Client(create_app(database, settings, clock=lambda later=later: at + timedelta(seconds=later)))
        assert ("last-modified" in client.get("/changes.atom").headers) is given


def test_the_pages_lead_to_their_feeds(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    pages = {
        "/": "/changes.atom",
        "/changes": "/changes.atom?pending=true",
        "/changes?status=confirmed": "/changes.atom?status=confirmed",
        "/changes?actor=ada-quill&issue=bridge": "/changes.atom?actor=ada-quill&amp;issue=bridge&amp;pending=true",
        "/positions/ada-quill/bridge": "/changes.atom?actor=ada-quill&amp;issue=bridge",
        f"/changes/{change.id}": "/changes.atom?actor=ada-quill&amp;issue=bridge",
    }
    for page, feed in pages.items():
        shown = client.get(page).text
        assert '<link rel="alternate" type="application/atom+xml" title="' in shown
        assert f'href="{feed}"' in shown, page
        atom(client, feed.replace("&amp;", "&"))


def test_a_head_request_is_answered_like_a_get(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    for path in ("/changes.atom", "/changes.json"):
        answer = client.request("HEAD", path)
        assert answer.status_code == 200
        assert answer.headers["etag"] == client.get(path).headers["etag"]


@pytest.fixture
def token(newsroom: Newsroom) -> str:
    turn(newsroom)
    with newsroom.database.work() as work:
        wanted = Filter(actors=frozenset({"ada-quill"}))
        subscription = work.subscriptions.add("Ada", ChannelName.LOG, "log", wanted, None, NOW)
        return work.tokens.mint(TokenPurpose.FEED, subscription.id, NOW, None)


def test_a_subscription_has_a_feed_under_a_secret_address(client: Client, newsroom: Newsroom, token: str) -> None:
    parsed = atom(client, f"/atom/{token}")
    assert parsed.entries and {e.id for e in parsed.entries} == {
        e.id for e in atom(client, "/changes.atom?actor=ada-quill").entries
    }
    assert links(parsed)["self"] == f"http://desk.test/atom/{token}"
    body = json_feed(client, f"/atom/{token}.json")
    assert [item["id"] for item in body["items"]] == [entry.id for entry in parsed.entries]
    assert "private" in client.get(f"/atom/{token}").headers["cache-control"]


def test_a_feed_keeps_its_id_when_its_address_is_changed(client: Client, newsroom: Newsroom, token: str) -> None:
    first = atom(client, f"/atom/{token}").feed.id
    with newsroom.database.work() as work:
        again = work.tokens.mint(TokenPurpose.FEED, 1, NOW, None)
    assert atom(client, f"/atom/{again}").feed.id == first


def test_a_revoked_expired_or_foreign_token_opens_nothing(client: Client, newsroom: Newsroom, token: str) -> None:
    with newsroom.database.work() as work:
        manage = work.tokens.mint(TokenPurpose.MANAGE, 1, NOW, None)
        expired = work.tokens.mint(TokenPurpose.FEED, 1, NOW - timedelta(days=2), NOW - timedelta(days=1))
        work.tokens.revoke(1, TokenPurpose.FEED, NOW)
    for wrong in (token, manage, expired, "nothing", f"{token}.xml", "x" * 5_000):
        answer: httpx.Response = client.get(f"/atom/{wrong}")
        assert answer.status_code == 404
        assert "may have been revoked" in answer.text
        assert "ada-quill" not in answer.text


def test_hosts_and_labels_are_escaped(database: Database, settings: Settings, newsroom: Newsroom) -> None:
    turn(newsroom)
    odd = settings.model_copy(update={"label": 'A & B <"INVENTED">'})
    app: FastAPI = create_app(database, odd, clock=lambda: NOW)
    parsed = atom(Client(app), headers={"host": 'evil"><x.example'})
    assert parsed.entries[0].title.startswith('[A & B <"INVENTED">] ')
