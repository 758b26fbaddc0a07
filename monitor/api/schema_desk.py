"""What operators see over the API, as JSON. Addresses of subscribers are masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from monitor.alerts.targets import mask as masked_target
from monitor.api.schema import NEXT
from monitor.model.alert import ChannelName, DeliveryStatus
from monitor.model.report import Report, ReportReason
from monitor.net.mask import mask
from storage.values import AuditEntry, StoredAttempt, StoredDelivery


class ReportOut(BaseModel):
    """A reader's word on a change; `closed_at` is when an operator was done with it."""

    id: int
    change: int
    reason: ReportReason
    note: str = Field(examples=["He quotes his rival here."])
    at: datetime
    closed_at: datetime | None
    closed_by: str | None = Field(examples=["ada"])


class Reports(BaseModel):
    """A page of reports, newest first."""

    reports: list[ReportOut]
    next: str | None = NEXT


class DeliveryOut(BaseModel):
    """An alert on its way to one target."""

    id: int
    alert: str = Field(examples=["msg_9f86d081884c7d65"])
    subscription: int
    subscriber: str = Field(examples=["newsroom"])
    channel: ChannelName
    target: str = Field(examples=["a***@news.example"])
    subject: str = Field(examples=["Keir Starmer now supports: European troops in Ukraine"])
    status: DeliveryStatus
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    first_failed_at: datetime | None
    last_status: int | None
    last_error: str | None = Field(examples=["the server answered 503"])


class Deliveries(BaseModel):
    """A page of deliveries, newest first."""

    deliveries: list[DeliveryOut]
    next: str | None = NEXT


class AttemptOut(BaseModel):
    """One attempt, `n` counted from 1."""

    n: int
    at: datetime
    ok: bool
    status: int | None
    error: str | None = Field(examples=["the server answered 503"])


class DeliveryDetail(DeliveryOut):
    """A delivery with its attempts, and what the other side said last, in its own words."""

    last_answer: str | None = Field(examples=["Service Unavailable"])
    tries: list[AttemptOut]


class AuditOut(BaseModel):
    """Who did what to which thing."""

    id: int
    at: datetime
    who: str = Field(examples=["ada"])
    what: str = Field(examples=["rule saved"])
    target: str = Field(examples=["issue troops-ukraine"])
    detail: dict[str, Any] = Field(examples=[{"why": "two more wordings", "fields": ["for"]}])


class Audit(BaseModel):
    """A page of the audit log, newest first."""

    entries: list[AuditOut]
    next: str | None = NEXT


def report_out(report: Report) -> ReportOut:
    """A report."""
    return ReportOut(
        id=report.id,
        change=report.change_id,
        reason=report.reason,
        note=report.note,
        at=report.at,
        closed_at=report.closed_at,
        closed_by=report.closed_by,
    )


def delivery_out(delivery: StoredDelivery) -> DeliveryOut:
    """A delivery, to a masked target."""
    return DeliveryOut(
        id=delivery.id,
        alert=delivery.alert_id,
        subscription=delivery.subscription_id,
        subscriber=delivery.subscriber,
        channel=delivery.channel,
        target=masked_target(delivery.channel, delivery.target),
        subject=delivery.subject,
        status=delivery.status,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        next_attempt_at=delivery.next_attempt_at,
        delivered_at=delivery.delivered_at,
        first_failed_at=delivery.first_failed_at,
        last_status=delivery.last_status,
        last_error=None if delivery.last_error is None else mask(delivery.last_error),
    )


def attempt_out(attempt: StoredAttempt) -> AttemptOut:
    """One attempt."""
    error = None if attempt.error is None else mask(attempt.error)
    return AttemptOut(n=attempt.n, at=attempt.at, ok=attempt.ok, status=attempt.status, error=error)


def entry_out(entry: AuditEntry) -> AuditOut:
    """A line of the audit log."""
    return AuditOut(
        id=entry.id, at=entry.at, who=entry.who, what=entry.what, target=entry.target, detail=dict(entry.detail)
    )
