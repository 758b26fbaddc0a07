"""What is stored of somebody: all of it to take along, and none of it left once they delete their account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model.account import Role
from monitor.model.alert import AlertKind, ChannelName, Filter, Message, NewAlert, Subscription
from monitor.model.letter import LetterPurpose
from monitor.model.scope import Scope
from monitor.pipeline.letters import queue_letter
from monitor.pipeline.own import send_test, subscribe
from monitor.web.passwords import hashed
from storage.engine import Database
from storage.portrait import refers_to_subscription
from storage.tables import Table
from storage.tokens import TokenPurpose
from storage.work import Work
from tests.integration.web.subscribers import PASSWORD, Reader, Town
from tests.integration.web.test_gets_change_nothing import contents
from tests.sinks import SmtpSink

MARK = "zweistein"
"""In all that is theirs, and nowhere else."""

ADDRESS, OTHER = f"{MARK}@example.org", "eve@example.org"
HOOK = f"https://hooks.example/{MARK}"


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Town]:
    with SmtpSink() as sink:
        yield Town(database, tmp_path, sink)


def tell(work: Work, told: list[Subscription], what: str, kind: AlertKind, town: Town) -> list[str]:
    sequence = work.alerts.next_sequence(None, None)
    message = Message(
        content={"said": what}, subject=what, text=what, html=what, payload=json.dumps(what), actor=None, issue=None,
        sequence=sequence,
    )  # fmt: skip
    new = [NewAlert(subscription=one, dedup=f"{kind}:{sequence}") for one in told]
    return work.alerts.add(message, new, kind, town.now)


def live(town: Town) -> tuple[Reader, Subscription, Subscription]:
    """Somebody with everything that there is, and somebody else beside them, whose subscription is given last."""
    with town.database.work() as work:
        claimed = work.subscriptions.add(f"{MARK}'s", ChannelName.EMAIL, ADDRESS, Filter(), None, town.now)
        hers = work.subscriptions.add("Eve", ChannelName.EMAIL, OTHER, Filter(), None, town.now)
        work.audit.add("cli", "subscribed", str(claimed.id), {"target": f"z…@{MARK}", "channel": "email"}, town.now)
    reader = town.sign_up(ADDRESS)
    with town.database.work() as work:
        account = work.accounts.by_name(ADDRESS)
        assert account is not None
        hook = subscribe(work, account.id, ChannelName.WEBHOOK, HOOK, Filter(), claimed.timing, town.now)
        send_test(work, claimed, town.now)
        tell(work, [claimed, hook, hers], "both were told of this", AlertKind.MATCH, town)
        (inner,) = tell(work, [claimed], f"only {MARK} was told of this", AlertKind.MATCH, town)
        (digest,) = tell(work, [claimed], f"{MARK}'s digest", AlertKind.DIGEST, town)
        work._session.connection().exec_driver_sql(f"UPDATE alert SET digest_id = '{digest}' WHERE id = '{inner}'")
        tell(work, [hers], f"dead letters of {MARK}'s by email: 550 {ADDRESS} is nobody", AlertKind.ALARM, town)
        words = {"name": f"{MARK}'s by email", "words": f"550 {ADDRESS}", "remedy": "none"}
        work.alarms.raise_("endpoint", f"subscription {claimed.id}", words, town.now)
        work.audit.add("sender", "target stopped", str(claimed.id), {"why": f"550 {ADDRESS} is nobody"}, town.now)
        for purpose in (TokenPurpose.MANAGE, TokenPurpose.FEED):
            work.tokens.mint(purpose, claimed.id, town.now, None)
        work.api_tokens.mint(account.id, f"{MARK}'s script", {Scope.READ}, town.now, None)
        work.accounts.invite(Role.SUBSCRIBER, account.id, town.now, town.now + timedelta(days=1))
        queue_letter(work, LetterPurpose.PASSWORD, ADDRESS, account.id, town.now)
        work.audit.add(ADDRESS, "something", ADDRESS, {}, town.now)
        work.subscriptions.edit(claimed.id, Filter(pending=True), claimed.timing, None, ADDRESS, "", town.now)
    return reader, claimed, hers


def delete(reader: Reader, **form: str) -> int:
    return reader.post("/account/delete", {"password": PASSWORD, "typed": "delete my account", **form}).status_code


def test_nothing_of_an_account_is_left_and_nothing_of_others_goes(town: Town, database_url: str) -> None:
    reader, _, hers = live(town)
    before = contents(database_url)
    holds = {name for name, rows in before.items() if MARK in str(rows)}
    assert holds >= {
        "account", "account_address", "account_letter", "account_link", "address", "alarm", "api_token", "audit",
        "delivery", "message", "subscriber", "subscription", "subscription_version",
    }  # fmt: skip
    assert delete(reader) == 303
    after = contents(database_url)
    left = {name: [row for row in rows if MARK in str(row)] for name, rows in after.items()}
    assert {name: rows for name, rows in left.items() if rows} == {}
    for table in ("session", "invitation", "token", "api_token", "attempt", "account", "account_link"):
        assert after[table] == [], table
    assert [len(after[name]) for name in ("subscription", "subscriber", "address")] == [1, 1, 1]
    with town.database.view() as work:
        told = work.alerts.of_subscription(hers.id)
        assert {alert.subject for alert in told} >= {"both were told of this"}
        assert any("(deleted)" in alert.subject for alert in told)
        assert work.audit.of("account deleted", "former account 1")


def test_no_table_with_an_account_or_a_subscription_is_forgotten_above(town: Town, database_url: str) -> None:
    """Whoever adds a table that refers to people adds it to what is filled, erased and exported."""
    live(town)
    tables = Table.metadata.tables.values()
    personal = {table.name for table in tables if "account_id" in table.columns or refers_to_subscription(table)}
    filled = {name for name, rows in contents(database_url).items() if rows}
    assert personal <= filled


def test_it_takes_the_password_and_the_words(town: Town, database_url: str) -> None:
    reader, _, _ = live(town)
    assert reader.get("/account/delete").status_code == 200
    before = contents(database_url)["account"]
    assert delete(reader, typed="delete") == 422
    assert delete(reader, password="no such password") == 422
    assert delete(reader, csrf="wrong") == 403
    assert contents(database_url)["account"] == before


def test_the_last_operator_stays(town: Town) -> None:
    with town.database.work() as work:
        account = work.accounts.add("ops", Role.OPERATOR, hashed(PASSWORD), town.now)
        token = work.accounts.sign_in(account.id, town.now, town.now + timedelta(days=1))
    operator = Reader(town, f"volteface={token}")
    assert delete(operator) == 422
    with town.database.work() as work:
        work.accounts.add("second", Role.OPERATOR, hashed(PASSWORD), town.now)
    assert delete(operator) == 303


def test_the_export_holds_every_row_and_no_secret(town: Town, database_url: str) -> None:
    reader, claimed, hers = live(town)
    answer = reader.get("/account/export")
    assert answer.headers["content-disposition"].startswith('attachment; filename="volteface-account-')
    assert answer.headers["cache-control"] == "no-store"
    tables = answer.json()["tables"]
    for name, rows in contents(database_url).items():
        theirs = [row for row in rows if MARK in row]
        told = {"alarm", "audit", "message"}  # what others were told of them, and what the service noted of itself
        assert len(tables.get(name, [])) >= len(theirs) or name in told, name
    assert {row["subject"] for row in tables["message"]} >= {"both were told of this", f"{MARK}'s digest"}
    assert tables["subscription"][0]["id"] == claimed.id
    assert OTHER not in answer.text
    assert str(hers.id) not in {str(row["subscription_id"]) for row in tables["alert"]}
    for secret in ("whsec_", "$argon2", '"hash"', "password_hash"):
        assert secret not in answer.text
    assert town.client.get("/account/export").status_code == 401
