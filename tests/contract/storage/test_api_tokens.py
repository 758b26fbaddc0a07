"""Tokens of the API: stored as hashes, ended by time, by revoking and with their owner."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.model.account import Role
from monitor.model.scope import SCOPES_OF, Scope, may
from storage.engine import Database
from storage.errors import NotFound
from tests.contract.storage.values import NOW


def test_a_token_is_known_by_its_text_which_is_not_stored(database: Database) -> None:
    with database.work() as work:
        ada = work.accounts.add("ada", Role.OPERATOR, None, NOW)
        token, text = work.api_tokens.mint(ada.id, "laptop", [Scope.READ, Scope.FEEDS_WRITE], NOW, None)
    assert text.startswith(token.begins)
    assert len(token.begins) < len(text) / 2
    with database.view() as work:
        found = work.api_tokens.owner(text, NOW)
        assert found is not None
        assert found == (token, ada)
        assert found[0].scopes == {Scope.READ, Scope.FEEDS_WRITE}
        assert work.api_tokens.owner(text[:-1], NOW) is None
        assert work.api_tokens.owner("", NOW) is None
        assert text not in repr(work.api_tokens.all())


def test_it_ends_by_time_by_revoking_and_with_its_owner(database: Database) -> None:
    with database.work() as work:
        ada = work.accounts.add("ada", Role.OPERATOR, None, NOW)
        bob = work.accounts.add("bob", Role.SUBSCRIBER, None, NOW)
        _, short = work.api_tokens.mint(ada.id, "short", [Scope.READ], NOW, NOW + timedelta(hours=1))
        revoked, gone = work.api_tokens.mint(ada.id, "gone", [Scope.READ], NOW, None)
        _, kept = work.api_tokens.mint(ada.id, "kept", [Scope.READ], NOW, None)
        with pytest.raises(NotFound):
            work.api_tokens.revoke(revoked.id, NOW, account_id=bob.id)
        assert work.api_tokens.revoke(revoked.id, NOW, account_id=ada.id).revoked_at == NOW
    with database.view() as work:
        assert work.api_tokens.owner(short, NOW + timedelta(minutes=59)) is not None
        assert work.api_tokens.owner(short, NOW + timedelta(hours=1)) is None
        assert work.api_tokens.owner(gone, NOW) is None
        assert [token.name for token in work.api_tokens.of(ada.id)] == ["kept", "gone", "short"]
        assert work.api_tokens.of(bob.id) == []
    with database.work() as work:
        work.accounts.disable(ada.id, NOW)
        assert work.api_tokens.owner(kept, NOW) is None


def test_its_use_is_noted(database: Database) -> None:
    with database.work() as work:
        ada = work.accounts.add("ada", Role.SUBSCRIBER, None, NOW)
        token, _ = work.api_tokens.mint(ada.id, "t", [Scope.READ], NOW, None)
        work.api_tokens.use(token.id, NOW + timedelta(hours=2))
        assert work.api_tokens.of(ada.id)[0].used_at == NOW + timedelta(hours=2)


def test_what_counts_is_what_the_owners_role_allows_now() -> None:
    assert may(frozenset(Scope), Role.SUBSCRIBER) == {Scope.READ, Scope.SUBSCRIPTIONS}
    assert SCOPES_OF[Role.OPERATOR] == frozenset(Scope)


def test_those_of_all_are_listed_with_their_owners_page_by_page(database: Database) -> None:
    with database.work() as work:
        ada, bob, eve = (work.accounts.add(name, Role.SUBSCRIBER, None, NOW) for name in ("ada", "bob", "eve"))
        for owner, name, lasts in ((ada, "a", None), (bob, "b", 2), (ada, "c", 1), (eve, "d", None), (bob, "e", None)):
            expires_at = None if lasts is None else NOW + timedelta(hours=lasts)
            token, _ = work.api_tokens.mint(owner.id, name, [Scope.READ], NOW, expires_at)
        work.api_tokens.revoke(token.id, NOW)
        work.accounts.disable(eve.id, NOW)

        def listed(*, ended: bool, before: int | None = None, limit: int = 9) -> list[tuple[str, str]]:
            now = NOW + timedelta(hours=1)
            found = work.api_tokens.listed(now, ended=ended, before=before, limit=limit)
            return [(token.name, owner.name) for token, owner in found]

        assert listed(ended=False) == [("b", "bob"), ("a", "ada")]
        assert listed(ended=True) == [("e", "bob"), ("d", "eve"), ("c", "ada")]
        assert listed(ended=True, limit=2) == [("e", "bob"), ("d", "eve")]
        assert listed(ended=True, before=token.id - 1, limit=2) == [("c", "ada")]
        assert work.api_tokens.listed(NOW, ended=True, before=None, limit=9)[1][1].disabled_at == NOW
