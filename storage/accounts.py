"""Accounts, their sessions and invitations, and attempts to sign in that failed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from monitor.model.account import Account, Role
from monitor.model.alert import ACCOUNT_DISABLED
from storage.errors import AccountExists
from storage.repository import Repository
from storage.tables import AccountRow, FailedSignInRow, InvitationRow, SessionRow, SubscriptionRow
from storage.values import Invitation

RANDOM_BYTES = 32
KEY = 16
"""Digits of a session's hash by which its owner names it."""


def session_key(token: str) -> str:
    """What names the session of this token among those of its account; it opens nothing."""
    return _hash(token)[:KEY]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser that is signed in: what names it among those of its account, since when, and until when at most."""

    key: str
    since: datetime
    until: datetime


class Accounts(Repository):
    """The accounts. A session or an invitation is known by a token, of which only the hash is stored."""

    def add(self, name: str, role: Role, password_hash: str | None, now: datetime) -> Account:
        """A new account. Raises AccountExists where the name is taken, however it is cased."""
        self._lock("account", name.casefold())
        if self.by_name(name) is not None:
            raise AccountExists(f"there is an account {name!r} already")
        row = AccountRow(name=name, role=role.value, password_hash=password_hash, created_at=now)
        self._session.add(row)
        self._session.flush()
        return account_of(row)

    def get(self, account_id: int) -> Account:
        """The account. Raises NotFound."""
        return account_of(self._row(AccountRow, account_id, "account"))

    def all(self) -> list[Account]:
        """The accounts by id."""
        return [account_of(row) for row in self._session.exec(select(AccountRow).order_by(col(AccountRow.id)))]

    def by_name(self, name: str) -> Account | None:
        """The account with this name, however it is cased."""
        query = select(AccountRow).where(func.lower(AccountRow.name) == name.lower())
        if not name.isascii():
            # What databases take for the same letter in lower case differs, SQLite knows it of ASCII only.
            named = self._session.exec(select(AccountRow.id, AccountRow.name).order_by(col(AccountRow.id)))
            alike = [number for number, known in named if known.casefold() == name.casefold()]
            query = select(AccountRow).where(col(AccountRow.id).in_(alike[:1]))
        row = self._session.exec(query).first()
        return None if row is None else account_of(row)

    def password_hash(self, account_id: int) -> str | None:
        """What to verify a password with; None while none was chosen. Raises NotFound."""
        return self._row(AccountRow, account_id, "account").password_hash

    def set_password(self, account_id: int, password_hash: str) -> None:
        """Another password; whoever is signed in by the old one no longer is, nor do links work. Raises NotFound."""
        row = self._row(AccountRow, account_id, "account")
        row.password_hash = password_hash
        self._session.add(row)
        self._session.flush()
        self._end_invitations(account_id)
        self.sign_out_everywhere(account_id)

    def lock(self) -> None:
        """Keeps others from changing who operates until the transaction ends."""
        self._lock("operators")

    def operators(self) -> list[Account]:
        """The operators who can sign in: they chose a password, and are not disabled."""
        query = select(AccountRow).where(
            AccountRow.role == Role.OPERATOR.value,
            col(AccountRow.disabled_at).is_(None),
            col(AccountRow.password_hash).is_not(None),
        )
        return [account_of(row) for row in self._session.exec(query)]

    def set_role(self, account_id: int, role: Role) -> None:
        """What they may do. Raises NotFound."""
        row = self._row(AccountRow, account_id, "account")
        row.role = role.value
        self._session.add(row)
        self._session.flush()

    def signed_in_counts(self, now: datetime) -> dict[int, int]:
        """In how many browsers each account is signed in; those that are in none are left out."""
        query = (
            select(SessionRow.account_id, func.count())
            .where(SessionRow.expires_at > now)
            .group_by(col(SessionRow.account_id))
        )
        return dict(self._session.exec(query).all())

    def paused_counts(self) -> dict[int, int]:
        """How many subscriptions of each account wait for it to be enabled again; those without any are left out."""
        query = (
            select(SubscriptionRow.account_id, func.count())
            .where(SubscriptionRow.disabled_why == ACCOUNT_DISABLED, col(SubscriptionRow.account_id).is_not(None))
            .group_by(col(SubscriptionRow.account_id))
        )
        return {account: many for account, many in self._session.exec(query) if account is not None}

    def is_disabled(self, account_id: int | None) -> bool:
        """Whether there is such an account, and it is disabled."""
        query = select(AccountRow.disabled_at).where(AccountRow.id == account_id)
        return self._session.exec(query).first() is not None

    def without_password(self) -> set[int]:
        """The accounts whose owners chose no password yet."""
        query = select(AccountRow.id).where(col(AccountRow.password_hash).is_(None))
        return {one for one in self._session.exec(query) if one is not None}

    def disable(self, account_id: int, now: datetime) -> None:
        """They can no longer sign in, and are signed out; links to a password end. Raises NotFound."""
        row = self._row(AccountRow, account_id, "account")
        row.disabled_at = row.disabled_at or now
        self._session.add(row)
        self._session.flush()
        self._end_invitations(account_id)
        self.sign_out_everywhere(account_id)

    def enable(self, account_id: int) -> None:
        """They can sign in again. Raises NotFound."""
        row = self._row(AccountRow, account_id, "account")
        row.disabled_at = None
        self._session.add(row)
        self._session.flush()

    def sign_in(self, account_id: int, now: datetime, expires_at: datetime) -> str:
        """A session; gives its token, which is nowhere else from now on."""
        token = secrets.token_urlsafe(RANDOM_BYTES)
        row = {"hash": _hash(token), "account_id": account_id, "created_at": now, "expires_at": expires_at}
        self._insert("session", [row])
        self._session.exec(update(AccountRow).where(col(AccountRow.id) == account_id).values(signed_in_at=now))
        return token

    def signed_in(self, token: str, now: datetime) -> Account | None:
        """Whose session it is; None for one that is unknown or over, or whose account is disabled."""
        query = (
            select(AccountRow)
            .join(SessionRow, col(SessionRow.account_id) == AccountRow.id)
            .where(
                SessionRow.hash == _hash(token),
                SessionRow.expires_at > now,
                col(AccountRow.disabled_at).is_(None),
            )
        )
        row = self._session.exec(query.execution_options(populate_existing=True)).first()
        return None if row is None else account_of(row)

    def sign_out(self, token: str) -> None:
        """Ends a session."""
        self._session.exec(delete(SessionRow).where(col(SessionRow.hash) == _hash(token)))

    def sessions(self, account_id: int, now: datetime) -> list[SignedIn]:
        """Where an account is signed in, newest first."""
        query = select(SessionRow).where(SessionRow.account_id == account_id, SessionRow.expires_at > now)
        rows = self._session.exec(query.order_by(col(SessionRow.created_at).desc(), col(SessionRow.hash)))
        return [SignedIn(key=row.hash[:KEY], since=row.created_at, until=row.expires_at) for row in rows]

    def end_session(self, account_id: int, key: str) -> bool:
        """Ends one session of an account, by its key; False where there is none."""
        mine = (col(SessionRow.account_id) == account_id, func.substr(col(SessionRow.hash), 1, KEY) == key)
        return self._session.exec(delete(SessionRow).where(*mine)).rowcount > 0

    def rename(self, account_id: int, name: str) -> None:
        """Another name to sign in by. Raises AccountExists where it is taken, however it is cased, and NotFound."""
        self._lock("account", name.casefold())
        row = self._row(AccountRow, account_id, "account")
        taken = self.by_name(name)
        if taken is not None and taken.id != account_id:
            raise AccountExists(f"there is an account {name!r} already")
        row.name = name
        self._session.add(row)
        self._session.flush()

    def sign_out_everywhere(self, account_id: int) -> int:
        """Ends all sessions of an account; gives how many."""
        return self._session.exec(delete(SessionRow).where(col(SessionRow.account_id) == account_id)).rowcount

    def invite(self, role: Role, account_id: int | None, now: datetime, expires_at: datetime) -> str:
        """An invitation; gives its token. Earlier ones for the same account, or the same role, no longer work."""
        if account_id is not None:
            self._end_invitations(account_id)
        else:
            unused = (col(InvitationRow.account_id).is_(None), col(InvitationRow.used_at).is_(None))
            self._session.exec(delete(InvitationRow).where(col(InvitationRow.role) == role.value, *unused))
        token = secrets.token_urlsafe(RANDOM_BYTES)
        row = {
            "hash": _hash(token),
            "role": role.value,
            "account_id": account_id,
            "created_at": now,
            "expires_at": expires_at,
        }
        self._insert("invitation", [row])
        return token

    def _end_invitations(self, account_id: int) -> None:
        """A link to a password is as good as the password: it ends with the one that there was."""
        unused = (col(InvitationRow.account_id) == account_id, col(InvitationRow.used_at).is_(None))
        self._session.exec(delete(InvitationRow).where(*unused))

    def invitation(self, token: str, now: datetime) -> Invitation | None:
        """What the token invites to; None for one that is unknown, used or too old."""
        row = self._session.get(InvitationRow, _hash(token), populate_existing=True)
        if row is None or row.used_at is not None or row.expires_at <= now:
            return None
        return Invitation(role=Role(row.role), account_id=row.account_id)

    def use_invitation(self, token: str, now: datetime) -> bool:
        """Uses it up; False where somebody was quicker."""
        used = (
            update(InvitationRow)
            .where(col(InvitationRow.hash) == _hash(token), col(InvitationRow.used_at).is_(None))
            .values(used_at=now)
        )
        return self._session.exec(used).rowcount == 1

    def lock_attempts(self, key: str) -> None:
        """Until the transaction ends nobody else counts attempts of this key."""
        self._lock("attempts", _hash(key))

    def failed(self, key: str, now: datetime) -> None:
        """Notes an attempt to sign in that failed."""
        self._session.add(FailedSignInRow(key=_hash(key), at=now))
        self._session.flush()

    def failures(self, key: str, since: datetime) -> int:
        """How many attempts failed since."""
        query = select(func.count()).where(FailedSignInRow.key == _hash(key), FailedSignInRow.at > since)
        return self._session.exec(query).one()

    def forgive(self, key: str) -> None:
        """Forgets the failures, after an attempt that went well."""
        self._session.exec(delete(FailedSignInRow).where(col(FailedSignInRow.key) == _hash(key)))

    def forget(self, sessions_before: datetime, failures_before: datetime) -> None:
        """Forgets sessions that ended before, and attempts that failed before."""
        self._session.exec(delete(SessionRow).where(col(SessionRow.expires_at) < sessions_before))
        self._session.exec(delete(FailedSignInRow).where(col(FailedSignInRow.at) < failures_before))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def account_of(row: AccountRow) -> Account:
    """The account in a row."""
    assert row.id is not None
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        signed_in_at=row.signed_in_at,
    )
