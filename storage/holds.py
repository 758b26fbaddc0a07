"""Alerts that wait: for a digest, for the end of quiet hours, or because too many came at once."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, ClaimedDelivery, DeliveryStatus, Message, Subscription
from monitor.model.timing import Hold
from storage.deliveries import Deliveries
from storage.tables import AlertRow, DeliveryRow, MessageRow, SubscriptionRow
from storage.values import HeldAlert, Pace

LOOKED_BACK = timedelta(days=1)

LONGEST_HOLD = timedelta(days=10)
"""Longer than any digest is waited for: a week, put off by quiet hours, and a night on which clocks are set."""


def _is_over(until: datetime | None, now: datetime) -> ColumnElement[bool]:
    """Whether a wait is over. Takes the column as SQLModel types it.

    One that ends later than any can was begun before the clock went back, and holds nobody up.
    """
    column = col(until)
    return or_(column <= now, column > now + LONGEST_HOLD)


class Holds(Deliveries):
    """The alerts that were held back, and their release."""

    def due_holds(self, now: datetime) -> list[int]:
        """Subscriptions with a held alert whose time has come, or with a scheduled digest that is due.

        Those that are disabled are not: what they wait for stays where it is.
        """
        held = (
            select(AlertRow.subscription_id)
            .join(SubscriptionRow, col(SubscriptionRow.id) == AlertRow.subscription_id)
            .where(_is_over(AlertRow.hold_until, now), col(SubscriptionRow.disabled_at).is_(None))
            .distinct()
        )
        digests = select(SubscriptionRow.id).where(
            _is_over(SubscriptionRow.next_digest_at, now), col(SubscriptionRow.disabled_at).is_(None)
        )
        return sorted({i for i in (*self._session.exec(held), *self._session.exec(digests)) if i is not None})

    def hold_tellings(self) -> None:
        """Keeps others from telling or releasing anything until the transaction ends."""
        self._lock("alerts")

    def hold_subscription(self, subscription_id: int) -> None:
        """Keeps others from releasing what this subscription waits for, and from telling anybody, until the end."""
        self._lock("alerts")

    def held(self, subscription_id: int, until: datetime | None = None) -> list[HeldAlert]:
        """What waits for this subscription, oldest first; with `until` only what waits no longer than that."""
        waiting = (AlertRow.subscription_id == subscription_id, col(AlertRow.hold_until).is_not(None))
        return self._in_order(*waiting, *([] if until is None else [_is_over(AlertRow.hold_until, until)]))

    def folded(self, digest: str) -> list[HeldAlert]:
        """What a digest holds, oldest first; empty for an alert that is none."""
        return self._in_order(AlertRow.digest_id == digest)

    def taken_back_from(self, delivery_id: int) -> set[str]:
        """The alerts in a delivery of which its recipient was told, or is to be, that they no longer hold."""
        return self._taken_back([delivery_id], folded=True).get(delivery_id, set())

    def _in_order(self, *which: ColumnElement[bool] | bool) -> list[HeldAlert]:
        query = (
            select(AlertRow, MessageRow)
            .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
            .where(*which)
            .order_by(col(AlertRow.created_at), col(AlertRow.sequence), col(AlertRow.id))
        )
        return [_held(row, message) for row, message in self._session.execute(query)]

    def paces(self, subscriptions: Collection[int], now: datetime) -> dict[int, Pace]:
        """What went lately, or will go, to each of the subscriptions, and what it waits for by now.

        Those to which nothing did are not in it. Alerts of the last day are looked at, and what is on its way; the wait
        for a retry counts as a message at its end. What was cancelled before anybody tried to send it went nowhere.
        """
        moment = func.coalesce(DeliveryRow.delivered_at, DeliveryRow.next_attempt_at, AlertRow.created_at)
        mine = self._is_among(col(AlertRow.subscription_id), list(subscriptions))
        sent = (
            select(AlertRow.subscription_id, moment)
            .join(DeliveryRow, col(DeliveryRow.alert_id) == AlertRow.id)
            .where(
                mine,
                AlertRow.created_at > now - LOOKED_BACK,
                AlertRow.kind != AlertKind.NOTICE.value,
                or_(col(DeliveryRow.status) != DeliveryStatus.CANCELLED.value, col(DeliveryRow.attempts) > 0),
            )
        )
        moments: dict[int, list[datetime]] = defaultdict(list)
        for subscription, at in self._session.exec(sent):
            moments[subscription].append(at)
        # A rate may have put off for days what programs read.
        put_off = select(DeliveryRow.subscription_id, DeliveryRow.next_attempt_at).where(
            self._is_among(col(DeliveryRow.subscription_id), list(subscriptions)),
            DeliveryRow.status == DeliveryStatus.PENDING.value,
            DeliveryRow.attempts == 0,
            DeliveryRow.created_at <= now - LOOKED_BACK,
        )
        for subscription, due in self._session.exec(put_off):
            if due is not None:
                moments[subscription].append(due)
        waiting = (
            select(AlertRow.subscription_id, func.min(AlertRow.hold_until), func.min(AlertRow.hold_why))
            .where(mine, col(AlertRow.hold_until) > now)
            .group_by(col(AlertRow.subscription_id))
        )
        holds = {
            subscription: Hold(until=until, why=why or "")
            for subscription, until, why in self._session.exec(waiting)
            if until is not None
        }
        return {i: Pace(moments=tuple(sorted(moments[i])), hold=holds.get(i)) for i in {*moments, *holds}}

    def release(self, subscription: Subscription, keys: Sequence[str], now: datetime) -> None:
        """Sends held alerts one by one, in their own words."""
        self._unhold(keys)
        self.add_deliveries([(key, subscription, now) for key in keys], now)

    def add_digest(
        self, subscription: Subscription, message: Message, keys: Sequence[str], dedup: str, now: datetime
    ) -> str:
        """Folds held alerts into one digest and sends it; gives its id, which is that of an alert of its own."""
        digest, written = f"dig_{secrets.token_hex(16)}", f"msg_{secrets.token_hex(16)}"
        self._insert("message", [{"id": written, **_said(message), "sequence": message.sequence, "created_at": now}])
        row = {
            "id": digest,
            "subscription_id": subscription.id,
            "kind": AlertKind.DIGEST.value,
            "dedup": dedup,
            "message_id": written,
            "sequence": message.sequence,
            "created_at": now,
        }
        self._insert("alert", [row])
        self._unhold(keys)
        self._session.exec(
            update(AlertRow).where(self._is_among(col(AlertRow.id), list(keys))).values(digest_id=digest)
        )
        self.add_deliveries([(digest, subscription, now)], now)
        return digest

    def rewrite_digest(self, digest: str, message: Message, fell: Collection[str], now: datetime) -> None:
        """Gives a digest these words in place of its own; what fell is no longer in it, and cancelled."""
        mine = select(AlertRow.message_id).where(AlertRow.id == digest)
        self._session.exec(update(MessageRow).where(col(MessageRow.id).in_(mine)).values(**_said(message)))
        self._session.exec(
            update(AlertRow)
            .where(self._is_among(col(AlertRow.id), list(fell)), col(AlertRow.digest_id) == digest)
            .values(digest_id=None, cancelled_at=now)
        )

    def put_off(self, subscription_id: int, until: datetime, now: datetime) -> None:
        """What is due for this subscription by now waits until then, its scheduled digest too."""
        self._session.exec(
            update(AlertRow)
            .where(col(AlertRow.subscription_id) == subscription_id, _is_over(AlertRow.hold_until, now))
            .values(hold_until=until)
        )
        self._session.exec(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id) == subscription_id, _is_over(SubscriptionRow.next_digest_at, now))
            .values(next_digest_at=until)
        )

    def put_back(self, delivery: ClaimedDelivery, until: datetime) -> None:
        """Gives the lease of a delivery back without an attempt; it is due then."""
        self._session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.id) == delivery.id, col(DeliveryRow.lease_token) == delivery.lease_token)
            .values(lease_token=None, lease_until=None, next_attempt_at=until)
        )

    def hold_anew(self, subscription_id: int, hold: Hold) -> None:
        """All that waits for this subscription waits for this instead: its timing is another now."""
        self._session.exec(
            update(AlertRow)
            .where(col(AlertRow.subscription_id) == subscription_id, col(AlertRow.hold_until).is_not(None))
            .values(hold_until=hold.until, hold_why=hold.why)
        )

    def untried(self, subscription_id: int) -> list[tuple[int, datetime]]:
        """What is on its way to this subscription and was not attempted yet, in order: its id, and when it is due."""
        query = (
            select(DeliveryRow.id, DeliveryRow.next_attempt_at)
            .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
            .where(
                DeliveryRow.subscription_id == subscription_id,
                DeliveryRow.status == DeliveryStatus.PENDING.value,
                DeliveryRow.attempts == 0,
                col(DeliveryRow.lease_token).is_(None),
                AlertRow.kind != AlertKind.NOTICE.value,
            )
            .order_by(col(DeliveryRow.id))
            .with_for_update(of=DeliveryRow)
        )
        return [(key, due) for key, due in self._session.exec(query) if key is not None and due is not None]

    def due_at(self, moments: Mapping[int, datetime]) -> None:
        """When each of these deliveries is due from now on."""
        for key, moment in moments.items():
            self._session.exec(update(DeliveryRow).where(col(DeliveryRow.id) == key).values(next_attempt_at=moment))

    def take_apart(self, digests: Sequence[str], now: datetime) -> None:
        """What was folded into these digests waits again, and is due; their deliveries must be cancelled already.

        One that was scheduled is due again, and reports from where it did, also where nothing is left of it.
        """
        query = (
            select(AlertRow.subscription_id, MessageRow.content)
            .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
            .where(self._is_among(col(AlertRow.id), list(digests)))
        )
        for subscription, content in self._session.exec(query):
            if content.get("scheduled"):
                self._session.exec(
                    update(SubscriptionRow)
                    .where(col(SubscriptionRow.id) == subscription)
                    .values(next_digest_at=now, last_digest_at=datetime.fromisoformat(content["since"]))
                )
        self._session.exec(
            update(AlertRow)
            .where(self._is_among(col(AlertRow.digest_id), list(digests)))
            .values(digest_id=None, hold_until=now)
        )

    def _unhold(self, keys: Sequence[str]) -> None:
        self._session.exec(update(AlertRow).where(self._is_among(col(AlertRow.id), list(keys))).values(hold_until=None))


def _held(row: AlertRow, message: MessageRow) -> HeldAlert:
    return HeldAlert(
        id=row.id,
        kind=AlertKind(row.kind),
        change_id=row.change_id,
        content=message.content,
        subject=message.subject,
        why=row.hold_why or "",
        until=row.hold_until or row.created_at,
        created_at=row.created_at,
    )


def _said(message: Message) -> dict[str, Any]:
    return {
        "content": dict(message.content),
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "payload": message.payload,
    }
