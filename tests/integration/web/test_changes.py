"""The stream of changes: its filters, its pages, the feed of just these; and one change with who was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI

from monitor.model.account import Role
from monitor.model.alert import AlertKind, AttemptResult, ChannelName, DeliveryStatus, Filter, Message, NewAlert
from monitor.model.position import Change
from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.changes_asked import NARROWING
from rules.model import RuleSet
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, RULES, Newsroom, turn
from tests.integration.web.test_rights import account, session

ATOM = "{http://www.w3.org/2005/Atom}"
ISSUES = {
    "bridge": replace(RULES.issues["bridge"], family="Building"),
    "tolls": replace(RULES.issues["tolls"], family="Money"),
}


@pytest.fixture
def told(sqlite_database: Database) -> Newsroom:
    """Atlantis turns on the bridge today; Lemuria has opposed tolls, and lately speaks of “Ärger”."""
    newsroom = Newsroom(sqlite_database, RuleSet(actors=RULES.actors, issues=ISSUES, queries=RULES.queries))
    turn(newsroom)
    for days in (40, 39, 38):
        newsroom.say(
            "lemuria", "tolls", Stance.OPPOSES, at=NOW - timedelta(days=days), words=f"Ärger um Zoll {days}",
            publisher=f"paper{days}.example",
        )  # fmt: skip
    newsroom.say("lemuria", "bridge", Stance.OPPOSES, at=NOW - timedelta(days=1), words="No bridge at 100% cost")
    return newsroom


@pytest.fixture
def app(told: Newsroom, settings: Settings) -> FastAPI:
    return create_app(told.database, settings, clock=lambda: NOW)


def all_changes(newsroom: Newsroom) -> dict[int, Change]:
    with newsroom.database.view() as work:
        return {change.id: change for change in work.positions.changes(limit=200)}


def shown(page: str) -> set[int]:
    return {int(part.split('"')[0]) for part in page.split('id="change-')[1:]}


QUERIES = (
    ("", lambda f: True),
    ("?actor=&issue=&kind=&status=&group=&actor_kind=&family=&since=&until=&q=", lambda f: True),
    ("?actor=lemuria", lambda f: f.actor == "lemuria"),
    ("?issue=tolls", lambda f: f.issue == "tolls"),
    ("?kind=reversed", lambda f: f.kind == "reversed"),
    ("?status=pending", lambda f: f.status == "pending"),
    ("?group=atlantis", lambda f: f.actor in ("atlantis", "ada-quill")),
    ("?group=atlantis&actor=lemuria", lambda f: False),
    ("?actor_kind=person", lambda f: f.actor == "ada-quill"),
    ("?family=Money", lambda f: f.issue == "tolls"),
    ("?since=2025-03-10", lambda f: f.kind == "reversed"),
    ("?until=2025-02-01", lambda f: f.issue == "tolls"),
    ("?since=2025-02-05&until=2025-03-09", lambda f: f.kind == "first" and f.issue == "bridge"),
    ("?q=build+IN", lambda f: f.kind == "reversed"),
    ("?q=%22the+bridge+in%22", lambda f: f.kind == "reversed"),
    ("?q=%C3%84RGER", lambda f: f.issue == "tolls"),
    ("?q=100%25", lambda f: f.actor == "lemuria" and f.issue == "bridge"),
    ("?q=100_", lambda f: False),
    ("?q=zeppelin", lambda f: False),
)


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=[query or "none" for query, _ in QUERIES])
def test_filters(client: Client, told: Newsroom, query: str, expected: object) -> None:
    wanted = {number for number, change in all_changes(told).items() if expected(change.found)}  # type: ignore[operator]
    answer = client.get("/changes" + query)
    assert (answer.status_code, shown(answer.text)) == (200, wanted)


def test_the_feed_of_just_this_filter_tells_of_the_same_changes(client: Client, told: Newsroom) -> None:
    """Every filter that the page offers is in the address of its feed, and the feed goes by it."""
    for query, expected in QUERIES:
        page = client.get("/changes" + query).text
        address = unescape(page.split('type="application/atom+xml" title="These changes" href="')[1].split('"')[0])
        feed = client.get(address)
        assert feed.status_code == 200, address
        root = ET.fromstring(feed.text)
        links = [link.get("href") or "" for link in root.iter(f"{ATOM}link") if link.get("rel") == "alternate"]
        found = {int(link.rsplit("/", 1)[1]) for link in links if link.rsplit("/", 1)[1].isdigit()}
        wanted = {number for number, change in all_changes(told).items() if expected(change.found)}
        assert found == wanted, address
        home = next(link for link in links if "/changes/" not in link)
        assert shown(client.get(home.removeprefix("http://desk.test")).text) == wanted, home


def test_every_filter_of_the_form_reaches_the_feed(client: Client) -> None:
    given = {
        "actor": "lemuria", "issue": "bridge", "kind": "first", "status": "pending", "group": "lemuria",
        "family": "Building", "actor_kind": "state", "since": "2025-01-01", "until": "2025-03-10", "q": "cost",
    }  # fmt: skip
    assert set(given) == {"actor", "issue", "kind", *NARROWING}
    page = unescape(client.get("/changes", params=given).text)
    form = page.split('id="changes-filter"')[1].split("</form>", maxsplit=1)[0]
    offered = {part.split('"')[0] for part in form.split(' name="')[1:]}
    assert offered == set(given)
    address = page.split('title="These changes" href="')[1].split('"')[0]
    assert all(f"{name}=" in address for name in given)


def test_the_title_of_a_feed_says_what_it_is_narrowed_to(client: Client) -> None:
    title = ET.fromstring(client.get("/changes.atom?group=atlantis&q=bridge").text).findtext(f"{ATOM}title") or ""
    assert "Atlantis and whoever belongs to it" in title
    assert "“bridge”" in title


def test_pages_keep_the_filter(client: Client, told: Newsroom) -> None:
    more = {f"a{n}": replace(RULES.actors["lemuria"], id=f"a{n}") for n in range(30)}
    told.rules = replace(told.rules, actors={**told.rules.actors, **more})
    for number, actor in enumerate(more):
        told.say(actor, "tolls", Stance.OPPOSES, at=NOW - timedelta(days=100 + number), words="Ärger um Zoll")
    first = client.get("/changes?issue=tolls&q=zoll&actor=")
    following = unescape(first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0])
    assert following.startswith("/changes?issue=tolls&q=zoll&before=")
    second = client.get(following)
    assert len(shown(first.text)) == 25
    assert len(shown(second.text)) == 6
    assert not shown(first.text) & shown(second.text)
    assert 'href="/changes?issue=tolls&amp;q=zoll">Newest changes' in second.text


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?since=2025-03-02&until=2025-03-01", 422, "before it begins"),
        ("?since=soon", 422, "write year, month and day"),
        ("?status=lost", 422, "status"),
        ("?group=nowhere", 404, "There is no group nowhere"),
        ("?family=nothing", 404, "There is no family of issues nothing"),
        ("?before=999999", 404, "There is no change 999999"),
        ("?q=" + "x" * 201, 422, "q"),
    ],
)
def test_what_cannot_be_shown_is_said(client: Client, query: str, status: int, words: str) -> None:
    answer = client.get("/changes" + query)
    assert (answer.status_code, words in unescape(answer.text)) == (status, True)


def tell(newsroom: Newsroom, change: int) -> None:
    """One subscription got it, one waits for it."""
    message = Message(
        content={}, subject="s", text="t", html="h", payload="{}", actor="ada-quill", issue="bridge", sequence=1
    )
    with newsroom.database.work() as work:
        targets = {name: f"https://{name}.example/hook-s3cret" for name in ("first", "second")}
        made = [
            work.subscriptions.add(name, ChannelName.WEBHOOK, target, Filter(), "x" * 32, NOW)
            for name, target in targets.items()
        ]
        told = [NewAlert(subscription=one, dedup=f"change:{change}") for one in made]
        work.alerts.add(message, told, AlertKind.CHANGE, NOW, change_id=change)
        (claimed, *_) = work.alerts.claim_due(NOW, 1, timedelta(minutes=1))
        work.alerts.record(claimed, AttemptResult(ok=True, status=200), DeliveryStatus.DELIVERED, None, NOW)


def test_a_change_says_how_many_were_told_and_operators_see_whom(client: Client, told: Newsroom) -> None:
    change = max(all_changes(told))
    page = client.get(f"/changes/{change}").text
    assert "Nobody" in page.split('id="told"')[1]
    tell(told, change)
    page = client.get(f"/changes/{change}").text.split('id="told"')[1]
    assert "<strong>1</strong> subscription: delivered" in page
    assert "<strong>1</strong> subscription: on its way" in page
    assert "first.example" not in page
    headers = session(told.database, account(told.database, "ops", Role.OPERATOR))
    page = client.get(f"/changes/{change}", headers=headers).text.split('id="told"')[1]
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]
    assert ["first" in row and "delivered" in row for row in rows] == [True, False]
    assert "s3cret" not in page
