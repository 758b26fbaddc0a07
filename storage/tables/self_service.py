"""What accounts made by mail leave behind: proven addresses, mails to be sent, and the links in them, hashed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, moment, refers, row_id, string
from storage.types import BIG_ID


class AccountAddressRow(Table, table=True):
    """A mail address whose mailbox the owner of an account has proven to read. `key` is the address however cased."""

    __tablename__ = "account_address"

    key: str = string(primary_key=True)
    target: str = string()
    account_id: int = refers("account.id", "CASCADE", index=True)
    confirmed_at: datetime = moment()


class AccountLetterRow(Table, table=True):
    """A mail about an account: to be sent while `next_attempt_at` is set, and sent where `sent_at` is."""

    __tablename__ = "account_letter"
    __table_args__ = (Index(None, "key", "created_at"), NUMBERED)

    id: int | None = row_id()
    purpose: str = string()
    key: str = string()
    target: str = string()
    account_id: int | None = refers("account.id", "CASCADE", default=None, index=True)
    created_at: datetime = moment()
    attempts: int = Field(default=0)
    next_attempt_at: datetime | None = moment(None, index=True)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)
    sent_at: datetime | None = moment(None)
    last_error: str | None = string(None)


class AccountLinkRow(Table, table=True):
    """The link in such a mail: works once, for its purpose, until it expires."""

    __tablename__ = "account_link"

    hash: str = string(primary_key=True)
    purpose: str = string()
    key: str = string(index=True)
    target: str = string()
    account_id: int | None = refers("account.id", "CASCADE", default=None, index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    used_at: datetime | None = moment(None)


class ErasingRow(Table, table=True):
    """Stands there only within the transaction that erases somebody, and lets the audit log be told without names."""

    __tablename__ = "erasing"

    id: int = Field(primary_key=True, sa_type=BIG_ID, sa_column_kwargs={"autoincrement": False})
