"""Operators' page of all tokens of the API: whose, for what, when used, until when, and their end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.model.account import Account, Role
from monitor.model.scope import Scope
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.pages import desk_tokens
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.integration.web.operator import Operator


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The page is the same over both; the store is tested over both."""
    return sqlite_database


def person(database: Database, name: str) -> Account:
    with database.work() as work:
        return work.accounts.add(name, Role.SUBSCRIBER, "some hash", NOW)


def minted(database: Database, who: Account, name: str, days: int | None = None) -> tuple[int, str]:
    with database.work() as work:
        until = None if days is None else NOW + timedelta(days=days)
        token, text = work.api_tokens.mint(who.id, name, [Scope.READ, Scope.SUBSCRIPTIONS], NOW, until)
    return token.id, text


def rows(page: str) -> dict[int, str]:
    """What stands in the table, by the number of the token, without markup."""
    found = re.findall(r'<tr id="token-(\d+)">(.*?)</tr>', page, re.DOTALL)
    return {int(number): " ".join(re.sub("<[^>]*>", " ", row).split()) for number, row in found}


def test_every_token_is_shown_with_its_owner_and_what_it_may(operator: Operator, database: Database) -> None:
    assert "None works now." in operator.get("/desk/tokens").text
    ada, bob = person(database, "ada"), person(database, "bob")
    laptop, text = minted(database, ada, "laptop", 30)
    phone, _ = minted(database, bob, "<i>phone</i>")
    with database.work() as work:
        work.api_tokens.use(laptop, NOW - timedelta(hours=3))
    assert 'href="/desk/tokens"' in operator.get("/desk/accounts").text
    page = operator.get("/desk/tokens")
    assert page.headers["cache-control"] == "no-store"
    assert text not in page.text
    assert "<i>phone" not in page.text
    shown = rows(page.text)
    assert list(shown) == [phone, laptop]
    assert shown[laptop].startswith(f"ada laptop {text[:10]}… ")
    assert "read subscriptions" in shown[laptop]
    assert f"{NOW - timedelta(hours=3):%Y-%m-%dT%H:%M}" in page.text
    assert f"{NOW + timedelta(days=30):%Y-%m-%dT%H:%M}" in page.text
    assert "never never by itself Revoke : &lt;i&gt;phone&lt;/i&gt; of bob" in shown[phone]


def test_a_token_ends_by_the_button_and_stands_among_those_that_ended(
    operator: Operator, database: Database, settings: Settings
) -> None:
    ada, gone = person(database, "ada"), person(database, "gone")
    laptop, text = minted(database, ada, "laptop")
    theirs, _ = minted(database, gone, "script")
    with database.work() as work:
        work.accounts.disable(gone.id, NOW)
    client = Client(create_app(database, settings, clock=lambda: NOW))
    header = {"authorization": f"Bearer {text}"}
    assert client.get("/api/subscriptions", headers=header).status_code == 200
    assert operator.post(f"/desk/tokens/{laptop}/revoke", csrf="x").status_code == 403
    assert client.get("/api/subscriptions", headers=header).status_code == 200
    page = operator.follow(operator.post(f"/desk/tokens/{laptop}/revoke")).text
    assert "The token opens nothing any more." in page
    assert rows(page) == {}
    assert client.get("/api/subscriptions", headers=header).status_code == 401
    ended = rows(operator.get("/desk/tokens?ended=true").text)
    assert list(ended) == [theirs, laptop]
    assert "revoked" in ended[laptop]
    assert "✕ disabled" in ended[theirs]
    assert "with its account" in ended[theirs]
    with database.view() as work:
        [entry, *_] = work.audit.list()
    assert (entry.who, entry.what, entry.target) == ("ops", "token revoked", str(laptop))
    assert operator.post("/desk/tokens/999/revoke").status_code == 404


def test_many_tokens_come_page_by_page(operator: Operator, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_tokens, "ON_A_PAGE", 2)
    ada = person(database, "ada")
    numbers = [minted(database, ada, f"t{n}")[0] for n in range(5)]
    path, seen = "/desk/tokens", list[int]()
    for _ in range(3):
        page = operator.get(path).text
        seen += rows(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert (seen, path) == (numbers[::-1], "")
    assert operator.get("/desk/tokens?before=x").status_code == 422
