"""Subscribers, what they want, where it is sent, and the addresses in their mails that act for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, UniqueConstraint

from storage.tables.base import NUMBERED, Table, json, moment, refers, row_id, string
from storage.types import BIG_ID, CleanText


class SubscriberRow(Table, table=True):
    """Somebody who wants to be told."""

    __tablename__ = "subscriber"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    name: str = string(unique=True)
    created_at: datetime = moment()


class SubscriptionRow(Table, table=True):
    """What a subscriber wants, when, and where it is sent.

    `audience` is who is meant: those who follow changes, or the operators, who are told of troubles. Webhooks are
    signed with `secret`, and with `previous_secret` as well until `previous_secret_until`. `next_digest_at` is when the
    next scheduled digest is due, `last_digest_at` since when the next one reports. `account_id` is whose it is, None
    where operators made it for somebody without an account.
    """

    __tablename__ = "subscription"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    subscriber_id: int = refers("subscriber.id", "RESTRICT", index=True)
    channel: str = string()
    target: str = string()
    secret: str | None = string(None)
    filter: dict[str, Any] = json()
    created_at: datetime = moment()
    disabled_at: datetime | None = moment(None)
    disabled_why: str | None = string(None)
    audience: str = Field(default="changes", sa_type=CleanText, sa_column_kwargs={"server_default": "changes"})
    timing: dict[str, Any] | None = json(None)
    previous_secret: str | None = string(None)
    previous_secret_until: datetime | None = moment(None)
    next_digest_at: datetime | None = moment(None, index=True)
    last_digest_at: datetime | None = moment(None)
    account_id: int | None = Field(default=None, index=True, sa_type=BIG_ID)


class SubscriptionVersionRow(Table, table=True):
    """What a subscription wanted from one moment on: the first version is what it was made with."""

    __tablename__ = "subscription_version"
    __table_args__ = (UniqueConstraint("subscription_id", "n"), NUMBERED)

    id: int | None = row_id()
    subscription_id: int = refers("subscription.id", "CASCADE")
    n: int = Field()
    filter: dict[str, Any] = json()
    timing: dict[str, Any] | None = json(None)
    at: datetime = moment()
    who: str = string()
    why: str = string("")


class AddressRow(Table, table=True):
    """A mail address. Nothing goes there before its owner confirmed it, or after it turned out not to exist."""

    __tablename__ = "address"

    target: str = string(primary_key=True)
    created_at: datetime = moment()
    confirmed_at: datetime | None = moment(None)
    suppressed_at: datetime | None = moment(None)
    suppressed_why: str | None = string(None)


class TokenRow(Table, table=True):
    """An address in a mail that acts for a subscriber: of its 128 random bits only the hash is kept."""

    __tablename__ = "token"

    hash: str = string(primary_key=True)
    purpose: str = string()
    subscription_id: int = refers("subscription.id", "CASCADE", index=True)
    created_at: datetime = moment()
    expires_at: datetime | None = moment(None, index=True)
    used_at: datetime | None = moment(None)
    revoked_at: datetime | None = moment(None)
