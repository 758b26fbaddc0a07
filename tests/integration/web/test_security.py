"""Headers on every answer, hostile content escaped, nothing given away in errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn

import pytest
from fastapi import FastAPI
from starlette.routing import compile_path

from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.headers import CONTENT_SECURITY_POLICY, HEADERS
from rules.model import ActorRule
from storage.engine import Database
from storage.errors import DatabaseBusy
from storage.icons import StoredIcon
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ ["ran", "sack"]|join }}'

PAGES = [
    "/",
    "/?at=2025-03-01&known=then&group=atlantis",
    "/matrix.csv",
    "/matrix.json",
    "/changes",
    "/changes/1",
    "/changes/1/wrong",
    "/changes.atom",
    "/changes.json",
    "/positions/ada-quill/bridge",
    "/positions/ada-quill/bridge/timeline.csv",
    "/positions/ada-quill/bridge/timeline.json",
    "/actors",
    "/actors/ada-quill",
    "/actors/ada-quill/timeline.csv",
    "/actors/ada-quill/timeline.json",
    "/issues",
    "/issues/bridge",
    "/issues/bridge/timeline.csv",
    "/issues/bridge/timeline.json",
    "/issues/bridge/spectrum.csv",
    "/issues/bridge/spectrum.json",
    "/network",
    "/network.csv",
    "/network.json",
    "/network.graphml",
    "/feeds",
    "/items",
    "/items?q=bridge",
    "/items/1",
    "/healthz",
    "/readyz",
    "/metrics",
    "/robots.txt",
    "/static/volteface.css",
    "/static/charts.css",
    "/static/live.js",
    "/static/mark.svg",
    "/icons/1",
    "/sign-in",
    "/account/deleted",
    "/api/changes",
    "/api/changes/1",
    "/api/positions",
    "/api/feeds",
    "/api/items",
    "/api/items/1",
    "/api/openapi.json",
]
ERRORS = [
    ("/nothing", 404),
    ("/changes/999", 404),
    ("/actors/nobody", 404),
    ("/issues/nothing", 404),
    ("/network?least=x", 422),
    ("/changes/999/wrong", 404),
    ("/s/no-such-token", 404),
    ("/s/no-such-token/unsubscribe", 404),
    ("/s/confirm/no-such-token", 404),
    ("/changes/x", 404),
    ("/changes.atom?kind=x", 422),
    ("/atom/nothing", 404),
    ("/invitation/no-such-token", 404),
    ("/websub/no-such-token", 404),
    ("/account", 401),
    ("/sign-up", 503),  # without a mail server
    ("/sign-up/no-such-token", 404),
    ("/forgotten", 503),
    ("/forgotten/no-such-token", 404),
    ("/items/0", 404),
    ("/items?feed=x", 422),
    ("/static/nothing.js", 404),
    ("/static/../app.py", 404),
    ("/static/%2e%2e/app.py", 404),
    ("/api/changes/999", 404),
    ("/api/changes?limit=x", 422),
]

POSTS = [
    "/changes/999/wrong",
    "/s/confirm/no-such-token",
    "/s/no-such-token",
    "/s/no-such-token/feed",
    "/s/no-such-token/feed/revoke",
    "/s/no-such-token/pause",
    "/s/no-such-token/resume",
    "/s/no-such-token/unsubscribe",
    "/invitation/no-such-token",
    "/sign-up/no-such-token",
    "/forgotten/no-such-token",
]
"""All that can change anything: a reader's note, and what the token in the path allows, here one that opens nothing."""

OPERATORS = ["/api/rules/preview?kind=issue"]
"""Of the API, for whoever has a token: see test_api_access, which asks for every operation there."""

HUBS = {"/websub/no-such-token": 410}
"""Where hubs push, if they are let; one that is not wanted any more is told so for good."""

SIGNED_IN = {"/sign-in": 403, "/sign-out": 401, "/sign-up": 503, "/forgotten": 503}
"""What nobody can do who is not signed in, gives a wrong password, or asks for mail where none is sent."""

OWN = [
    "/account/tokens",
    "/account/export",
    "/account/delete",
    "/account/address/no-such-token",
    "/subscriptions",
    "/subscriptions/new",
    "/subscriptions/1",
    "/subscriptions/1/history",
    "/subscriptions/1/delete",
]
OWN_POSTS = [
    "/account/tokens",
    "/account/tokens/1/revoke",
    "/account/name",
    "/account/password",
    "/account/addresses",
    "/account/addresses/remove",
    "/account/address/no-such-token",
    "/account/sessions/end",
    "/account/delete",
    "/subscriptions/new",
    "/subscriptions/new/trial",
    "/subscriptions/1",
    "/subscriptions/1/trial",
    "/subscriptions/1/delete",
    "/subscriptions/1/pause",
    "/subscriptions/1/resume",
    "/subscriptions/1/test",
    "/subscriptions/1/confirm",
    "/subscriptions/1/secret",
    "/subscriptions/1/feed",
    "/subscriptions/1/feed/revoke",
]
"""Pages of whoever is signed in, about their own: whose they are is asked in test_own_subscriptions."""


