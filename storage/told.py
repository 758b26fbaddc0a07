"""Who was told of a change: counted for everybody, one by one for operators."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus
from storage.repository import Repository
from storage.tables import AlertRow, DeliveryRow, SubscriberRow, SubscriptionRow


class Reached(StrEnum):
    """How far word of a change is: it waits for its time or digest, or is tried, or was delivered, or given up."""

    WAITING = "waiting"
    UNDER_WAY = "on its way"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOne:
    """What one subscription is told: the change (or, with `corrects`, that it no longer holds), and how far that is.

    `delivery` is the number of the delivery that carries it, None while there is none; `at` is when it arrived.
    """

    subscription: int
    subscriber: str
    channel: ChannelName
    target: str = field(repr=False)
    corrects: bool
    reached: Reached
    created_at: datetime
    delivery: int | None
    attempts: int
    at: datetime | None
    error: str | None


class Told(Repository):
    """Alerts of a change with what became of them, without their words."""

    def counts(self, change_id: int) -> Counter[tuple[bool, Reached]]:
        """How many subscriptions, by whether it is a correction and by how far it is."""
        corrects, reached = _corrects(), _reached()
        query = self._of(change_id, corrects, reached, func.count()).group_by(corrects, reached)
        return Counter({(bool(c), Reached(r)): number for c, r, number in self._session.execute(query)})

    def one_by_one(self, change_id: int, limit: int) -> list[ToldOne]:
        """The first so many of them, by subscription, the change before its correction."""
        subscriber = select(SubscriberRow.name).where(col(SubscriberRow.id) == SubscriptionRow.subscriber_id)
        query = (
            self._of(
                change_id, AlertRow.subscription_id, subscriber.scalar_subquery(), SubscriptionRow.channel,
                SubscriptionRow.target, _corrects(), _reached(), AlertRow.created_at, DeliveryRow.id,
                func.coalesce(col(DeliveryRow.attempts), 0), DeliveryRow.delivered_at, DeliveryRow.last_error,
            )
            .join(SubscriptionRow, col(SubscriptionRow.id) == col(AlertRow.subscription_id))
            .order_by(col(AlertRow.subscription_id), col(AlertRow.sequence))
            .limit(limit)
        )  # fmt: skip
        return [
            ToldOne(
                subscription=number, subscriber=name, channel=ChannelName(channel), target=target,
                corrects=bool(corrects), reached=Reached(reached), created_at=created, delivery=delivery,
                attempts=attempts, at=at, error=error,
            )
            for number, name, channel, target, corrects, reached, created, delivery, attempts, at, error
            in self._session.execute(query)
        ]  # fmt: skip

    @staticmethod
    def _of(change_id: int, *columns: Any) -> Any:
        carried = func.coalesce(col(AlertRow.digest_id), col(AlertRow.id))
        return (
            select(*columns)
            .select_from(AlertRow)
            .join(DeliveryRow, col(DeliveryRow.alert_id) == carried, isouter=True)
            .where(AlertRow.change_id == change_id)
        )


def _corrects() -> ColumnElement[Any]:
    return col(AlertRow.kind) == AlertKind.CORRECTION.value


def _reached() -> ColumnElement[Any]:
    status = col(DeliveryRow.status)
    return case(
        (col(AlertRow.cancelled_at).is_not(None), Reached.CANCELLED.value),
        (status == DeliveryStatus.CANCELLED.value, Reached.CANCELLED.value),
        (status == DeliveryStatus.DELIVERED.value, Reached.DELIVERED.value),
        (status == DeliveryStatus.DEAD.value, Reached.GIVEN_UP.value),
        (status == DeliveryStatus.PENDING.value, Reached.UNDER_WAY.value),
        else_=Reached.WAITING.value,
    )
