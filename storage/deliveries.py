"""Deliveries: the queue of alerts on their way, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlmodel import col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from monitor.model.alert import ChannelName, DeliveryStatus, Subscription
from storage.claims import Claims
from storage.delivery_order import deliverable
from storage.tables import AlertRow, AttemptRow, DeliveryRow, MessageRow, SubscriberRow, SubscriptionRow
from storage.values import StoredDelivery

Extreme = TypeVar("Extreme")


class Deliveries(Claims):
    """The deliveries. One is claimed by a lease while it is attempted; `record` gives the lease back."""

    def add_deliveries(self, due: Sequence[tuple[str, Subscription, datetime]], now: datetime) -> None:
        """Puts alerts on their way: the alert's id, whose it is, and when its first attempt is due."""
        rows = [
            {
                "id": row_id,
                "alert_id": key,
                "subscription_id": subscription.id,
                "channel": subscription.channel.value,
                "target": subscription.target,
                "status": DeliveryStatus.PENDING.value,
                "attempts": 0,
                "next_attempt_at": at,
                "created_at": now,
            }
            for row_id, (key, subscription, at) in zip(self._new_ids("delivery", len(due)), due, strict=True)
        ]
        self._insert("delivery", rows)

    def retry(self, delivery_id: int, now: datetime) -> None:
        """Sends a dead letter again, with the same id and the same words, on the whole retry table. Raises NotFound.

        Raises ValueError for a delivery that is not dead, and for one that holds what a correction took back: a digest
        in which something still stands has to be written anew first, see `monitor.pipeline.redelivery`.
        """
        row = self._row(DeliveryRow, delivery_id, "delivery")
        if row.status != DeliveryStatus.DEAD:
            raise ValueError(f"delivery {delivery_id} is {row.status}; only a dead one can be sent again")
        if self._taken_back([delivery_id], folded=True):
            raise ValueError(f"delivery {delivery_id} tells of a change that was taken back since: it stays dead")
        row.status = DeliveryStatus.PENDING.value
        row.attempts = 0
        row.next_attempt_at = now
        row.first_failed_at = None
        row.lease_token, row.lease_until = None, None
        self._session.add(row)
        self._session.flush()

    def dead(self, subscription_id: int) -> list[int]:
        """The ids of the dead letters of a subscription that may be sent again, oldest first. Raises NotFound."""
        self._row(SubscriptionRow, subscription_id, "subscription")
        dead = (DeliveryRow.subscription_id == subscription_id, DeliveryRow.status == DeliveryStatus.DEAD.value)
        found = list(self._session.exec(select(DeliveryRow.id).where(*dead).order_by(col(DeliveryRow.id))))
        ids = [one for one in found if one is not None]
        return self._with_something_left(ids)

    def _with_something_left(self, ids: Sequence[int]) -> list[int]:
        """Those of the deliveries of which not all was taken back: of a digest what it holds counts."""
        fallen = self._taken_back(ids, folded=True) if ids else {}
        held = (
            select(DeliveryRow.id, func.count())
            .join(AlertRow, col(AlertRow.digest_id) == DeliveryRow.alert_id)
            .where(self._is_among(col(DeliveryRow.id), list(fallen)))
            .group_by(col(DeliveryRow.id))
        )
        folded = dict(self._session.execute(held).all()) if fallen else {}
        return [one for one in ids if one not in fallen or folded.get(one, 0) > len(fallen[one])]

    def delivery(self, delivery_id: int) -> StoredDelivery:
        """The delivery. Raises NotFound."""
        self._row(DeliveryRow, delivery_id, "delivery")
        return delivery_of(*self._session.execute(whole_deliveries().where(DeliveryRow.id == delivery_id)).one())

    def deliveries(self, status: DeliveryStatus | None = None, limit: int = 100) -> list[StoredDelivery]:
        """Deliveries, newest first."""
        query = whole_deliveries().order_by(col(DeliveryRow.id).desc()).limit(limit)
        if status is not None:
            query = query.where(DeliveryRow.status == status.value)
        return [delivery_of(row, subject, name) for row, subject, name in self._session.execute(query)]

    def delivery_of(self, alert_id: str) -> StoredDelivery | None:
        """The delivery of an alert or a digest; None for one that waits, or was folded into a digest."""
        found = self._session.execute(whole_deliveries().where(DeliveryRow.alert_id == alert_id)).first()
        return None if found is None else delivery_of(*found)

    def deliveries_of(self, alerts: Collection[str]) -> dict[str, StoredDelivery]:
        """The deliveries of alerts and digests, by their ids; of those that have one."""
        found = self._session.execute(whole_deliveries().where(self._is_among(col(DeliveryRow.alert_id), alerts)))
        return {row.alert_id: delivery_of(row, subject, name) for row, subject, name in found}

    def failing_since(self, subscription_id: int) -> datetime | None:
        """When the subscription's first attempt failed since the last that went well; None while all is well."""
        well = self._session.exec(_of(select(func.max(AttemptRow.at)), subscription_id, ok=True)).one()
        failed = _of(select(func.min(AttemptRow.at)), subscription_id, ok=False)
        if well is not None:
            failed = failed.where(col(AttemptRow.at) > well)
        return self._session.exec(failed).one()

    def next_due(self) -> datetime | None:
        """When the next delivery is due; None where none waits."""
        query = (
            select(func.min(DeliveryRow.next_attempt_at))
            .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
            .where(deliverable())
        )
        return self._session.exec(query).one()

    def counts(self) -> dict[DeliveryStatus, int]:
        """How many deliveries stand where; every status is there."""
        query = select(DeliveryRow.status, func.count()).group_by(col(DeliveryRow.status))
        found = {DeliveryStatus(status): count for status, count in self._session.exec(query)}
        return dict.fromkeys(DeliveryStatus, 0) | found


def whole_deliveries() -> Select[DeliveryRow, str, str]:
    """Deliveries with the subject of what they carry and the name of whom it goes to."""
    return (
        select(DeliveryRow, MessageRow.subject, SubscriberRow.name)
        .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
        .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
        .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
        .join(SubscriberRow, col(SubscriberRow.id) == SubscriptionRow.subscriber_id)
        .execution_options(populate_existing=True)
    )


def _of(query: SelectOfScalar[Extreme], subscription_id: int, *, ok: bool) -> SelectOfScalar[Extreme]:
    """Narrows a query on attempts to those of one subscription that went well, or did not."""
    return query.join(DeliveryRow, col(DeliveryRow.id) == AttemptRow.delivery_id).where(
        DeliveryRow.subscription_id == subscription_id, col(AttemptRow.ok).is_(ok)
    )


def delivery_of(row: DeliveryRow, subject: str, subscriber: str) -> StoredDelivery:
    """A row of `whole_deliveries` as a value."""
    assert row.id is not None
    return StoredDelivery(
        id=row.id,
        alert_id=row.alert_id,
        subscription_id=row.subscription_id,
        subscriber=subscriber,
        channel=ChannelName(row.channel),
        target=row.target,
        subject=subject,
        status=DeliveryStatus(row.status),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_status=row.last_status,
        last_error=row.last_error,
        last_answer=row.last_answer,
        first_failed_at=row.first_failed_at,
        delivered_at=row.delivered_at,
        created_at=row.created_at,
    )