DESK = [
    "/desk",
    "/desk/review",
    "/desk/review/1",
    "/desk/reports",
    "/desk/reports/1",
    "/desk/deliveries",
    "/desk/deliveries/why",
    "/desk/deliveries/1",
    "/desk/deliveries/1/message.html",
    "/desk/checks",
    "/desk/feeds",
    "/desk/feeds/add",
    "/desk/feeds/export.opml",
    "/desk/feeds/look-up/x",
    "/desk/feeds/1",
    "/desk/feeds/1/remove",
    "/desk/audit",
    "/desk/audit.csv",
    "/desk/audit.json",
    "/desk/accounts",
    "/desk/tokens",
    "/desk/rules",
    "/desk/rules/history",
    "/desk/rules/language",
    "/desk/rules/backfill",
    "/desk/rules/new/actor",
    "/desk/rules/actor/ada-quill",
    "/desk/rules/actor/ada-quill/history",
    "/desk/rules/actor/ada-quill/retire",
    "/desk/suggestions",
]
DESK_POSTS = [
    "/desk/rules/draft",
    "/desk/rules/backfill",
    "/desk/rules/new/actor",
    "/desk/rules/actor/ada-quill",
    "/desk/rules/actor/ada-quill/roll-back",
    "/desk/rules/actor/ada-quill/retire",
    "/desk/suggestions",
    "/desk/suggestions/name-0",
    "/desk/review/1",
    "/desk/review/verdicts/1/undo",
    "/desk/reports/1",
    "/desk/deliveries/retry",
    "/desk/deliveries/1/retry",
    "/desk/deliveries/1/give-up",
    "/desk/feeds/look-up",
    "/desk/feeds/look-up/x/add",
    "/desk/feeds/import",
    "/desk/feeds/1",
    "/desk/feeds/1/pause",
    "/desk/feeds/1/resume",
    "/desk/feeds/1/poll",
    "/desk/feeds/1/address",
    "/desk/feeds/1/remove",
    "/desk/accounts",
    "/desk/accounts/1/link",
    "/desk/accounts/1/role",
    "/desk/accounts/1/disable",
    "/desk/accounts/1/enable",
    "/desk/accounts/1/sign-out",
    "/desk/tokens/1/revoke",
]
"""Operators' pages of feeds, health, audit log, accounts, tokens and rules, which nobody else gets an answer from."""


def test_the_policy_is_strict() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; ")
    for directive in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'"):
        assert directive in CONTENT_SECURITY_POLICY


