"""Deliveries: the queue of alerts on their way, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from monitor.model.alert import ChannelName, ClaimedDelivery, DeliveryStatus, Subscription
from storage.attempts import Attempts
from storage.delivery_order import deliverable, earlier_untried, its_alert_waits, under_way
from storage.repository import chunks, lease_token, unleased
from storage.tables import AlertRow, AttemptRow, DeliveryRow, MessageRow, SubscriberRow, SubscriptionRow
from storage.values import StoredDelivery

Extreme = TypeVar("Extreme")


class Deliveries(Attempts):
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

    def claim_due(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        at_once: int | None = None,
        *,
        only: Collection[int] | None = None,
        without: Collection[int] = (),
    ) -> list[ClaimedDelivery]:
        """Leases up to `limit` deliveries that are due, longest due first.

        A first attempt waits until the first attempt of everything earlier for the same subscription, actor and issue
        is over; so one claim gives at most one first attempt of each. A retry holds up nobody, but for the correction
        of what it tells. `at_once` bounds how
        many of one subscription are under way, so that an endpoint that hangs cannot take the place of all others.
        `only` and `without` name subscriptions, a few thousand at most.
        """
        query = _claimable(now, at_once)
        if only is not None:
            query = query.where(col(DeliveryRow.subscription_id).in_(only))
        if without:
            query = query.where(col(DeliveryRow.subscription_id).not_in(without))
        query = (
            query.order_by(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
            .limit(limit)
            .with_for_update(of=DeliveryRow, skip_locked=True)
        )
        ids = [i for i in self._session.exec(query) if i is not None]
        token = lease_token()
        for part in chunks(ids):
            self._session.exec(
                update(DeliveryRow)
                .where(col(DeliveryRow.id).in_(part), unleased(DeliveryRow.lease_until, now))
                .values(lease_token=token, lease_until=now + lease)
            )
        return self._claimed(token)

    def retry(self, delivery_id: int, now: datetime) -> None:
        """Sends a dead letter again, with the same id and the same words, on the whole retry table. Raises NotFound.

        Raises ValueError for a delivery that is not dead, and for one whose alert a correction took back.
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
        fallen = self._taken_back(ids, folded=True)
        return [one for one in ids if one not in fallen]

    def delivery(self, delivery_id: int) -> StoredDelivery:
        """The delivery. Raises NotFound."""
        self._row(DeliveryRow, delivery_id, "delivery")
        return _delivery(*self._session.execute(_whole().where(DeliveryRow.id == delivery_id)).one())

    def deliveries(self, status: DeliveryStatus | None = None, limit: int = 100) -> list[StoredDelivery]:
        """Deliveries, newest first."""
        query = _whole().order_by(col(DeliveryRow.id).desc()).limit(limit)
        if status is not None:
            query = query.where(DeliveryRow.status == status.value)
        return [_delivery(row, subject, name) for row, subject, name in self._session.execute(query)]

    def delivery_of(self, alert_id: str) -> StoredDelivery | None:
        """The delivery of an alert or a digest; None for one that waits, or was folded into a digest."""
        found = self._session.execute(_whole().where(DeliveryRow.alert_id == alert_id)).first()
        return None if found is None else _delivery(*found)

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

    def _claimed(self, token: str) -> list[ClaimedDelivery]:
        query = (
            select(DeliveryRow, MessageRow, SubscriptionRow)
            .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
            .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
            .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
            .where(DeliveryRow.lease_token == token)
            .order_by(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
            .execution_options(populate_existing=True)
        )
        return [
            _claim(row, message, subscription, token) for row, message, subscription in self._session.execute(query)
        ]


_LOOKED_AT = 20
"""Deliveries of one subscription that a claim looks at; some of them may have to wait for another's first attempt."""


def _claimable(now: datetime, at_once: int | None) -> SelectOfScalar[Any]:
    """Deliveries that may be claimed. What is costly to ask is asked of the first few of each subscription only."""
    due = (
        select(DeliveryRow.id, _place().label("place"))
        .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
        .where(deliverable(), _is_due(now), unleased(DeliveryRow.lease_until, now))
        .subquery()
    )
    ready = (
        select(DeliveryRow.id, _place().label("place"), under_way(now).label("under_way"))
        .join(due, due.c.id == DeliveryRow.id)
        .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
        .where((col(DeliveryRow.attempts) > 0) | ~earlier_untried(), ~its_alert_waits())
    )
    if at_once is not None:
        ready = ready.where(due.c.place <= at_once + _LOOKED_AT)
    found = ready.subquery()
    query = select(DeliveryRow.id).join(found, found.c.id == DeliveryRow.id)
    return query if at_once is None else query.where(found.c.place + found.c.under_way <= at_once)


def _place() -> ColumnElement[int]:
    """The place of a delivery among those of its subscription, longest due first, from 1."""
    place: ColumnElement[int] = func.row_number().over(
        partition_by=col(DeliveryRow.subscription_id), order_by=(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
    )
    return place


LONGEST_WAIT = timedelta(days=2)
"""Longer than any wait for the next attempt: 24 h, a fifth more by jitter, or as long by the receiver's wish."""


def _whole() -> Select[DeliveryRow, str, str]:
    """Deliveries with the subject of what they carry and the name of whom it goes to."""
    return (
        select(DeliveryRow, MessageRow.subject, SubscriberRow.name)
        .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
        .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
        .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
        .join(SubscriberRow, col(SubscriberRow.id) == SubscriptionRow.subscriber_id)
        .execution_options(populate_existing=True)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether the next attempt is due. One that is further off than any was set before the clock went back."""
    at = col(DeliveryRow.next_attempt_at)
    return or_(at <= now, at > now + LONGEST_WAIT)


def _of(query: SelectOfScalar[Extreme], subscription_id: int, *, ok: bool) -> SelectOfScalar[Extreme]:
    """Narrows a query on attempts to those of one subscription that went well, or did not."""
    return query.join(DeliveryRow, col(DeliveryRow.id) == AttemptRow.delivery_id).where(
        DeliveryRow.subscription_id == subscription_id, col(AttemptRow.ok).is_(ok)
    )


def _claim(row: DeliveryRow, message: MessageRow, subscription: SubscriptionRow, token: str) -> ClaimedDelivery:
    assert row.id is not None
    return ClaimedDelivery(
        id=row.id,
        alert_id=row.alert_id,
        channel=ChannelName(row.channel),
        target=row.target,
        secret=subscription.secret,
        subject=message.subject,
        text=message.text,
        html=message.html,
        payload=message.payload,
        attempt=row.attempts + 1,
        created_at=row.created_at,
        lease_token=token,
        subscription_id=row.subscription_id,
        previous_secret=subscription.previous_secret,
        previous_secret_until=subscription.previous_secret_until,
        thread=f"{message.actor}/{message.issue}" if message.actor and message.issue else None,
        notice=message.content.get("notice"),
    )


def _delivery(row: DeliveryRow, subject: str, subscriber: str) -> StoredDelivery:
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
