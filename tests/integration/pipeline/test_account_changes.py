"""What operators do to accounts, and what follows for all that the accounts may and are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model.account import Account, Role
from monitor.model.scope import Scope
from monitor.pipeline.account_changes import disable_account, enable_account
from storage.engine import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


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