def test_every_answer_carries_the_headers(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    with newsroom.database.work() as work:
        work.icons.want({"https://paper.example"}, NOW)
        (claimed,) = work.icons.claim_due(NOW, 1, timedelta(minutes=1))
        work.icons.put(claimed, StoredIcon("image/png", b"\x89PNG"), NOW + timedelta(days=30), NOW)
    asked = [("GET", path, 200) for path in PAGES]
    asked += [("GET", path, status) for path, status in ERRORS]
    asked += [("POST", path, 404) for path in POSTS]
    asked += [("POST", path, 401) for path in OPERATORS]
    asked += [("POST", path, status) for path, status in (HUBS | SIGNED_IN).items()]
    asked += [("GET", path, 401) for path in DESK]
    asked += [("POST", path, 401) for path in DESK_POSTS]
    asked += [("GET", path, 401) for path in OWN]
    asked += [("POST", path, 401) for path in OWN_POSTS]
    asked += [("POST", "/", 405), ("DELETE", "/api/feeds", 405), ("HEAD", "/", 200)]
    for method, path, status in asked:
        answer = client.request(method, path, data={"reason": "misread"} if path in (*POSTS, *SIGNED_IN) else None)
        assert answer.status_code == status, f"{method} {path}"
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, f"{method} {path} {name}"
        assert answer.headers["cache-control"], f"{method} {path}"
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers


def routes_of(app: FastAPI) -> list[Any]:
    """Every route with its whole path; FastAPI keeps included routers folded."""
    found: list[Any] = []
    for route in app.routes:
        unfold = getattr(route, "effective_route_contexts", None)
        found += unfold() if unfold else [route]
    return found


def test_no_route_is_left_out_above(app: FastAPI) -> None:
    """A new route has to be added to PAGES, so that its headers are looked at. /events never ends: see test_stream."""
    known = {path.split("?")[0] for path in PAGES}
    # Addresses with a token are looked at with one that opens nothing; what one opens is in tests of their own.
    known |= {path for path, _ in ERRORS if path.startswith(("/atom/", "/s/", "/invitation/", "/websub/", "/account"))}
    known |= {path for path, _ in ERRORS if path.startswith(("/sign-up", "/forgotten"))}
    known |= {*DESK, *OWN}
    routes = [route for route in routes_of(app) if getattr(route, "methods", None) and route.path != "/events"]
    routes = [route for route in routes if not route.path.startswith("/api/")]  # by operation: test_api_access
    assert len(routes) > 15
    posts = {*POSTS, *HUBS, *SIGNED_IN, *DESK_POSTS, *OWN_POSTS, *(path.split("?")[0] for path in OPERATORS)}
    for route in routes:
        pattern = compile_path(route.path)[0]
        acts = route.methods == {"POST"}
        assert any(pattern.match(path) for path in (posts if acts else known)), route.path
        assert acts or set(route.methods) <= {"GET", "HEAD"}, f"{route.path}: nothing else may change anything"


def test_hostile_titles_and_quotes_are_escaped_everywhere(client: Client, newsroom: Newsroom) -> None:
    with newsroom.database.work() as work:
        feed = work.feeds.add("https://evil.example/feed", HOSTILE, HOSTILE, NOW)
        work.rules.save(ActorRule("lemuria", HOSTILE, newsroom.rules.actors["lemuria"].kind), "test", "", NOW)
    item, [change, *_] = newsroom.say(
        "lemuria",
        "bridge",
        Stance.SUPPORTS,
        at=NOW,
        words=f"Yes {HOSTILE} yes",
        publisher=HOSTILE,
        title=HOSTILE,
        feed_id=feed.id,
    )
    paths = [
        "/",
        "/changes",
        f"/changes/{change.id}",
        "/positions/lemuria/bridge",
        "/feeds",
        "/items",
        f"/items/{item.id}",
    ]
    paths += [f"/items?q={HOSTILE}", f"/changes/{HOSTILE}", f"/positions/lemuria/{HOSTILE}"]
    for path in paths:
        page = client.get(path).text
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert "ransack" not in page, f"{path}: a template was run"
    assert "&lt;script&gt;alert(1)" in client.get("/").text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https:///no-host",
        "http://[broken",
        "https://a.example/ b",
    ],
)
def test_links_that_are_no_web_addresses_are_dropped(client: Client, newsroom: Newsroom, url: str) -> None:
    item, [change, *_] = newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW, url=url)
    for path in ("/", f"/changes/{change.id}", "/positions/lemuria/bridge", f"/items/{item.id}"):
        page = client.get(path).text
        assert 'rel="noopener noreferrer external"' not in page, path
        assert f'href="{url.strip()}' not in page, path
    assert client.get(f"/api/items/{item.id}").json()["url"] is None
    assert client.get(f"/api/changes/{change.id}").json()["after"]["item"]["url"] is None


def test_every_outward_link_gives_nothing_away(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    for path in ("/", f"/changes/{change.id}", "/positions/ada-quill/bridge", "/items/1"):
        links = client.get(path).text.split('<a href="https://')[1:]
        assert links, path
        assert all('rel="noopener noreferrer external"' in link.split(">")[0] for link in links)


def test_pages_hold_no_inline_script_or_style(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    for path in ("/", "/changes/1", "/positions/ada-quill/bridge", "/items/1", "/feeds"):
        page = client.get(path).text
        assert " style=" not in page, path
        assert "<style" not in page, path
        assert page.count("<script") == page.count('<script src="/static/') >= 1, path
        assert " on" + "click=" not in page


@pytest.mark.parametrize("path", ["/", "/api/feeds"])
def test_an_unexpected_fault_is_answered_with_headers_and_without_details(
    database: Database, settings: Settings, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> NoReturn:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(database, "view", broken)
    answer = Client(create_app(database, settings)).get(path)
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "hunter2" not in answer.text
    assert answer.headers["content-type"].startswith("application/problem+json" if "api" in path else "text/html")


@pytest.mark.parametrize("path", ["/", "/api/feeds"])
def test_a_database_in_trouble_is_said_without_its_address(
    database: Database, settings: Settings, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> NoReturn:
        raise DatabaseBusy("/var/secret/place.db is locked")

    monkeypatch.setattr(database, "view", broken)
    answer = Client(create_app(database, settings)).get(path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "secret" not in answer.text
