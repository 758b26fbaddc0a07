"""Attempts at deliveries: how each ended, and where its delivery stands after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, literal, null, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, AttemptResult, ChannelName, ClaimedDelivery, DeliveryStatus
from storage.repository import Repository
from storage.tables import AlertRow, AttemptRow, DeliveryRow, Table
from storage.values import StoredAttempt

MOST_ANSWER = 1_000
"""Characters of the other side's answer that are kept."""

CORRECTS = "correction:"
"""What the name of a correction begins with; the id of the alert that it takes back follows."""

_DELIVERY = Table.metadata.tables["delivery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one attempt ended, and what becomes of its delivery."""

    delivery: ClaimedDelivery
    result: AttemptResult
    status: DeliveryStatus
    next_attempt_at: datetime | None


class Attempts(Repository):
    """The attempts. Only who has the lease writes how one ended, and gives it back by that."""

    def record(
        self,
        delivery: ClaimedDelivery,
        result: AttemptResult,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
        now: datetime,
    ) -> bool:
        """Writes how an attempt ended and gives the lease back. False, with nothing written, once another has it."""
        outcome = Outcome(delivery=delivery, result=result, status=status, next_attempt_at=next_attempt_at)
        return bool(self.record_all([outcome], now))

    def record_all(self, outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
        """Writes how attempts ended and gives the leases back; gives those that were written.

        The others' leases ran out and somebody else has them now. What was taken back while it was attempted is not
        tried again: the correction is on its way, and would be overtaken.
        """
        mine = self._without_retries_of_what_fell(self._still_leased(outcomes))
        if not mine:
            return []
        self._session.connection().execute(_ENDED, [_values(outcome, now) for outcome in mine])
        numbers = self._numbers([outcome.delivery.id for outcome in mine])
        self._insert(
            "attempt",
            [
                {
                    "delivery_id": outcome.delivery.id,
                    "n": numbers.get(outcome.delivery.id, 0) + 1,
                    "at": now,
                    "ok": outcome.result.ok,
                    "status": outcome.result.status,
                    "error": outcome.result.error,
                }
                for outcome in mine
            ],
        )
        return mine

    def attempts(self, delivery_id: int) -> list[StoredAttempt]:
        """Every attempt at a delivery, oldest first."""
        query = select(AttemptRow).where(AttemptRow.delivery_id == delivery_id).order_by(col(AttemptRow.n))
        return [
            StoredAttempt(n=row.n, at=row.at, ok=row.ok, status=row.status, error=row.error)
            for row in self._session.exec(query)
        ]

    def stuck(self, channel: ChannelName) -> tuple[datetime | None, str]:
        """Since when every attempt over a channel has failed, with the last error; None once one went well after it."""
        waiting = (
            col(DeliveryRow.channel) == channel.value,
            col(DeliveryRow.status) == DeliveryStatus.PENDING.value,
            col(DeliveryRow.first_failed_at).is_not(None),
        )
        well = select(func.max(DeliveryRow.delivered_at)).where(DeliveryRow.channel == channel.value)
        last = self._session.exec(well).one()
        query = select(DeliveryRow.first_failed_at, DeliveryRow.last_error).where(*waiting)
        if last is not None:
            query = query.where(col(DeliveryRow.first_failed_at) > last)
        found = self._session.exec(query.order_by(col(DeliveryRow.first_failed_at)).limit(1)).first()
        return (None, "") if found is None else (found[0], found[1] or "")

    def _still_leased(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Those whose lease is still theirs; nobody takes it until the transaction ends."""
        query = (
            select(DeliveryRow.id, DeliveryRow.lease_token)
            .where(self._is_among(col(DeliveryRow.id), [outcome.delivery.id for outcome in outcomes]))
            .order_by(col(DeliveryRow.id))
            .with_for_update()
        )
        leases = dict(self._session.execute(query).all())
        return [outcome for outcome in outcomes if leases.get(outcome.delivery.id) == outcome.delivery.lease_token]

    def _without_retries_of_what_fell(self, outcomes: list[Outcome]) -> list[Outcome]:
        again = [outcome.delivery.id for outcome in outcomes if outcome.status is DeliveryStatus.PENDING]
        fallen = self._taken_back(again, folded=False) if again else {}
        return [
            replace(outcome, status=DeliveryStatus.CANCELLED, next_attempt_at=None)
            if outcome.delivery.id in fallen and outcome.status is DeliveryStatus.PENDING
            else outcome
            for outcome in outcomes
        ]

    def _taken_back(self, ids: Sequence[int], *, folded: bool) -> dict[int, set[str]]:
        """Those of the deliveries whose recipients were told, or are to be, that what they hold fell: which alerts.

        With `folded` also digests that hold such an alert, and what fell with a later alert that was corrected.
        """
        correction = aliased(AlertRow)
        its_own = col(AlertRow.id) == DeliveryRow.alert_id
        named = [] if folded else [col(correction.dedup) == literal(CORRECTS) + col(AlertRow.id)]
        query = (
            select(DeliveryRow.id, AlertRow.id)
            .join(AlertRow, or_(its_own, col(AlertRow.digest_id) == DeliveryRow.alert_id) if folded else its_own)
            .join(correction, col(correction.change_id) == AlertRow.change_id)
            .where(
                self._is_among(col(DeliveryRow.id), list(ids)),
                AlertRow.kind == AlertKind.CHANGE.value,
                correction.kind == AlertKind.CORRECTION.value,
                correction.subscription_id == AlertRow.subscription_id,
                col(correction.sequence) > AlertRow.sequence,
                *named,
            )
        )
        found: dict[int, set[str]] = {}
        for delivery, alert in self._session.exec(query):
            if delivery is not None:
                found.setdefault(delivery, set()).add(alert)
        return found

    def _numbers(self, ids: Sequence[int]) -> dict[int, int]:
        """The number of the last attempt at each delivery that was attempted before."""
        query = (
            select(AttemptRow.delivery_id, func.max(AttemptRow.n))
            .where(self._is_among(col(AttemptRow.delivery_id), list(ids)))
            .group_by(col(AttemptRow.delivery_id))
        )
        return dict(self._session.execute(query).all())


_ENDED = (
    update(_DELIVERY)
    .where(_DELIVERY.c.id == bindparam("its_id"))
    .values(
        status=bindparam("its_status"),
        next_attempt_at=bindparam("its_next"),
        attempts=_DELIVERY.c.attempts + 1,
        lease_token=null(),
        lease_until=null(),
        last_status=bindparam("its_answer_status"),
        last_error=bindparam("its_error"),
        last_answer=bindparam("its_answer"),
        first_failed_at=case(
            (_DELIVERY.c.first_failed_at.is_not(None), _DELIVERY.c.first_failed_at), else_=bindparam("its_failed")
        ),
        delivered_at=bindparam("its_delivered"),
    )
)


def _values(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """What an attempt leaves on its delivery."""
    result = outcome.result
    return {
        "its_id": outcome.delivery.id,
        "its_status": outcome.status.value,
        "its_next": outcome.next_attempt_at,
        "its_answer_status": result.status,
        "its_error": result.error,
        "its_answer": None if result.answer is None else result.answer[:MOST_ANSWER],
        "its_failed": None if result.ok else now,
        "its_delivered": now if result.ok else None,
    }
