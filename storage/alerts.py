"""Alerts: who was told of what, once each."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import Select

from monitor.model.alert import AlertKind, DeliveryStatus, Message, NewAlert
from monitor.model.timing import Hold
from storage.holds import Holds
from storage.tables import AlertRow, DeliveryRow, MessageRow
from storage.types import storable
from storage.values import StoredAlert


def alert_id(subscription_id: int, dedup: str) -> str:
    """The id of an alert: the same whenever the same subscription is told the same thing."""
    return "alt_" + hashlib.sha256(f"{subscription_id}\x1f{storable(dedup)}".encode()).hexdigest()[:32]


class Alerts(Holds):
    """The alerts, and with them their deliveries."""

    def untold(self, wanted: Sequence[NewAlert]) -> list[NewAlert]:
        """Those of the alerts whose subscription was not told of the thing before.

        Nobody else tells anybody of anything until this transaction ends: one lock, so that no two can wait for each
        other, however many are told.
        """
        self._lock("alerts")
        keys = {alert_id(new.subscription.id, new.dedup): new for new in wanted}
        known = set(self._session.exec(select(AlertRow.id).where(self._is_among(col(AlertRow.id), list(keys)))))
        return [new for key, new in keys.items() if key not in known]

    def next_sequence(self, actor: str | None, issue: str | None) -> int:
        """What the next message on this actor and issue is numbered."""
        self._lock("alerts")
        before = select(func.max(MessageRow.sequence)).where(
            col(MessageRow.actor).is_not_distinct_from(actor), col(MessageRow.issue).is_not_distinct_from(issue)
        )
        return (self._session.exec(before).one() or 0) + 1

    def add(
        self,
        message: Message,
        told: Sequence[NewAlert],
        kind: AlertKind,
        now: datetime,
        *,
        change_id: int | None = None,
        item_id: int | None = None,
    ) -> list[str]:
        """Tells subscriptions that were not told before (see `untold`); gives the ids of the alerts.

        Each has its delivery, but those that are held to be folded.
        """
        if not told:
            return []
        written = self._write_message(message, now)
        ids = [alert_id(new.subscription.id, new.dedup) for new in told]
        about: dict[str, Any] = {"kind": kind.value, "change_id": change_id, "item_id": item_id, "message_id": written}
        about |= {"actor": message.actor, "issue": message.issue, "sequence": message.sequence, "created_at": now}
        self._insert("alert", [{"id": key, **_of(new), **about} for key, new in zip(ids, told, strict=True)])
        on_their_way = [(key, new) for key, new in zip(ids, told, strict=True) if not (new.hold and new.fold)]
        self.add_deliveries(
            [(key, new.subscription, new.hold.until if new.hold else now) for key, new in on_their_way], now
        )
        return ids

    def get(self, key: str) -> StoredAlert:
        """The alert. Raises NotFound."""
        self._row(AlertRow, key, "alert")
        (found,) = self._alerts(_whole().where(AlertRow.id == key))
        return found

    def payload(self, key: str) -> str:
        """The body of the alert for programs. Raises NotFound."""
        row = self._row(AlertRow, key, "alert")
        return self._row(MessageRow, row.message_id, "message").payload

    def of_subscription(
        self, subscription_id: int, limit: int = 100, before: tuple[datetime, str] | None = None
    ) -> list[StoredAlert]:
        """What a subscription was told, or is to be, newest first; `before` is when the last one was made, and its id.

        What is made meanwhile comes first, and so neither moves nor doubles what comes after a place.
        """
        query = _whole().where(AlertRow.subscription_id == subscription_id)
        if before is not None:
            at, key = before
            later = and_(col(AlertRow.created_at) == at, col(AlertRow.id) > key)
            query = query.where(or_(col(AlertRow.created_at) < at, later))
        return self._alerts(query.order_by(col(AlertRow.created_at).desc(), col(AlertRow.id)).limit(limit))

    def alerts_for_change(self, change_id: int) -> list[StoredAlert]:
        """Who was or is to be told of the change, by subscription, then sequence."""
        query = _whole().where(AlertRow.change_id == change_id)
        return self._alerts(query.order_by(col(AlertRow.subscription_id), col(AlertRow.sequence)))

    def alerts_for_changes(self, changes: Collection[int], subscriptions: Collection[int]) -> list[StoredAlert]:
        """What these subscriptions were or are to be told of these changes, by sequence."""
        query = _whole().where(
            self._is_among(col(AlertRow.change_id), changes),
            self._is_among(col(AlertRow.subscription_id), subscriptions),
        )
        return self._alerts(query.order_by(col(AlertRow.sequence)))

    def cancel_undelivered(self, change_id: int, now: datetime, among: Sequence[str] | None = None) -> list[str]:
        """Cancels what was not delivered yet of a change's alerts and gives their ids: these people were not told.

        With `among` only of these: those that it is pending still hold where it is no longer confirmed.

        What somebody is sending just now, or was when they died, may have arrived: it is left as it is, and its
        recipient has to be told otherwise. A digest that nobody began to send is taken apart: what else was in it
        waits again, and is released at once.
        """
        mine = [col(AlertRow.change_id) == change_id, col(AlertRow.kind) == AlertKind.CHANGE.value]
        if among is not None:
            mine.append(self._is_among(col(AlertRow.id), list(among)))
        folded = select(AlertRow.digest_id).where(*mine, col(AlertRow.digest_id).is_not(None)).distinct()
        digests = [key for key in self._session.exec(folded) if key is not None]
        self.take_apart(self._stop(col(DeliveryRow.alert_id).in_(digests), now, untried=True), now)
        waiting = select(AlertRow.id).where(
            *mine, col(AlertRow.hold_until).is_not(None), col(AlertRow.cancelled_at).is_(None)
        )
        held = list(self._session.exec(waiting))
        self._session.exec(
            update(AlertRow).where(self._is_among(col(AlertRow.id), held)).values(cancelled_at=now, hold_until=None)
        )
        # A correction is owed whatever comes after it.
        return self._stop(col(DeliveryRow.alert_id).in_(select(AlertRow.id).where(*mine)), now) + held

    def _write_message(self, message: Message, now: datetime) -> str:
        row = MessageRow(
            id=f"msg_{secrets.token_hex(16)}",
            content=dict(message.content),
            subject=message.subject,
            text=message.text,
            html=message.html,
            payload=message.payload,
            actor=message.actor,
            issue=message.issue,
            sequence=message.sequence,
            created_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def _stop(self, which: ColumnElement[bool], now: datetime, *, untried: bool = False) -> list[str]:
        """Cancels deliveries that nobody has in hand, or with `untried` ever had; gives their alerts' ids."""
        query = select(DeliveryRow.id, DeliveryRow.alert_id).where(
            which, DeliveryRow.status == DeliveryStatus.PENDING.value, col(DeliveryRow.lease_token).is_(None)
        )
        if untried:
            query = query.where(DeliveryRow.attempts == 0)
        found = list(self._session.exec(query.order_by(col(DeliveryRow.id)).with_for_update(of=DeliveryRow)))
        self._session.exec(
            update(DeliveryRow)
            .where(self._is_among(col(DeliveryRow.id), [row_id for row_id, _ in found if row_id is not None]))
            .values(
                status=DeliveryStatus.CANCELLED.value,
                next_attempt_at=None,
                last_error=f"cancelled on {now.isoformat(timespec='seconds')}: the change no longer holds",
            )
        )
        return [key for _, key in found]

    def _alerts(self, query: Select[AlertRow, MessageRow, str, int]) -> list[StoredAlert]:
        rows = self._session.execute(query.execution_options(populate_existing=True))
        return [_alert(row, message, status, attempts or 0) for row, message, status, attempts in rows]


