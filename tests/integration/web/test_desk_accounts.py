"""Operators' page of accounts: invitations, roles, who is shut out, and that somebody always operates."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.model.account import Account, Role
from monitor.model.alert import ChannelName, Filter
from monitor.pipeline.account_changes import LastOperator, disable_account, set_role
from monitor.pipeline.letters import HOURS, OPENS, PATHS
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.integration.web.operator import Operator

PASSWORD = "a few words in a row"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The pages are the same over both; the stores are tested over both."""
    return sqlite_database


@pytest.fixture
def operator(operator: Operator, database: Database) -> Operator:
    with database.work() as work:
        work.audit.add("test", "begun", "", {}, NOW)
    return operator


def person(database: Database, name: str, role: Role, password: str | None = "some hash") -> Account:
    with database.work() as work:
        return work.accounts.add(name, role, password, NOW)


def there(database: Database, name: str) -> Account:
    with database.view() as work:
        found = work.accounts.by_name(name)
    assert found is not None
    return found


def done(database: Database) -> list[tuple[str, str, str]]:
    with database.view() as work:
        return [(entry.who, entry.what, entry.target) for entry in work.audit.list()][:-1]


def test_a_link_is_shown_once_and_makes_a_password(operator: Operator, database: Database, settings: Settings) -> None:
    answer = operator.post("/desk/accounts", name="ada", role="operator", how="link")
    assert answer.headers["cache-control"] == "no-store"
    (link,) = re.findall(r'value="http://desk.test(/invitation/[\w-]+)"', answer.text)
    assert link not in operator.get("/desk/accounts").text
    client = Client(create_app(database, settings, clock=lambda: NOW))
    assert client.request("POST", link, data={"password": PASSWORD}).status_code == 303
    assert client.get(link).status_code == 404
    assert there(database, "ada").role is Role.OPERATOR
    assert done(database)[-2:] == [("ops", "account link made", "ada"), ("ops", "account made", "ada")]


def test_a_new_link_ends_the_one_before(operator: Operator, database: Database, settings: Settings) -> None:
    ada = person(database, "ada", Role.SUBSCRIBER)
    client = Client(create_app(database, settings, clock=lambda: NOW))
    links = [
        re.findall(r"/invitation/[\w-]+", operator.post(f"/desk/accounts/{ada.id}/link").text)[0] for _ in range(2)
    ]
    assert [client.get(link).status_code for link in links] == [404, 200]


def test_what_cannot_be_invited_is_said_by_its_field(operator: Operator, database: Database) -> None:
    person(database, "ada", Role.SUBSCRIBER)
    for sent, field in (
        ({"name": "Ada", "role": "operator"}, "name"),
        ({"name": " ", "role": "operator"}, "name"),
        ({"name": "eve", "role": "emperor"}, "role"),
        ({"name": "eve", "role": "operator", "how": "mail"}, "name"),
        ({"name": "eve@x.example", "role": "operator", "how": "mail"}, "how"),
    ):
        answer = operator.post("/desk/accounts", **sent)
        assert answer.status_code == 422, sent
        assert f'id="problem-{field}"' in answer.text, sent
    with database.view() as work:
        assert [one.name for one in work.accounts.all()] == ["ops", "ada"]


def test_an_invitation_by_mail_is_queued_for_the_worker(database: Database, settings: Settings) -> None:
    mailing = settings.model_copy(update={"smtp_host": "mail.example", "public_url": "https://desk.test"})
    operator = Operator(create_app(database, mailing, clock=lambda: NOW), database)
    answer = operator.post("/desk/accounts", name="ada@x.example", role="subscriber", how="mail")
    assert "A mail with the link is on its way." in operator.follow(answer).text
    with database.work() as work:
        (letter,) = work.account_letters.claim_due(NOW, 9, timedelta(minutes=1))
    assert (letter.purpose.value, letter.target) == ("invited", "ada@x.example")
    ada = there(database, "ada@x.example")
    assert letter.account_id == ada.id
    with database.work() as work:
        opens = OPENS[letter.purpose]
        token = work.account_letters.mint(letter, opens, NOW, NOW + timedelta(hours=HOURS[letter.purpose]))
    client = Client(create_app(database, mailing, clock=lambda: NOW))
    assert client.request("POST", f"/{PATHS[letter.purpose]}/{token}", data={"password": PASSWORD}).status_code == 303
    with database.view() as work:
        assert work.accounts.password_hash(ada.id)
        assert work.account_addresses.owner("ada@x.example") == there(database, "ada@x.example")
    operator.close()


def test_roles_change_and_the_last_operator_stays_one(operator: Operator, database: Database) -> None:
    ops, ada = there(database, "ops"), person(database, "ada", Role.SUBSCRIBER)
    with database.work() as work:
        work.accounts.set_password(ops.id, "some hash")
    operator = Operator(operator._app, database)
    assert "the last one: stays so" in operator.get("/desk/accounts").text
    assert operator.post(f"/desk/accounts/{ops.id}/disable").status_code == 409
    refused = operator.post(f"/desk/accounts/{ops.id}/role", role="subscriber")
    assert refused.status_code == 409
    assert "ops is the last operator" in refused.text
    operator.follow(operator.post(f"/desk/accounts/{ada.id}/role", role="operator"))
    operator.follow(operator.post(f"/desk/accounts/{ops.id}/role", role="operator"))  # is one already
    assert operator.post(f"/desk/accounts/{ops.id}/role", role="subscriber").status_code == 303
    assert operator.get("/desk/accounts").status_code == 403  # from the next click on
    assert [what for _, what, _ in done(database)] == ["account role", "account role"]
    operator.close()


def test_who_is_disabled_is_signed_out_and_comes_back_when_enabled(operator: Operator, database: Database) -> None:
    ada = person(database, "ada", Role.SUBSCRIBER)
    with database.work() as work:
        first = work.accounts.sign_in(ada.id, NOW, NOW + timedelta(days=1))
        work.subscriptions.add("ada", ChannelName.LOG, "log", Filter(), None, NOW, account_id=ada.id)
    assert "1 browser now" in operator.get("/desk/accounts").text
    operator.follow(operator.post(f"/desk/accounts/{ada.id}/sign-out"))
    assert "paused" not in operator.get("/desk/accounts").text
    page = operator.follow(operator.post(f"/desk/accounts/{ada.id}/disable")).text
    assert "their subscriptions pause." in page
    assert "1 subscription paused" in page
    with database.view() as work:
        assert work.accounts.signed_in(first, NOW) is None
    assert there(database, "ada").disabled_at == NOW
    assert there(database, "ada").signed_in_at == NOW
    operator.follow(operator.post(f"/desk/accounts/{ada.id}/enable"))
    assert there(database, "ada").disabled_at is None
    assert [what for _, what, _ in done(database)] == [
        "account enabled",
        "subscription enabled",
        "account disabled",
        "account signed out",
    ]
    assert operator.post("/desk/accounts/999/disable").status_code == 404


def test_who_cannot_sign_in_is_no_other_operator(database: Database) -> None:
    ops = person(database, "ops", Role.OPERATOR)
    person(database, "invited", Role.OPERATOR, password=None)
    gone = person(database, "gone", Role.OPERATOR)
    with database.work() as work:
        disable_account(work, gone.id, "test", NOW)
    with pytest.raises(LastOperator), database.work() as work:
        disable_account(work, ops.id, "test", NOW)
    with pytest.raises(LastOperator), database.work() as work:
        set_role(work, ops.id, Role.SUBSCRIBER, "test", NOW)
    assert there(database, "ops").disabled_at is None
