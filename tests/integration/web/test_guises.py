"""Somebody who pretends: goes by another's name, signs others in, tries all at once, keeps a link that is over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from monitor.model.account import Role
from monitor.model.alert import ChannelName, Filter
from monitor.model.timing import Timing
from monitor.pipeline.own import MOST_TESTS, MOST_TESTS_OF_ACCOUNT, OwnError, send_test, subscribe
from monitor.setting_pages import Readers
from monitor.settings import Settings
from monitor.web import passwords
from monitor.web.app import create_app
from monitor.web.pages import sign_in
from monitor.web.pages.sign_in import MOST_OF_NAME
from monitor.web.passwords import AT_ONCE, is_right
from storage.engine import Database
from storage.icons import StoredIcon
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.integration.web.subscribers import PASSWORD, Town
from tests.sinks import SmtpSink

ELSEWHERE = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
EVE, BOB = "eve@example.org", "bob@example.org"


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Town]:
    with SmtpSink() as sink:
        yield Town(database, tmp_path, sink)


@pytest.mark.parametrize(
    "name", ["subscriber", "Worker", "cli", "operator token", "account 1", "former account 9", "1"]
)
def test_nobody_goes_by_the_name_of_what_is_no_person(town: Town, name: str) -> None:
    eve = town.reader(EVE)
    assert eve.post("/account/name", {"name": name}).status_code == 422
    town.client.request("POST", "/sign-up", data={"address": BOB})
    town.send()
    made = town.client.request("POST", town.link("sign-up"), data={"name": name, "password": PASSWORD})
    assert made.status_code == 422


def test_a_name_that_stands_in_the_log_is_nobody_elses(town: Town) -> None:
    with town.database.work() as work:
        work.audit.add("ana", "feed edited", "7", {"folder": "inner"}, NOW)
    eve = town.reader(EVE)
    assert eve.post("/account/name", {"name": "Ana"}).status_code == 422
    assert eve.post("/account/name", {"name": "eva"}).status_code == 303


def test_what_looks_like_a_name_stays_in_the_log_and_out_of_the_export(town: Town) -> None:
    """An operator may call somebody as they like, also as a feed is called: by its number."""
    with town.database.work() as work:
        work.audit.add("ops", "feed edited", "7", {}, NOW)
        work.audit.add("ops", "account made", "7", {}, NOW)
    seven = town.reader("7")
    assert {(e["what"], e["target"]) for e in seven.get("/account/export").json()["tables"]["audit"]} == {
        ("account made", "7")
    }
    gone = seven.post("/account/delete", {"typed": "delete my account", "password": PASSWORD})
    assert gone.status_code == 303
    with town.database.view() as work:
        assert [entry.target for entry in work.audit.of("feed edited", "7")] == ["7"]
        assert work.audit.of("account made", "7") == []


def test_earlier_names_are_taken_along_and_erased_and_no_later_ones(town: Town) -> None:
    eve = town.reader(EVE)
    assert eve.post("/account/tokens", {"name": "laptop", "scope": "read", "days": "30"}).status_code == 200
    assert eve.post("/account/name", {"name": "eva"}).status_code == 303
    with town.database.work() as work:  # by somebody who is called so since
        work.audit.add(EVE, "feed edited", "7", {}, NOW)
    told = [(e["who"], e["what"]) for e in eve.get("/account/export").json()["tables"]["audit"]]
    assert told == [(EVE, "token made"), ("subscriber", "renamed")]
    eve.post("/account/delete", {"typed": "delete my account", "password": PASSWORD})
    with town.database.view() as work:
        log = work.audit.list()
    assert [entry.what for entry in log if entry.who == EVE] == ["feed edited"]
    assert not any(name in str(entry.detail) for entry in log for name in (EVE, "eva"))


def test_other_sites_sign_nobody_in_by_a_link_of_theirs(town: Town) -> None:
    town.client.request("POST", "/sign-up", data={"address": EVE})
    town.send()
    form = {"name": EVE, "password": PASSWORD}
    links = [town.link("sign-up")]
    town.reader(BOB)
    town.client.request("POST", "/forgotten", data={"address": BOB})
    town.send()
    links.append(town.link("forgotten"))
    with town.database.work() as work:
        links.append(f"/invitation/{work.accounts.invite(Role.OPERATOR, None, NOW, NOW + timedelta(days=1))}")
    for link in links:
        refused = town.client.request("POST", link, data=form, headers=ELSEWHERE)
        assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
        assert town.client.request("POST", link, data={**form, "name": f"x{len(link)}"}).status_code == 303


def test_a_mailbox_that_was_taken_out_opens_nothing(town: Town) -> None:
    """Also where the account is still called by that address."""
    eve = town.reader(EVE)
    with town.database.work() as work:
        account = work.accounts.by_name(EVE)
        assert account is not None
        work.account_addresses.prove(account.id, "new@example.org", NOW)
    town.client.request("POST", "/forgotten", data={"address": EVE})
    town.send()
    assert eve.post("/account/addresses/remove", {"address": EVE}).status_code == 303
    late = town.client.request("POST", town.link("forgotten"), data={"password": "another few words"})
    assert (late.status_code, "set-cookie" in late.headers) == (404, False)


def test_a_link_to_a_password_ends_with_a_newer_one_with_the_password_and_with_the_account(database: Database) -> None:
    until = NOW + timedelta(days=1)
    with database.work() as work:
        ann = work.accounts.add("ann", Role.OPERATOR, "x", NOW).id
        first = work.accounts.invite(Role.OPERATOR, ann, NOW, until)
        work.accounts.set_role(ann, Role.SUBSCRIBER)
        second = work.accounts.invite(Role.SUBSCRIBER, ann, NOW, until)
        assert work.accounts.invitation(first, NOW) is None
        work.accounts.set_password(ann, "y")
        assert work.accounts.invitation(second, NOW) is None
        third = work.accounts.invite(Role.SUBSCRIBER, ann, NOW, until)
        work.accounts.disable(ann, NOW)
        assert work.accounts.invitation(third, NOW) is None


def test_names_beyond_ascii_sign_in_however_they_are_cased(town: Town) -> None:
    eve, bob = town.reader(EVE), town.reader(BOB)
    assert eve.post("/account/name", {"name": "ÄÖ"}).status_code == 303
    for typed in ("ÄÖ", "äö", "Äö"):
        signed = town.client.request("POST", "/sign-in", data={"name": typed, "password": PASSWORD})
        assert signed.status_code == 303
        assert bob.post("/account/name", {"name": typed}).status_code == 422


def test_guesses_at_the_same_time_are_no_more_than_one_after_the_other(
    sqlite_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of them is right, and is told no more than the others are."""
    database, many = Database(sqlite_url), MOST_OF_NAME + 3
    with database.work() as work:
        work.accounts.add("ann", Role.SUBSCRIBER, passwords.hashed(PASSWORD), NOW)
    all_there, may_go = threading.Barrier(many), [threading.Event() for _ in range(many)]

    def slow(stored: str | None, password: str) -> bool:
        all_there.wait(30)  # every one of them was let in before any was counted
        if password == PASSWORD:
            may_go[0].wait(30)
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(sign_in, "is_right", slow)
    client = Client(create_app(database, settings, clock=lambda: NOW))

    def guess(password: str) -> int:
        return client.request("POST", "/sign-in", data={"name": "ann", "password": password}).status_code

    with ThreadPoolExecutor(many) as pool:
        right = pool.submit(guess, PASSWORD)
        wrong = [pool.submit(guess, f"wrong {n}") for n in range(many - 1)]
        statuses = sorted(one.result(60) for one in wrong)
        may_go[0].set()
        assert right.result(60) == 429
    assert statuses == [403] * MOST_OF_NAME + [429] * (many - 1 - MOST_OF_NAME)
    database.close()


