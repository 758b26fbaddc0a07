"""Tokens of the API. Of a token only its beginning and its hash are stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, not_, or_, update
from sqlmodel import col, select

from monitor.model.account import Account, Role
from monitor.model.scope import ApiToken, Scope
from storage.accounts import account_of
from storage.errors import NotFound
from storage.repository import Repository
from storage.tables import AccountRow, ApiTokenRow

PREFIX = "vft_"
"""So that scanners for secrets, and people, know what they have found."""

RANDOM_BYTES = 24
_SHOWN = len(PREFIX) + 6

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a token that is used all the time must not write all the time."""


class ApiTokens(Repository):
    """The tokens. Nobody can read one out of the database."""

    def mint(
        self, account_id: int, name: str, scopes: Iterable[Scope], now: datetime, expires_at: datetime | None
    ) -> tuple[ApiToken, str]:
        """A new token, and its text, which is nowhere else from now on."""
        text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        row = ApiTokenRow(
            account_id=account_id,
            name=name,
            begins=text[:_SHOWN],
            hash=_hash(text),
            scopes=" ".join(sorted({scope.value for scope in scopes})),
            created_at=now,
            expires_at=expires_at,
        )
        self._session.add(row)
        self._session.flush()
        return _token(row), text

    def owner(self, text: str, now: datetime) -> tuple[ApiToken, Account] | None:
        """The token and whose it is; None for one that is unknown, expired or revoked, or whose owner is disabled."""
        query = (
            select(ApiTokenRow, AccountRow)
            .join(AccountRow, col(ApiTokenRow.account_id) == col(AccountRow.id))
            .where(
                ApiTokenRow.hash == _hash(text),
                col(ApiTokenRow.revoked_at).is_(None),
                or_(col(ApiTokenRow.expires_at).is_(None), col(ApiTokenRow.expires_at) > now),
                col(AccountRow.disabled_at).is_(None),
            )
        )
        found = self._session.exec(query.execution_options(populate_existing=True)).first()
        if found is None:
            return None
        row, owner = found
        assert owner.id is not None
        return _token(row), Account(id=owner.id, name=owner.name, role=Role(owner.role), created_at=owner.created_at)

    def use(self, token_id: int, now: datetime) -> None:
        """Notes that the token was used."""
        self._session.exec(update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(used_at=now))

    def of(self, account_id: int) -> list[ApiToken]:
        """The tokens of an account, also those that no longer work, newest first."""
        query = select(ApiTokenRow).where(ApiTokenRow.account_id == account_id).order_by(col(ApiTokenRow.id).desc())
        return [_token(row) for row in self._session.exec(query)]

    def all(self) -> list[ApiToken]:
        """Everybody's tokens, newest first."""
        return [_token(row) for row in self._session.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.id).desc()))]

    def listed(self, now: datetime, *, ended: bool, before: int | None, limit: int) -> list[tuple[ApiToken, Account]]:
        """Everybody's tokens with their owners, newest first: those that open something, or with `ended` those that
        do not any more. With `before` only those with smaller ids."""
        opens = and_(
            col(ApiTokenRow.revoked_at).is_(None),
            or_(col(ApiTokenRow.expires_at).is_(None), col(ApiTokenRow.expires_at) > now),
            col(AccountRow.disabled_at).is_(None),
        )
        query = select(ApiTokenRow, AccountRow).join(AccountRow, col(ApiTokenRow.account_id) == col(AccountRow.id))
        query = query.where(not_(opens) if ended else opens)
        if before is not None:
            query = query.where(col(ApiTokenRow.id) < before)
        found = self._session.exec(query.order_by(col(ApiTokenRow.id).desc()).limit(limit))
        return [(_token(row), account_of(owner)) for row, owner in found]

    def revoke(self, token_id: int, now: datetime, *, account_id: int | None = None) -> ApiToken:
        """Ends a token for good; with `account_id` only one of that account. Raises NotFound."""
        row = self._row(ApiTokenRow, token_id, "token")
        if account_id is not None and row.account_id != account_id:
            raise NotFound("token", token_id)
        row.revoked_at = row.revoked_at or now
        self._session.add(row)
        self._session.flush()
        return _token(row)

    def revoke_all(self, account_id: int, now: datetime) -> int:
        """Ends all tokens of an account that are not ended yet; gives how many."""
        mine = (col(ApiTokenRow.account_id) == account_id, col(ApiTokenRow.revoked_at).is_(None))
        return self._session.exec(update(ApiTokenRow).where(*mine).values(revoked_at=now)).rowcount


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _token(row: ApiTokenRow) -> ApiToken:
    assert row.id is not None
    known = {scope.value for scope in Scope}
    return ApiToken(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        begins=row.begins,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split() if scope in known),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
