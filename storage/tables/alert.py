"""Subscribers, subscriptions, alerts, their deliveries and each attempt at these."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, UniqueConstraint

from storage.tables.base import NUMBERED, Table, json, moment, refers, row_id, string
from storage.types import CleanText


class SubscriberRow(Table, table=True):
    """Somebody who wants to be told."""

    __tablename__ = "subscriber"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    name: str = string(unique=True)
    created_at: datetime = moment()


class SubscriptionRow(Table, table=True):
    """What a subscriber wants, and where it is sent."""

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


class AlertRow(Table, table=True):
    """One thing that one subscription is told, once: `dedup` names the thing, and `id` follows from both."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("subscription_id", "dedup"),
        Index(None, "subscription_id", "actor", "issue", "sequence"),
    )

    id: str = string(primary_key=True)
    subscription_id: int = refers("subscription.id", "RESTRICT")
    kind: str = string()
    change_id: int | None = refers("change.id", "RESTRICT", default=None, index=True)
    item_id: int | None = refers("item.id", "RESTRICT", default=None, index=True)
    dedup: str = string()
    content: dict[str, Any] = json()
    actor: str | None = string(None)
    issue: str | None = string(None)
    sequence: int = Field()
    created_at: datetime = moment()


class DeliveryRow(Table, table=True):
    """An alert on its way: the exact words, how often it was tried, and when it is tried next."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "status", "next_attempt_at", "id"), NUMBERED)

    id: int | None = row_id()
    alert_id: str = Field(foreign_key="alert.id", ondelete="RESTRICT", unique=True, sa_type=CleanText)
    channel: str = string()
    target: str = string()
    subject: str = string()
    text: str = string()
    html: str = string()
    payload: str = string()
    status: str = string("pending")
    attempts: int = Field(default=0)
    next_attempt_at: datetime | None = moment(None)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)
    last_status: int | None = Field(default=None)
    last_error: str | None = string(None)
    last_answer: str | None = string(None)
    first_failed_at: datetime | None = moment(None)
    delivered_at: datetime | None = moment(None)
    created_at: datetime = moment()


class AttemptRow(Table, table=True):
    """One attempt at a delivery, `n` counted from 1."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "n"), NUMBERED)

    id: int | None = row_id()
    delivery_id: int = refers("delivery.id", "CASCADE")
    n: int = Field()
    at: datetime = moment()
    ok: bool = Field()
    status: int | None = Field(default=None)
    error: str | None = string(None)
