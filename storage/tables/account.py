"""Accounts, who is signed in, invitations, and attempts to sign in that failed. Of secrets only hashes are here."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Index

from storage.tables.base import NUMBERED, Table, moment, refers, row_id, string


class AccountRow(Table, table=True):
    """Somebody who can sign in; `password_hash` by argon2, None until they chose a password."""

    __tablename__ = "account"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    name: str = string(unique=True)
    role: str = string()
    password_hash: str | None = string(None)
    created_at: datetime = moment()
    disabled_at: datetime | None = moment(None)
    signed_in_at: datetime | None = moment(None)


class SessionRow(Table, table=True):
    """A browser that is signed in."""

    __tablename__ = "session"

    hash: str = string(primary_key=True)
    account_id: int = refers("account.id", "CASCADE", index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)


class InvitationRow(Table, table=True):
    """A link by which somebody chooses a password, once: for an account, or with None for a new one of that role."""

    __tablename__ = "invitation"

    hash: str = string(primary_key=True)
    role: str = string()
    account_id: int | None = refers("account.id", "CASCADE", default=None, index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(None)


class FailedSignInRow(Table, table=True):
    """An attempt to sign in that failed. `key` names whom or where from, hashed: what is typed may be a password."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index(None, "key", "at"), NUMBERED)

    id: int | None = row_id()
    key: str = string()
    at: datetime = moment()