def _of(new: NewAlert) -> dict[str, Any]:
    """What sets an alert apart from the others on the same message."""
    return {
        "subscription_id": new.subscription.id,
        "dedup": storable(new.dedup),
        "hold_until": new.hold.until if new.hold and new.fold else None,
        "hold_why": new.hold.why if new.hold else None,
    }


def _whole() -> Select[AlertRow, MessageRow, str, int]:
    """Alerts with their messages and what became of the delivery, which may be that of a digest."""
    carried = func.coalesce(col(AlertRow.digest_id), col(AlertRow.id))
    return (
        select(AlertRow, MessageRow, DeliveryRow.status, DeliveryRow.attempts)
        .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
        .join(DeliveryRow, col(DeliveryRow.alert_id) == carried, isouter=True)
    )


def _alert(row: AlertRow, message: MessageRow, status: str | None, attempts: int) -> StoredAlert:
    delivery = DeliveryStatus.CANCELLED if row.cancelled_at else None if status is None else DeliveryStatus(status)
    return StoredAlert(
        id=row.id,
        subscription_id=row.subscription_id,
        kind=AlertKind(row.kind),
        change_id=row.change_id,
        item_id=row.item_id,
        dedup=row.dedup,
        content=message.content,
        subject=message.subject,
        sequence=row.sequence,
        created_at=row.created_at,
        delivery=delivery,
        attempts=attempts,
        hold=Hold(until=row.hold_until, why=row.hold_why or "") if row.hold_until else None,
        hold_why=row.hold_why,
        digest_id=row.digest_id,
    )
