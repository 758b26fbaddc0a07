"""What operators do to accounts, and what follows for all that the accounts may and are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.timing import first_digest
from monitor.model.account import Account, Role
from monitor.model.alert import ACCOUNT_DISABLED, ChannelName, Filter
from monitor.model.position import ChangeKind
from monitor.model.scope import Scope
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.account_changes import disable_account, enable_account
from monitor.pipeline.digests import Digests, Released
from monitor.pipeline.subscribing import AccountOff, enable
from monitor.pipeline.why import why
from storage.engine import Database
from storage.migrations import schema
from tests.integration.pipeline.walking import AGAINST, FOR, Walk

BEFORE = datetime(2025, 6, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
LATER = NOW + 30 * DAY
AT_ONCE = Timing()


def reader(database: Database, name: str = "ada") -> Account:
    with database.work() as work:
        return work.accounts.add(name, Role.SUBSCRIBER, "a hash", NOW)


def test_who_is_disabled_loses_their_tokens_for_good_and_nobody_else_does(database: Database) -> None:
    ada, bob = reader(database), reader(database, "bob")
    with database.work() as work:
        gone, _ = work.api_tokens.mint(ada.id, "gone", [Scope.READ], NOW, None)
        work.api_tokens.revoke(gone.id, NOW)
        _, mine = work.api_tokens.mint(ada.id, "laptop", [Scope.READ], NOW, None)
        _, others = work.api_tokens.mint(bob.id, "laptop", [Scope.READ], NOW, None)
        disable_account(work, ada.id, "ops", LATER)
    with database.work() as work:
        enable_account(work, ada.id, "ops", LATER)
        assert work.api_tokens.owner(mine, LATER) is None
        assert work.api_tokens.owner(others, LATER) is not None
        assert [token.revoked_at for token in work.api_tokens.of(ada.id)] == [LATER, NOW]
        (entry,) = (entry for entry in work.audit.list() if entry.what == "tokens revoked")
        assert (entry.who, entry.target, entry.detail) == ("ops", "ada", {"tokens": 1, "why": "account disabled"})
        disable_account(work, bob.id, "ops", LATER)
        enable_account(work, bob.id, "ops", LATER)
        disable_account(work, bob.id, "ops", LATER)
        assert len([entry for entry in work.audit.list() if entry.what == "tokens revoked"]) == 2


def subscribed(database: Database, who: Account, target: str, timing: Timing = AT_ONCE) -> int:
    with database.work() as work:
        made = work.subscriptions.add(
            who.name,
            ChannelName.EMAIL,
            target,
            Filter(),
            None,
            BEFORE,
            timing=timing,
            next_digest_at=first_digest(timing, ChannelName.EMAIL, BEFORE),
            account_id=who.id,
        )
    return made.id


def switch(database: Database, who: Account, *, on: bool, now: datetime) -> None:
    with database.work() as work:
        (enable_account if on else disable_account)(work, who.id, "ops", now)


def off_why(database: Database, number: int) -> str | None:
    with database.view() as work:
        found = work.subscriptions.get(number)
    assert (found.disabled_at is None) == (found.disabled_why is None)
    return found.disabled_why


def told(database: Database, number: int) -> list[object]:
    with database.view() as work:
        return [alert.content["actor"] for alert in work.alerts.of_subscription(number)]


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def test_what_changes_while_an_account_is_disabled_is_not_told_later(walk: Walk) -> None:
    database = walk.database
    ada, bob = reader(database), reader(database, "bob")
    mine, others = subscribed(database, ada, "ada@example.org"), subscribed(database, bob, "bob@example.org")
    daily = subscribed(database, ada, "ada@example.org", Timing(cadence=Cadence.DAILY))
    switch(database, ada, on=False, now=NOW)
    walk.says("Holm", FOR, 1)
    walk.says("Holm", AGAINST, 20)
    walk.reader.step(NOW, limit=1000)
    assert Digests(database).step(NOW + 2 * DAY) == Released()
    switch(database, ada, on=True, now=NOW + 3 * DAY)
    with database.work() as work:
        claimed = work.alerts.claim_due(NOW + 3 * DAY, 99, timedelta(hours=1))
    assert {delivery.subscription_id for delivery in claimed} == {others}
    assert told(database, mine) == told(database, daily) == []
    (change,) = [c for c in walk.changes() if c.found.kind is ChangeKind.REVERSED]
    with database.view() as work:
        resumed = work.subscriptions.get(daily)
        line = why(work, change, work.subscriptions.get(mine), work.rules.current()).line
    assert resumed.next_digest_at is not None
    assert resumed.next_digest_at > NOW + 3 * DAY
    assert resumed.last_digest_at == NOW + 3 * DAY
    assert line == (
        "subscription disabled then, from 2025-06-02 12:00 UTC to 2025-06-05 12:00 UTC: its account is disabled"
    )
    walk.says("Sten Berg", FOR, 41)
    walk.says("Sten Berg", AGAINST, 60)
    walk.reader.step(NOW + 4 * DAY, limit=1000)
    assert told(database, mine), "and it goes on"


def test_what_was_off_for_another_reason_stays_off(database: Database) -> None:
    ada = reader(database)
    paused, later, failed, active = (subscribed(database, ada, f"{n}@example.org") for n in range(4))
    with database.work() as work:
        work.subscriptions.disable(paused, "paused by the subscriber", NOW)
    switch(database, ada, on=False, now=NOW)
    with database.view() as work:
        assert work.accounts.paused_counts() == {ada.id: 3}
    with database.work() as work:  # meanwhile, by an operator and by the link in an old mail
        work.subscriptions.disable(later, "by the operator", LATER)
        work.subscriptions.disable(failed, "given up: gone", LATER)
        for number in (paused, active):
            with pytest.raises(AccountOff, match="`volteface accounts enable ada`"):
                enable(work, number, who="cli", now=LATER)
    assert off_why(database, active) == ACCOUNT_DISABLED
    switch(database, ada, on=True, now=LATER)
    assert [off_why(database, number) for number in (paused, later, failed, active)] == [
        "paused by the subscriber",
        "by the operator",
        "given up: gone",
        None,
    ]
    with database.view() as work:
        assert work.accounts.paused_counts() == {}
        entries = {entry.what: entry.detail for entry in work.audit.list()}
    assert entries["account disabled"] == {"subscriptions paused": 3}
    assert entries["account enabled"] == {"subscriptions resumed": 1}


def test_one_that_is_made_for_an_address_of_a_disabled_account_waits_with_it(database: Database) -> None:
    ada = reader(database)
    with database.work() as work:
        work.account_addresses.prove(ada.id, "ada@example.org", NOW)
    switch(database, ada, on=False, now=NOW)
    with database.work() as work:
        made = work.subscriptions.add("ops", ChannelName.EMAIL, "ada@example.org", Filter(), None, LATER)
    assert (made.account_id, off_why(database, made.id)) == (ada.id, ACCOUNT_DISABLED)
    switch(database, ada, on=True, now=LATER)
    assert off_why(database, made.id) is None


def test_accounts_that_were_disabled_before_the_upgrade_are_met(empty_url: str) -> None:
    database = Database(empty_url)
    upgrade_to(database, "0022")
    ada, bob = reader(database), reader(database, "bob")
    with database.work() as work:
        _, mine = work.api_tokens.mint(ada.id, "laptop", [Scope.READ], NOW, None)
        _, others = work.api_tokens.mint(bob.id, "laptop", [Scope.READ], NOW, None)
    waits, goes_on = subscribed(database, ada, "ada@example.org"), subscribed(database, bob, "bob@example.org")
    with database.work() as work:
        work.accounts.disable(ada.id, NOW)
    database.upgrade()
    assert (off_why(database, waits), off_why(database, goes_on)) == (ACCOUNT_DISABLED, None)
    with database.view() as work:
        assert work.subscriptions.get(waits).disabled_at == NOW
    switch(database, ada, on=True, now=LATER)
    assert off_why(database, waits) is None
    with database.view() as work:
        assert work.api_tokens.owner(mine, LATER) is None
        assert work.api_tokens.owner(others, LATER) is not None
    database.close()


def upgrade_to(database: Database, revision: str) -> None:
    with database._engine.begin() as connection:
        settings = schema.config()
        settings.attributes["connection"] = connection
        schema.command.upgrade(settings, revision)
