"""Subscriptions at hubs (WebSub), and what hubs pushed and nobody has read yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, moment, refers, row_id, string


class HubSubscriptionRow(Table, table=True):
    """What stands between us and a hub for one feed. Without a feed it is to be given up, and goes when that is done.

    `lease_until` is that of the worker that asks the hub just now; the hub's own lease ends at `live_until`.
    """

    __tablename__ = "hub_subscription"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    feed_id: int | None = refers("feed.id", "SET NULL", default=None, unique=True)
    topic: str = string()
    hub: str = string()
    hubs: str = string()
    state: str = string()
    secret: str = string()
    token_hash: str = string(unique=True)
    base: str | None = string(None)
    pending: str | None = string(None)
    asked_at: datetime | None = moment(None)
    attempts: int = Field(default=0)
    next_attempt_at: datetime = moment(index=True)
    last_error: str | None = string(None)
    lease_s: int | None = Field(default=None)
    live_until: datetime | None = moment(None, index=True)
    verified_at: datetime | None = moment(None)
    last_push_at: datetime | None = moment(None)
    last_news_at: datetime | None = moment(None)
    pushes: int = Field(default=0)
    discarded: int = Field(default=0)
    missed: int = Field(default=0)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)


class PushRow(Table, table=True):
    """A document that was pushed, until it is read."""

    __tablename__ = "push"
    __table_args__ = (Index(None, "subscription_id", "id"), NUMBERED)

    id: int | None = row_id()
    subscription_id: int = refers("hub_subscription.id", "CASCADE")
    received_at: datetime = moment()
    body: bytes = Field(sa_type=LargeBinary)
    content_type: str | None = string(None)
    attempts: int = Field(default=0)
    next_attempt_at: datetime = moment(index=True)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)
