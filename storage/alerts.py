"""Alerts: who was told of what, once each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, DeliveryStatus
from storage.deliveries import Deliveries
from storage.tables import AlertRow, DeliveryRow
from storage.types import storable
from storage.values import StoredAlert


def alert_id(subscription_id: int, dedup: str) -> str:
    """The id of an alert: the same whenever the same subscription is told the same thing."""
    return "alt_" + hashlib.sha256(f"{subscription_id}\x1f{storable(dedup)}".encode()).hexdigest()[:32]


class Alerts(Deliveries):
    """The alerts, and with them their deliveries."""

    def add(
        self,
        subscription_id: int,
        kind: AlertKind,
        change_id: int | None,
        item_id: int | None,
        dedup: str,
        content: Mapping[str, Any],
        actor: str | None,
        issue: str | None,
        now: datetime,
    ) -> str | None:
        """Writes an alert and gives its id; None where the subscription was told of it before.

        `dedup` names the thing that is told. `sequence` counts on within the subscription, actor and issue.
        """
        self._lock("alert", subscription_id, actor, issue)
        self._lock("alert", subscription_id, dedup)
        key = alert_id(subscription_id, dedup)
        if self._session.exec(select(AlertRow.id).where(AlertRow.id == key)).first() is not None:
            return None
        before = select(func.max(AlertRow.sequence)).where(
            AlertRow.subscription_id == subscription_id,
            col(AlertRow.actor).is_not_distinct_from(actor),
            col(AlertRow.issue).is_not_distinct_from(issue),
        )
        row = AlertRow(
            id=key,
            subscription_id=subscription_id,
            kind=kind.value,
            change_id=change_id,
            item_id=item_id,
            dedup=dedup,
            content=dict(content),
            actor=actor,
            issue=issue,
            sequence=(self._session.exec(before).one() or 0) + 1,
            created_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return key

    def get(self, key: str) -> StoredAlert:
        """The alert. Raises NotFound."""
        row = self._row(AlertRow, key, "alert")
        query = select(DeliveryRow.status, DeliveryRow.attempts).where(DeliveryRow.alert_id == key)
        status, attempts = self._session.exec(query).first() or (None, 0)
        return _alert(row, status, attempts)

    def alerts_for_change(self, change_id: int) -> list[StoredAlert]:
        """Who was or is to be told of the change, by subscription, then sequence."""
        query = (
            select(AlertRow, DeliveryRow.status, DeliveryRow.attempts)
            .join(DeliveryRow, col(DeliveryRow.alert_id) == col(AlertRow.id), isouter=True)
            .where(AlertRow.change_id == change_id)
            .order_by(col(AlertRow.subscription_id), col(AlertRow.sequence))
        )
        return [_alert(row, status, attempts or 0) for row, status, attempts in self._session.exec(query)]

    def cancel_undelivered(self, change_id: int, now: datetime) -> list[str]:
        """Cancels what was not delivered yet of a change's alerts and gives their ids: these people were not told.

        What somebody is sending just now, or was when they died, may have arrived: it is left as it is, and its
        recipient has to be told otherwise.
        """
        query = (
            select(DeliveryRow.id, DeliveryRow.alert_id)
            .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
            .where(
                AlertRow.change_id == change_id,
                AlertRow.kind == AlertKind.CHANGE.value,  # a correction is owed whatever comes after it
                DeliveryRow.status == DeliveryStatus.PENDING.value,
                col(DeliveryRow.lease_token).is_(None),
            )
            .order_by(col(DeliveryRow.id))
            .with_for_update(of=DeliveryRow)
        )
        found = list(self._session.exec(query))
        self._session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.id).in_([row_id for row_id, _ in found]))
            .values(
                status=DeliveryStatus.CANCELLED.value,
                next_attempt_at=None,
                last_error=f"cancelled on {now.isoformat(timespec='seconds')}: the change no longer holds",
            )
        )
        return [key for _, key in found]


def _alert(row: AlertRow, status: str | None, attempts: int) -> StoredAlert:
    return StoredAlert(
        id=row.id,
        subscription_id=row.subscription_id,
        kind=AlertKind(row.kind),
        change_id=row.change_id,
        item_id=row.item_id,
        dedup=row.dedup,
        content=row.content,
        sequence=row.sequence,
        created_at=row.created_at,
        delivery=None if status is None else DeliveryStatus(status),
        attempts=attempts,
    )
