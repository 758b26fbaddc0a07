"""What operators and subscribers do over the API: by the pipeline's own functions, in the audit log by name."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from monitor.api.previews import Previews
from monitor.model.account import Role
from monitor.model.report import ReportReason
from monitor.model.scope import Scope
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn
from tests.integration.web.test_api import problem_of
from tests.integration.web.test_api_access import account, bearer

TRAM = """# asked for by the city desk
- id: tram
  name: The tram
  proposition: A tram is built.
  about: [tram]
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is written goes through functions that are tested over both databases."""
    return sqlite_url


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    previews = Previews(
        database=database,
        packs=[],
        extractor=lambda: nullcontext(GrammarExtractor()),
        tracker=FilterTracker(),
        follow_precision=True,
        clock=lambda: NOW,
    )
    return create_app(database, settings, previews=previews, clock=lambda: NOW)


class Caller:
    """Somebody with a token."""

    def __init__(self, client: Client, database: Database, name: str, role: Role = Role.OPERATOR) -> None:
        self._client = client
        self.account = account(database, name, role)
        self._headers = bearer(database, self.account, *Scope)

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self._headers, **more.pop("headers", {})}
        return self._client.request(method, f"/api{path}", headers=headers, **more)


@pytest.fixture
def ada(client: Client, database: Database) -> Caller:
    return Caller(client, database, "ada")


def audit(database: Database) -> list[tuple[str, str, str]]:
    with database.view() as work:
        return [(entry.who, entry.what, entry.target) for entry in reversed(work.audit.list())]


def test_a_rule_is_put_changed_switched_off_and_restored(ada: Caller, newsroom: Newsroom, database: Database) -> None:
    made = ada("PUT", "/rules/issue/tram?why=asked", content=TRAM)
    assert (made.status_code, made.json()["version"], made.json()["written"]) == (201, 1, TRAM)
    assert made.headers["etag"] == ada("GET", "/rules/issue/tram").headers["etag"]
    wider = TRAM.replace("[tram]", "[tram, tramway]")
    problem_of(ada("PUT", "/rules/issue/tram", content=wider), 428)
    problem_of(ada("PUT", "/rules/issue/tram", content=wider, headers={"if-match": '"old"'}), 412)
    changed = ada("PUT", "/rules/issue/tram", content=wider, headers={"if-match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["rule"]["about"]) == (200, ["tram", "tramway"])
    # Whoever still has the first version overrules nobody.
    late = ada("PUT", "/rules/issue/tram", content=TRAM, headers={"if-match": made.headers["etag"]})
    problem_of(late, 412)
    tag = {"if-match": changed.headers["etag"]}
    assert ada("DELETE", "/rules/issue/tram", headers=tag).status_code == 204
    off = ada("GET", "/rules/issue/tram")
    assert (off.json()["active"], off.json()["rule"]) == (False, None)
    assert ada("GET", "/issues/tram").status_code == 404
    back = ada("POST", "/rules/issue/tram/restore", json={"version": 1}, headers={"if-match": off.headers["etag"]})
    assert (back.status_code, back.json()["rule"]["about"]) == (200, ["tram"])
    versions = ada("GET", "/rules/issue/tram/versions").json()["versions"]
    assert [(one["version"], one["who"]) for one in versions] == [(4, "ada"), (3, "ada"), (2, "ada"), (1, "ada")]
    assert [entry for entry in audit(database) if entry[2] == "issue tram"] == [
        ("ada", "rule saved", "issue tram"),
        ("ada", "rule saved", "issue tram"),
        ("ada", "rule switched off", "issue tram"),
        ("ada", "rule restored", "issue tram"),
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (TRAM.replace("[tram]", "['tram AND']"), "body.5."),
        (TRAM.replace("id: tram", "id: train"), "body.id"),
        ("", "body.1.1"),
        ('[{"id": "tram", "\\ud9e1": 1}]', "body.1"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_with_its_place(
    ada: Caller, newsroom: Newsroom, text: str, where: str
) -> None:
    places = [part["where"] for part in problem_of(ada("PUT", "/rules/issue/tram", content=text), 422)["invalid"]]
    assert any(place.startswith(where) for place in places), places
    assert ada("GET", "/rules/issue/tram").status_code == 404


def test_a_rule_that_others_name_stays(ada: Caller, newsroom: Newsroom) -> None:
    query = "- id: both\n  name: Both\n  query: issue:bridge\n"
    assert ada("PUT", "/rules/query/both", content=query).status_code == 201
    tag = {"if-match": ada("GET", "/rules/issue/bridge").headers["etag"]}
    assert "both" in problem_of(ada("DELETE", "/rules/issue/bridge", headers=tag), 409)["detail"]


def test_a_feed_is_added_edited_paused_polled_and_removed(ada: Caller, database: Database) -> None:
    made = ada("POST", "/feeds", json={"url": "https://a.example/feed", "folder": "europe"})
    assert (made.status_code, made.json()["folder"]) == (201, "europe")
    path = made.headers["location"].removeprefix("/api")
    problem_of(ada("POST", "/feeds", json={"url": "https://a.example/feed"}), 409)
    [wrong] = problem_of(ada("POST", "/feeds", json={"url": "ftp://a.example"}), 422)["invalid"]
    assert wrong["where"] == "body.url"
    edited = ada("PATCH", path, json={"title": "A", "status": "paused"}).json()
    assert (edited["title"], edited["folder"], edited["status"]) == ("A", "europe", "paused")
    problem_of(ada("PATCH", path, json={}), 422)
    problem_of(ada("PATCH", path, json={"shortest_s": 60, "longest_s": 30}), 422)
    assert ada("PATCH", path, json={"status": "active"}).json()["status"] == "active"
    assert ada("POST", f"{path}/poll").status_code == 202
    assert ada("DELETE", path).status_code == 204
    problem_of(ada("DELETE", path), 404)
    number = path.rpartition("/")[2]
    assert audit(database) == [
        ("ada", what, number)
        for what in ("feed added", "feed edited", "feed paused", "feed resumed", "feed poll asked for", "feed removed")
    ]


def test_a_verdict_moves_what_it_touches(ada: Caller, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    statement = change.found.after_statement
    problem_of(ada("POST", f"/statements/{statement}/verdicts", json={"kind": "correct"}), 422)
    problem_of(ada("POST", f"/statements/{statement}/verdicts", json={"kind": "correct", "issue": "nothing"}), 422)
    problem_of(ada("POST", "/statements/999/verdicts", json={"kind": "reject"}), 404)
    done = ada("POST", f"/statements/{statement}/verdicts", json={"kind": "reject", "note": "a quote", "seen": 0})
    assert done.status_code == 200, done.text
    assert done.json()["moved"]
    problem_of(ada("POST", f"/statements/{statement}/verdicts", json={"kind": "confirm", "seen": 0}), 409)
    [said] = ada("GET", f"/statements/{statement}/verdicts").json()["verdicts"]
    assert (said["kind"], said["who"], said["note"]) == ("reject", "ada", "a quote")
    listed = ada("GET", "/statements?actor=ada-quill&issue=bridge").json()["statements"]
    assert listed
    assert statement not in [one["id"] for one in listed]


def test_reports_are_closed_and_only_dead_letters_are_sent_again(
    ada: Caller, newsroom: Newsroom, database: Database
) -> None:
    change = turn(newsroom)
    with database.work() as work:
        report = work.reports.add(change.id, ReportReason.MISREAD, "no", NOW)
    assert [one["id"] for one in ada("GET", "/reports").json()["reports"]] == [report]
    assert ada("POST", f"/reports/{report}/close").status_code == 204
    assert ada("GET", "/reports").json()["reports"] == []
    assert ada("GET", "/reports?closed=true").json()["reports"][0]["closed_by"] == "ada"
    problem_of(ada("POST", "/deliveries/999/retry"), 404)
    assert ("ada", "report closed", str(report)) in audit(database)


def test_subscriptions_are_ones_own(client: Client, ada: Caller, newsroom: Newsroom, database: Database) -> None:
    turn(newsroom)
    bob = Caller(client, database, "bob", Role.SUBSCRIBER)
    wanted = {"channel": "webhook", "target": "https://hooks.example/x?key=secret", "filter": {"issues": ["bridge"]}}
    tried = bob("POST", "/subscriptions/dry-run?days=90", json=wanted).json()
    assert tried["alerts"] == len(tried["messages"]) > 0
    made = bob("POST", "/subscriptions", json=wanted)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    assert made.json()["secret"].startswith("whsec_")
    assert "key=secret" not in made.text
    path = made.headers["location"].removeprefix("/api")
    shown = bob("GET", path)
    assert "secret" not in shown.json()
    assert [one["id"] for one in bob("GET", "/subscriptions").json()["subscriptions"]] == [made.json()["id"]]
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        problem_of(ada(method, path, json=body, headers={"if-match": "*"}), 404)
    assert ada("GET", "/subscriptions").json()["subscriptions"] == []
    edit = {"filter": {"actors": ["lemuria"]}, "timing": {"quiet": {"start": "22:00", "end": "06:30"}}}
    problem_of(bob("PUT", path, json=edit), 428)
    changed = bob("PUT", path, json=edit, headers={"if-match": shown.headers["etag"]})
    assert (changed.json()["filter"]["actors"], changed.json()["filter"]["issues"]) == (["lemuria"], [])
    assert changed.json()["timing"]["quiet"] == {"start": "22:00", "end": "06:30"}
    problem_of(bob("PUT", path, json=edit, headers={"if-match": shown.headers["etag"]}), 412)
    assert bob("GET", f"{path}/alerts").json() == {"alerts": [], "next": None}
    assert bob("DELETE", path).status_code == 204
    assert bob("GET", path).json()["disabled_why"] == "unsubscribed by the subscriber"
    assert [what for who, what, _ in audit(database) if who == "bob"] == [
        "subscribed", "subscription edited", "unsubscribed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"filter": {"actors": ["nobody"]}}, "body.filter.actors"),
        ({"target": "ftp://hooks.example"}, "body.target"),
        ({"channel": "email", "target": "eve@news.example"}, "body.target"),
        ({"channel": "log", "target": "log"}, "body.channel"),
        ({"timing": {"zone": "Mars/Olympus"}}, "body"),
        ({"timing": {"cadence": "daily"}}, "body"),
        ({"timing": {"at": "25:00"}}, "body.timing.at"),
        ({"audience": "operations"}, "body.audience"),
    ],
)
def test_what_cannot_be_subscribed_to_is_named(
    ada: Caller, newsroom: Newsroom, database: Database, change: dict[str, Any], where: str
) -> None:
    body = {"channel": "webhook", "target": "https://hooks.example/x", **change}
    [part] = problem_of(ada("POST", "/subscriptions", json=body), 422)["invalid"]
    assert part["where"] == where
    with database.view() as work:
        assert work.subscriptions.all(active_only=False, audience=None) == []


def test_pages_neither_repeat_nor_skip_while_others_write(client: Client, newsroom: Newsroom) -> None:
    for number in range(7):
        newsroom.publish("Old", f"Ferry {number}", at=NOW - timedelta(days=1))
    walked: list[int] = []
    following: str | None = "/api/items?q=ferry&limit=3"
    while following:
        answer = client.get(following)
        page = answer.json()
        walked += [item["id"] for item in page["items"]]
        following = page["next"]
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
        newsroom.publish("New", "Another ferry", at=NOW)
    assert len(walked) == len(set(walked)) == 7
    cursor = client.get("/api/items?q=ferry&limit=3").json()["next"].rpartition("cursor=")[2]
    # A cursor belongs to its own query.
    for path in (f"/api/items?q=bridge&cursor={cursor}", f"/api/changes?cursor={cursor}"):
        assert problem_of(client.get(path), 422)["invalid"][0]["where"] == "query.cursor"
    assert client.get(f"/api/items?q=ferry&limit=1&cursor={cursor}").status_code == 200


@pytest.mark.parametrize(
    ("path", "where"),
    [("/api/changes?actr=x", "query.actr"), ("/api/changes?actor=x&actor=y", "query.actor")],
)
def test_what_nobody_reads_is_an_error(client: Client, path: str, where: str) -> None:
    [part] = problem_of(client.get(path), 422)["invalid"]
    assert part["where"] == where
    assert ("did you mean actor?" in part["what"]) == ("actr" in path)


def test_another_kind_of_body_is_refused(ada: Caller) -> None:
    problem_of(ada("POST", "/feeds", content="url=x", headers={"content-type": "text/plain"}), 415)
    problem_of(ada("POST", "/feeds", content=b"{", headers={"content-type": "application/json"}), 422)
    problem_of(ada("POST", "/feeds", content=b"\xff", headers={"content-type": "application/json"}), 400)
