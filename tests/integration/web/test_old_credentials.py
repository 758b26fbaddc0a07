"""What was made by an old password ends with it: tokens of the API, beside sessions; so do feeds of who is disabled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model.account import Role
from monitor.model.alert import ChannelName, Filter
from monitor.model.scope import Scope
from monitor.pipeline.account_changes import disable_account, enable_account
from storage.engine import Database
from storage.tokens import TokenPurpose
from tests.integration.web.subscribers import PASSWORD, Reader, Town, filled
from tests.sinks import SmtpSink

OTHER = "quite another few words"


@pytest.fixture
def town(sqlite_database: Database, tmp_path: Path) -> Iterator[Town]:
    with SmtpSink() as sink:
        yield Town(sqlite_database, tmp_path, sink)


def minted(town: Town, name: str, account_id: int = 1) -> dict[str, str]:
    """The header of a program that has a token of the account."""
    with town.database.work() as work:
        _, text = work.api_tokens.mint(account_id, name, [Scope.READ, Scope.SUBSCRIPTIONS], town.now, None)
    return {"authorization": f"Bearer {text}"}


def opens(town: Town, header: dict[str, str]) -> bool:
    status = town.client.get("/api/subscriptions", headers=header).status_code
    assert status in (200, 401)
    return status == 200


def revoked(town: Town) -> list[tuple[str, str, object, object]]:
    with town.database.view() as work:
        found = [entry for entry in work.audit.list() if entry.what == "tokens revoked"]
    return [(entry.who, entry.target, entry.detail["tokens"], entry.detail["why"]) for entry in found]


def changed(ada: Reader, **form: str) -> str:
    answer = ada.post("/account/password", {"password": PASSWORD, "new": OTHER, **form})
    assert answer.status_code == 303, answer.text
    return Reader(ada.town, answer.headers["set-cookie"].partition(";")[0]).get(answer.headers["location"]).text


def test_a_change_of_the_password_offers_to_end_the_tokens_and_does(town: Town) -> None:
    ada, bob = town.reader("ada@example.org"), town.reader("bob@example.org")
    assert "tokens" not in filled(ada.get("/account").text, "/account/password")
    mine, also, others = minted(town, "laptop"), minted(town, "phone"), minted(town, "bobs", 2)
    page = ada.get("/account").text
    assert "Also revoke my 2 tokens" in page
    ticked = filled(page, "/account/password")["tokens"]
    assert "your tokens of the API open nothing any more" in changed(ada, tokens=ticked[0])
    assert [opens(town, header) for header in (mine, also, others)] == [False, False, True]
    assert revoked(town) == [("subscriber", "account 1", 2, "password changed")]
    assert "Also revoke my token of" in bob.get("/account").text


def test_whoever_does_not_tick_it_keeps_them_also_after_a_typing_error(town: Town) -> None:
    ada, token = town.reader("ada@example.org"), minted(town, "laptop")
    wrong = ada.post("/account/password", {"password": PASSWORD, "new": "short"})
    assert wrong.status_code == 422
    assert "tokens" not in filled(wrong.text, "/account/password")
    wrong = ada.post("/account/password", {"password": PASSWORD, "new": "short", "tokens": "end"})
    assert "tokens" in filled(wrong.text, "/account/password")
    assert "tokens of the API" not in re.findall(r'role="status">([^<]*)<', changed(ada))[0]
    assert opens(town, token)
    assert revoked(town) == []


def test_a_password_by_a_mailed_link_ends_the_tokens(town: Town) -> None:
    town.reader("ada@example.org")
    token = minted(town, "laptop")
    town.client.request("POST", "/forgotten", data={"address": "ada@example.org"})
    town.send()
    link = town.link("forgotten")
    assert "tokens of the API are revoked" in town.client.get(link).text
    assert opens(town, token)
    assert town.client.request("POST", link, data={"password": OTHER}).status_code == 303
    assert not opens(town, token)
    assert revoked(town) == [("subscriber", "account 1", 1, "password renewed")]


def test_a_password_by_an_operators_link_ends_the_tokens_and_a_first_one_none(town: Town) -> None:
    with town.database.work() as work:
        made = work.accounts.add("ada", Role.SUBSCRIBER, None, town.now)
    token = minted(town, "laptop", made.id)
    for password, still in ((PASSWORD, True), (OTHER, False)):
        with town.database.work() as work:
            link = work.accounts.invite(made.role, made.id, town.now, town.now + timedelta(days=1))
        assert opens(town, token)
        assert town.client.request("POST", f"/invitation/{link}", data={"password": password}).status_code == 303
        assert opens(town, token) is still
    assert revoked(town) == [("ada", "ada", 1, "password renewed")]


def test_feed_addresses_of_a_disabled_account_open_nothing_until_it_is_enabled(town: Town) -> None:
    town.reader("ada@example.org")
    with town.database.work() as work:
        made = work.subscriptions.add("Ada", ChannelName.LOG, "log", Filter(), None, town.now, account_id=1)
        address = f"/atom/{work.tokens.mint(TokenPurpose.FEED, made.id, town.now, None)}"
    opened = [town.client.get(address).status_code]
    for change in (disable_account, enable_account):
        with town.database.work() as work:
            change(work, 1, "ops", town.now)
        opened.append(town.client.get(address).status_code)
    assert opened == [200, 404, 200]
