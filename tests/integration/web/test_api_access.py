"""Every operation of the API as nobody, with each scope, by session with and without its token, and too often."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from monitor.api.access import ACCESS, allowed
from monitor.model.account import Account, Role
from monitor.model.scope import SCOPES_OF, Scope
from monitor.setting_pages import Readers
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.headers import HEADERS
from monitor.web.visitor import csrf_of
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.integration.web.test_security import routes_of

OPERATORS_TOKEN = "a long enough token"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is asked does not depend on the kind of database."""
    return sqlite_url


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        operator_token=SecretStr(OPERATORS_TOKEN),
        api_per_minute=10_000,
        api_token_per_minute=10_000,
        _env_file=None,
    )


def account(database: Database, name: str, role: Role) -> Account:
    with database.work() as work:
        return work.accounts.add(name, role, None, NOW)


def bearer(database: Database, owner: Account, *scopes: Scope) -> dict[str, str]:
    with database.work() as work:
        _, text = work.api_tokens.mint(owner.id, "test", scopes, NOW, None)
    return {"authorization": f"Bearer {text}"}


def session(database: Database, who: Account) -> tuple[dict[str, str], dict[str, str]]:
    """The cookie, and the header that writes need beside it."""
    with database.work() as work:
        token = work.accounts.sign_in(who.id, NOW, NOW + timedelta(days=1))
    return {"cookie": f"volteface={token}"}, {"x-csrf-token": csrf_of(token)}


def asked(path: str) -> str:
    """An address under that path which names nothing that is there."""
    return re.sub(r"{(\w+)}", lambda found: "actor" if found[1] == "kind" else "999", path)


def status(client: Client, method: str, path: str, headers: dict[str, str]) -> int:
    return client.request(method, asked(path), headers=headers).status_code


def test_every_route_of_the_api_stands_in_the_table_and_the_other_way_round(app: FastAPI) -> None:
    routes = {
        (method, route.path)
        for route in routes_of(app)
        if route.path.startswith("/api")
        for method in route.methods - {"HEAD"}
    }
    assert routes == set(ACCESS)


def test_what_is_fixed_is_not_taken_for_what_varies() -> None:
    assert allowed("/api/rules/preview") == {"POST": Scope.RULES_WRITE}
    assert allowed("/api/subscriptions/dry-run") == {"POST": Scope.SUBSCRIPTIONS}
    assert allowed("/api/nothing") == {}


def test_nobody_gets_beyond_reading(client: Client) -> None:
    for (method, path), scope in ACCESS.items():
        answer = client.request(method, asked(path))
        assert all(answer.headers[name] == value for name, value in HEADERS.items()), path
        if scope in (None, Scope.READ):
            assert answer.status_code in (200, 404), path
        else:
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.headers["content-type"] == "application/problem+json"


def test_each_operation_takes_its_own_scope_and_all_others_do_not_help(client: Client, database: Database) -> None:
    owner = account(database, "ops", Role.OPERATOR)
    alone = {scope: bearer(database, owner, scope) for scope in Scope}
    others = {scope: bearer(database, owner, *(set(Scope) - {scope})) for scope in Scope}
    for (method, path), needed in ACCESS.items():
        if needed is None:
            continue
        assert status(client, method, path, alone[needed]) not in (401, 403), f"{method} {path}"
        # Reading is open here to anybody.
        assert (status(client, method, path, others[needed]) == 403) == (needed is not Scope.READ), f"{method} {path}"


def test_the_operators_token_of_the_settings_opens_all(client: Client) -> None:
    headers = {"authorization": f"bearer {OPERATORS_TOKEN}"}
    for (method, path), needed in ACCESS.items():
        # It belongs to no account, and so has no subscriptions.
        assert (status(client, method, path, headers) == 403) == (needed is Scope.SUBSCRIPTIONS), f"{method} {path}"


def test_a_subscribers_token_has_no_more_than_their_role_whatever_it_says(client: Client, database: Database) -> None:
    headers = bearer(database, account(database, "ada", Role.SUBSCRIBER), *Scope)
    for (method, path), needed in ACCESS.items():
        refused = status(client, method, path, headers) in (401, 403)
        assert refused == (needed is not None and needed not in SCOPES_OF[Role.SUBSCRIBER]), f"{method} {path}"


def test_a_cookie_alone_reads_and_never_writes(client: Client, database: Database) -> None:
    cookie, proof = session(database, account(database, "ops", Role.OPERATOR))
    for method, path in ACCESS:
        refused = status(client, method, path, cookie) == 403
        assert refused == (method != "GET"), f"{method} {path}"
        if method != "GET":
            assert status(client, method, path, {**cookie, "x-csrf-token": "0" * 64}) == 403
            assert status(client, method, path, {**cookie, **proof}) not in (401, 403), f"{method} {path}"


