"""Alerts, the messages they are put in, their deliveries and each attempt at these."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, UniqueConstraint

from storage.tables.base import NUMBERED, Table, json, moment, refers, row_id, string
from storage.types import CleanText


class MessageRow(Table, table=True):
    """What is told, put into words once and shared by all who are told it.

    `sequence` counts the messages on one actor and issue, so that a receiver can tell a late retry from news.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "actor", "issue", "sequence"),)

    id: str = string(primary_key=True)
    content: dict[str, Any] = json()
    subject: str = string()
    text: str = string()
    html: str = string()
    payload: str = string()
    actor: str | None = string(None)
    issue: str | None = string(None)
    sequence: int = Field()
    created_at: datetime = moment()


class AlertRow(Table, table=True):
    """One thing that one subscription is told, once: `dedup` names the thing, and `id` follows from both.

    One that waits has `hold_until` and `hold_why`. A digest is an alert too; those that were folded into it have its
    id in `digest_id` and no delivery of their own.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("subscription_id", "dedup"),
        Index(None, "subscription_id", "created_at"),
    )

    id: str = string(primary_key=True)
    subscription_id: int = refers("subscription.id", "RESTRICT")
    kind: str = string()
    change_id: int | None = refers("change.id", "RESTRICT", default=None, index=True)
    item_id: int | None = refers("item.id", "RESTRICT", default=None, index=True)
    dedup: str = string()
    message_id: str = Field(foreign_key="message.id", ondelete="RESTRICT", index=True, sa_type=CleanText)
    actor: str | None = string(None)
    issue: str | None = string(None)
    sequence: int = Field()
    created_at: datetime = moment()
    hold_until: datetime | None = moment(None, index=True)
    hold_why: str | None = string(None)
    digest_id: str | None = Field(
        default=None, foreign_key="alert.id", ondelete="RESTRICT", index=True, sa_type=CleanText
    )
    cancelled_at: datetime | None = moment(None)


class DeliveryRow(Table, table=True):
    """An alert on its way to one target: how often it was tried, and when it is tried next."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "status", "next_attempt_at", "id"),
        Index(None, "subscription_id", "status", "attempts", "id"),
        Index(None, "lease_until"),
        NUMBERED,
    )

    id: int | None = row_id()
    alert_id: str = Field(foreign_key="alert.id", ondelete="RESTRICT", unique=True, sa_type=CleanText)
    subscription_id: int = refers("subscription.id", "RESTRICT")
    channel: str = string()
    target: str = string()
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
