"""/account/tokens: made and shown once, with scopes by one's role, ended by their owner only."""

from __future__ import annotations

import re

import pytest

from monitor.model.account import Account, Role
from monitor.model.scope import Scope
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.test_api_access import account, session

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The pages are the same over both; the store is tested over both."""
    return sqlite_url


def sent(client: Client, database: Database, who: Account, path: str, body: str) -> tuple[int, str]:
    cookie, proof = session(database, who)
    headers = {**cookie, **FORM}
    answer = client.request("POST", path, headers=headers, content=f"{body}&csrf={proof['x-csrf-token']}".encode())
    return answer.status_code, answer.text


def test_a_token_is_shown_once_works_and_can_be_ended(client: Client, database: Database) -> None:
    ada = account(database, "ada", Role.OPERATOR)
    body = "name=laptop&scope=read&scope=audit:read&days=30"
    status, page = sent(client, database, ada, "/account/tokens", body)
    assert status == 200
    [text] = re.findall(r'id="made">([^<]+)<', page)
    headers = {"authorization": f"Bearer {text}"}
    [entry, *_] = client.get("/api/audit", headers=headers).json()["entries"]
    assert (entry["who"], entry["what"], entry["detail"]["scopes"]) == ("ada", "token made", ["audit:read", "read"])
    assert client.get("/api/deliveries", headers=headers).status_code == 403
    cookie, _ = session(database, ada)
    again = client.get("/account/tokens", headers=cookie)
    assert text not in again.text
    assert text[:10] in again.text
    assert again.headers["cache-control"] == "no-store"
    with database.view() as work:
        [token] = work.api_tokens.of(ada.id)
    bob = account(database, "bob", Role.OPERATOR)
    assert sent(client, database, bob, f"/account/tokens/{token.id}/revoke", "x=")[0] == 404
    assert client.get("/api/audit", headers=headers).status_code == 200
    assert sent(client, database, ada, f"/account/tokens/{token.id}/revoke", "x=")[0] == 303
    assert client.get("/api/audit", headers=headers).status_code == 401


def test_nobody_gets_more_than_their_role(client: Client, database: Database) -> None:
    bob = account(database, "bob", Role.SUBSCRIBER)
    cookie, _ = session(database, bob)
    page = client.get("/account/tokens", headers=cookie).text
    assert set(re.findall(r'name="scope" value="([^"]+)"', page)) == {"read", "subscriptions"}
    status, page = sent(client, database, bob, "/account/tokens", "name=more&scope=rules:write&days=30")
    assert status == 422
    assert "problem-scope" in page
    with database.view() as work:
        assert work.api_tokens.of(bob.id) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [("name=&scope=read&days=30", "name"), ("name=x&days=30", "scope"), ("name=x&scope=read&days=7000", "days")],
)
def test_what_is_missing_is_said_by_its_field(client: Client, database: Database, body: str, field: str) -> None:
    ada = account(database, "ada", Role.OPERATOR)
    status, page = sent(client, database, ada, "/account/tokens", body)
    assert status == 422
    assert f'aria-describedby="problem-{field}"' in page


def test_a_form_without_its_own_token_makes_none(client: Client, database: Database) -> None:
    ada = account(database, "ada", Role.OPERATOR)
    cookie, _ = session(database, ada)
    answer = client.request("POST", "/account/tokens", headers={**cookie, **FORM}, content=b"name=x&scope=read&days=30")
    assert answer.status_code == 403
    with database.view() as work:
        assert work.api_tokens.of(ada.id) == []


def test_what_a_scope_opens_is_said_of_each() -> None:
    from monitor.web.pages.api import SCOPES

    assert set(SCOPES) == set(Scope)