def test_where_only_those_signed_in_may_read_a_token_with_read_does(database: Database, settings: Settings) -> None:
    closed = Client(create_app(database, settings.model_copy(update={"readers": Readers.SIGNED_IN}), clock=lambda: NOW))
    owner = account(database, "ada", Role.SUBSCRIBER)
    cookie, _ = session(database, owner)
    for (method, path), needed in ACCESS.items():
        if needed is Scope.READ:
            assert status(closed, method, path, {}) == 401
            assert status(closed, method, path, cookie) in (200, 404)
            assert status(closed, method, path, bearer(database, owner, Scope.READ)) in (200, 404)
            assert status(closed, method, path, bearer(database, owner, Scope.SUBSCRIPTIONS)) == 403


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer \xfc", "x"])
def test_a_token_that_opens_nothing_is_not_taken_for_none(client: Client, header: str) -> None:
    answer = client.get("/api/changes", headers={"authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_the_use_of_a_token_is_noted_but_not_each_time(database: Database, settings: Settings) -> None:
    owner = account(database, "ada", Role.SUBSCRIBER)
    headers = bearer(database, owner, Scope.READ)

    def used_after(passed: timedelta) -> timedelta | None:
        Client(create_app(database, settings, clock=lambda: NOW + passed)).get("/api/changes", headers=headers)
        with database.view() as work:
            [token] = work.api_tokens.of(owner.id)
        return token.used_at - NOW if token.used_at else None

    assert used_after(timedelta()) == timedelta()
    assert used_after(timedelta(seconds=59)) == timedelta()
    assert used_after(timedelta(seconds=60)) == timedelta(seconds=60)


def test_who_asks_too_often_waits_and_is_told_how_long(database: Database, settings: Settings) -> None:
    now = [NOW]
    few = settings.model_copy(update={"api_per_minute": 3, "api_token_per_minute": 2})
    client = Client(create_app(database, few, clock=lambda: now[0]))
    token = bearer(database, account(database, "ada", Role.SUBSCRIBER), Scope.READ)
    answers = [client.get("/api/changes") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"] for answer in answers[::3]] == ['"requests";r=2;t=20', '"requests";r=0;t=60']
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=3;w=60'
    assert answers[3].headers["retry-after"] == "20"
    assert answers[3].headers["content-type"] == "application/problem+json"
    # A token has its own; one that opens nothing has that of the peer, so that nobody can try them all.
    assert [client.get("/api/changes", headers=token).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/changes", headers={"authorization": "Bearer guess"}).status_code == 429
    now[0] += timedelta(seconds=20)
    assert [client.get("/api/changes").status_code for _ in range(2)] == [200, 429]


def test_what_is_too_long_is_not_read(client: Client, database: Database) -> None:
    headers = {"authorization": f"Bearer {OPERATORS_TOKEN}", "content-type": "application/json"}
    long = b'{"url": "' + b"x" * 300_000 + b'"}'
    assert client.request("POST", "/api/feeds", headers=headers, content=long).status_code == 413

    async def chunked():  # type: ignore[no-untyped-def]
        for _ in range(300):
            yield b"x" * 1_000

    answer = client.request("POST", "/api/feeds", headers=headers, content=chunked())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_known_already_is_not_sent_again(client: Client, database: Database) -> None:
    first = client.get("/api/positions")
    tag = first.headers["etag"]
    for names in (tag, f'W/{tag}, "other"', "*"):
        again = client.get("/api/positions", headers={"if-none-match": names})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["x-content-type-options"] == "nosniff"
    assert client.get("/api/positions", headers={"if-none-match": '"other"'}).status_code == 200
    with database.work() as work:
        work.feeds.add("https://a.example/feed", "A", "", NOW)
    assert client.get("/api/feeds").headers["etag"] != tag
    head = client.request("HEAD", "/api/positions")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert head.headers["content-length"] == first.headers["content-length"]
    assert client.request("HEAD", "/api/changes/999").content == b""


def test_other_methods_are_told_which_there_are(client: Client) -> None:
    answer = client.request("DELETE", "/api/rules/preview")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert client.request("POST", "/api/changes").headers["allow"] == "GET, HEAD"
    assert client.request("PUT", "/api/feeds/1").headers["allow"] == "GET, PATCH, DELETE, HEAD"


def test_caches_keep_what_is_for_one_apart(client: Client, database: Database) -> None:
    token = bearer(database, account(database, "ada", Role.SUBSCRIBER), Scope.READ)
    for headers, kept in (({}, "no-cache"), (token, "private, no-cache")):
        answer = client.get("/api/changes", headers=headers)
        assert answer.headers["cache-control"] == kept
        assert {"Authorization", "Cookie"} <= {part.strip() for part in answer.headers["vary"].split(",")}