def test_no_more_passwords_are_reckoned_at_once_than_there_is_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(AT_ONCE)

    class Hasher:
        def verify(self, stored: str, password: str) -> bool:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            full.wait(30)
            with lock:
                under_way -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", Hasher)
    monkeypatch.setattr(passwords, "_nobodys", lambda: "")
    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        assert all(pool.map(lambda _: is_right("stored", "x"), range(4 * AT_ONCE)))
    assert most == AT_ONCE


def test_an_account_floods_nobody_by_subscriptions_that_it_makes_again(town: Town) -> None:
    with town.database.work() as work:
        eve = work.accounts.add("eve", Role.SUBSCRIBER, None, NOW).id

        def made() -> int:
            hook = "https://hooks.example/x"
            one = subscribe(work, eve, ChannelName.WEBHOOK, hook, Filter(), Timing(), NOW)
            for _ in range(MOST_TESTS):
                send_test(work, one, NOW)
            return one.id

        for _ in range(MOST_TESTS_OF_ACCOUNT // MOST_TESTS):
            work.erasure.subscription(made())
        with pytest.raises(OwnError, match="test messages from you"):
            made()


def test_what_no_database_takes_is_no_error_of_ours(town: Town) -> None:
    eve = town.reader(EVE)
    assert town.client.request("POST", "/sign-in", data={"name": "a\0b", "password": "x"}).status_code == 403
    assert eve.post("/account/sessions/end", {"session": "\0"}).status_code == 303


@pytest.mark.parametrize(("readers", "kept"), [(Readers.ANYBODY, "public"), (Readers.SIGNED_IN, "private")])
def test_no_cache_hands_out_what_only_the_signed_in_may_see(
    sqlite_url: str, tmp_path: Path, readers: Readers, kept: str
) -> None:
    database = Database(sqlite_url)
    with database.work() as work:
        work.icons.want({"https://paper.example"}, NOW)
        (claimed,) = work.icons.claim_due(NOW, 1, timedelta(minutes=1))
        work.icons.put(claimed, StoredIcon("image/png", b"png"), NOW + timedelta(days=1), NOW)
        ann = work.accounts.add("ann", Role.SUBSCRIBER, None, NOW).id
        cookie = f"volteface={work.accounts.sign_in(ann, NOW, NOW + timedelta(days=1))}"
    settings = Settings(data_dir=tmp_path, readers=readers, _env_file=None)
    client = Client(create_app(database, settings, clock=lambda: NOW))
    answer = client.get("/icons/1", headers={"cookie": cookie})
    assert (answer.status_code, answer.headers["cache-control"].split(",")[0]) == (200, kept)
    database.close()


def test_errors_of_the_database_tell_no_secrets(database: Database) -> None:
    with pytest.raises(IntegrityError) as failed, database.work() as work:
        work.accounts.add("ann", Role.SUBSCRIBER, "not for anybody", NOW)
        work.accounts.add("bob", Role.SUBSCRIBER, "not for anybody", NOW)
        work.accounts._session.execute(text("UPDATE account SET password_hash = :it, name = 'ann'"), {"it": "secret!"})
    assert "secret!" not in str(failed.value)
