"""Deliveries as operators look through them: by state, channel, subscriber and change; and what they do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from monitor.model.alert import ChannelName, DeliveryStatus
from storage.deliveries import Deliveries, delivery_of, whole_deliveries
from storage.errors import NotFound
from storage.tables import AlertRow, DeliveryRow, MessageRow, SubscriberRow, SubscriptionRow
from storage.values import StoredDelivery


class DeliveryState(StrEnum):
    """How a delivery is: PENDING was not tried yet, RETRYING failed and is tried again."""

    PENDING = "pending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which deliveries; None for all. A change is also sought in digests that hold it."""

    state: DeliveryState | None = None
    channel: ChannelName | None = None
    subscriber: str | None = None
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What a delivery carries, as it is kept: what belongs to one reader is put in when it is sent, and not kept."""

    subject: str
    text: str
    html: str
    payload: str
    changes: tuple[int, ...]


class DeliveryDesk(Deliveries):
    """The deliveries, for operators."""

    def page(self, sought: Sought, limit: int, before: int | None = None) -> list[StoredDelivery]:
        """Deliveries, newest first; from before the one of this id on."""
        query = whole_deliveries().where(*_conditions(sought)).order_by(col(DeliveryRow.id).desc()).limit(limit)
        if before is not None:
            query = query.where(col(DeliveryRow.id) < before)
        return [delivery_of(*row) for row in self._session.execute(query)]

    def counts_by_state(self) -> dict[DeliveryState, int]:
        """How many are in which state; every state is there."""
        tried = col(DeliveryRow.attempts) > 0
        pending = (DeliveryRow.status == DeliveryStatus.PENDING.value, tried)
        retrying = self._session.exec(select(func.count()).select_from(DeliveryRow).where(*pending)).one()
        found = {DeliveryState(status.value): count for status, count in self.counts().items()}
        found[DeliveryState.PENDING] -= retrying
        return {state: {**found, DeliveryState.RETRYING: retrying}.get(state, 0) for state in DeliveryState}

    def message(self, delivery_id: int) -> SentMessage:
        """What the delivery carries. Raises NotFound."""
        query = (
            select(MessageRow, AlertRow)
            .join(AlertRow, col(AlertRow.message_id) == MessageRow.id)
            .join(DeliveryRow, col(DeliveryRow.alert_id) == AlertRow.id)
            .where(DeliveryRow.id == delivery_id)
        )
        found = self._session.execute(query).first()
        if found is None:
            raise NotFound("delivery", delivery_id)
        message, alert = found
        folded = select(AlertRow.change_id).where(AlertRow.digest_id == alert.id, col(AlertRow.change_id).is_not(None))
        changes = [alert.change_id, *self._session.exec(folded)]
        return SentMessage(
            subject=message.subject,
            text=message.text,
            html=message.html,
            payload=message.payload,
            changes=tuple(dict.fromkeys(one for one in changes if one is not None)),
        )

    def dead_among(self, sought: Sought, limit: int) -> list[int]:
        """The ids of the dead letters among these that may be sent again, oldest first."""
        dead = (*_conditions(sought), col(DeliveryRow.status) == DeliveryStatus.DEAD.value)
        query = select(DeliveryRow.id).where(*dead).order_by(col(DeliveryRow.id)).limit(limit)
        ids = [one for one in self._session.exec(query) if one is not None]
        return self._with_something_left(ids)

    def dead_count(self, sought: Sought) -> int:
        """How many of these are dead letters, those that cannot be sent again included."""
        dead = (*_conditions(sought), col(DeliveryRow.status) == DeliveryStatus.DEAD.value)
        return self._session.exec(select(func.count()).select_from(DeliveryRow).where(*dead)).one()

    def fell(self, delivery_id: int) -> bool:
        """Whether all that a delivery tells was taken back since, so that it is not sent again."""
        return not self._with_something_left([delivery_id])

    def hasten(self, delivery_id: int, now: datetime) -> None:
        """What waits for its next attempt is attempted at once. Raises NotFound, ValueError where nothing waits."""
        self._change(delivery_id, {"next_attempt_at": now}, "only what waits can be tried at once")

    def give_up(self, delivery_id: int, who: str, now: datetime) -> None:
        """Makes a dead letter of what waits: it is tried no more, until somebody sends it again.

        Raises NotFound, and ValueError where nothing waits or an attempt is under way.
        """
        error = f"given up by {who} on {now.isoformat(timespec='seconds')}"
        values = {"status": DeliveryStatus.DEAD.value, "next_attempt_at": None, "last_error": error}
        self._change(delivery_id, values, "only what waits, and is not under way just now, can be given up", idle=True)

    def _change(self, delivery_id: int, values: dict[str, Any], otherwise: str, *, idle: bool = False) -> None:
        self._row(DeliveryRow, delivery_id, "delivery")
        mine = [col(DeliveryRow.id) == delivery_id, col(DeliveryRow.status) == DeliveryStatus.PENDING.value]
        if idle:
            mine.append(col(DeliveryRow.lease_token).is_(None))
        if not self._session.exec(update(DeliveryRow).where(*mine).values(**values)).rowcount:
            raise ValueError(f"delivery {delivery_id} was left as it is: {otherwise}")


def _conditions(sought: Sought) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.state is not None:
        waits = sought.state in (DeliveryState.PENDING, DeliveryState.RETRYING)
        found.append(col(DeliveryRow.status) == (DeliveryStatus.PENDING.value if waits else sought.state.value))
        if waits:
            tried = col(DeliveryRow.attempts) > 0
            found.append(tried if sought.state is DeliveryState.RETRYING else ~tried)
    if sought.channel is not None:
        found.append(col(DeliveryRow.channel) == sought.channel.value)
    if sought.subscriber is not None:
        mine = (
            select(SubscriptionRow.id)
            .join(SubscriberRow, col(SubscriberRow.id) == SubscriptionRow.subscriber_id)
            .where(SubscriberRow.name == sought.subscriber)
        )
        found.append(col(DeliveryRow.subscription_id).in_(mine))
    if sought.change is not None:
        alert = aliased(AlertRow)
        carried = select(func.coalesce(col(alert.digest_id), col(alert.id))).where(alert.change_id == sought.change)
        found.append(col(DeliveryRow.alert_id).in_(carried))
    return found
