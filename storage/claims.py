"""Claiming deliveries: which of those that are due are attempted next, and by whom.

A claim looks at the deliveries that have been due for longest, some hundreds at a time, and goes on to others only
where these must all wait. So it takes as long with a hundred thousand deliveries as with a hundred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import col, func, select

from monitor.model.account import Role
from monitor.model.alert import ChannelName, ClaimedDelivery, DeliveryStatus
from storage.attempts import Attempts
from storage.delivery_order import deliverable, earlier_untried, its_alert_waits
from storage.repository import lease_token, unleased
from storage.tables import AccountRow, AlertRow, DeliveryRow, MessageRow, SubscriptionRow

WINDOW = 500
"""Due deliveries that are looked at together."""

SPARE = 5
"""Deliveries of one subscription beyond its free places; some may have to wait for another's first attempt."""

_TRIES = 3
"""On PostgreSQL another worker may have taken all that was chosen; then there is more, or nothing is due any more."""

LONGEST_WAIT = timedelta(days=2)
"""Longer than any wait for the next attempt: 24 h, a fifth more by jitter, or as long by the receiver's wish."""


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    subscription: int


class Claims(Attempts):
    """Leases on deliveries. One is claimed while it is attempted; `record` gives the lease back."""

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
        of what it tells. `at_once` bounds how many of one subscription are under way, so that an endpoint that hangs
        cannot take the place of all others. `only` and `without` name subscriptions.
        """
        for _ in range(_TRIES):
            chosen = self._chosen(now, limit, at_once, only, without)
            taken = self._taken(chosen, now)
            if taken or not chosen:
                break
        token = lease_token()
        self._session.exec(
            update(DeliveryRow)
            .where(self._is_among(col(DeliveryRow.id), taken))
            .values(lease_token=token, lease_until=now + lease)
        )
        return self._claimed(taken, token)

    def _chosen(
        self,
        now: datetime,
        limit: int,
        at_once: int | None,
        only: Collection[int] | None,
        without: Collection[int],
    ) -> list[int]:
        """The ids of what should be attempted, longest due first."""
        under_way = self._under_way(now) if at_once is not None else Counter[int]()
        full = {subscription for subscription, count in under_way.items() if at_once is not None and count >= at_once}
        passed_over, chosen = {*full, *without}, list[int]()
        while len(chosen) < limit:
            due = self._window(now, only, passed_over)
            free = {d.subscription: limit if at_once is None else at_once - under_way[d.subscription] for d in due}
            ready = self._ready(_first_of_each(due, {one: places + SPARE for one, places in free.items()}))
            chosen += [d.id for d in _first_of_each([d for d in due if d.id in ready], free)]
            if len(due) < WINDOW:
                break
            passed_over |= set(free)
        return chosen[:limit]

    def _under_way(self, now: datetime) -> Counter[int]:
        """How many deliveries of each subscription are being attempted now."""
        query = (
            select(DeliveryRow.subscription_id, func.count())
            .where(DeliveryRow.status == DeliveryStatus.PENDING.value, col(DeliveryRow.lease_until) > now)
            .group_by(col(DeliveryRow.subscription_id))
        )
        return Counter(dict(self._session.execute(query).all()))

    def _window(self, now: datetime, only: Collection[int] | None, without: Collection[int]) -> list[_Due]:
        """The deliveries that have been due for longest, of these subscriptions and not of those."""
        query = (
            select(DeliveryRow.id, DeliveryRow.subscription_id)
            .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
            .where(deliverable(), _is_due(now), unleased(DeliveryRow.lease_until, now))
            .order_by(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
            .limit(WINDOW)
        )
        if only is not None:
            query = query.where(self._is_among(col(DeliveryRow.subscription_id), list(only)))
        if without:
            query = query.where(~self._is_among(col(DeliveryRow.subscription_id), list(without)))
        return [_Due(i, subscription) for i, subscription in self._session.execute(query) if i is not None]

    def _ready(self, due: Iterable[_Due]) -> set[int]:
        """Those that need not wait for another one's first attempt, or for what they take back to arrive."""
        query = (
            select(DeliveryRow.id)
            .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
            .where(
                self._is_among(col(DeliveryRow.id), [d.id for d in due]),
                or_(col(DeliveryRow.attempts) > 0, ~earlier_untried()),
                ~its_alert_waits(),
            )
        )
        return {i for i in self._session.exec(query) if i is not None}

    def _taken(self, chosen: Collection[int], now: datetime) -> list[int]:
        """Those of the chosen that nobody else has taken meanwhile; they are locked."""
        query = (
            select(DeliveryRow.id)
            .where(
                self._is_among(col(DeliveryRow.id), list(chosen)),
                DeliveryRow.status == DeliveryStatus.PENDING.value,
                unleased(DeliveryRow.lease_until, now),
            )
            .order_by(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
            .with_for_update(of=DeliveryRow, skip_locked=True)
        )
        return [i for i in self._session.exec(query) if i is not None]

    def _claimed(self, taken: Collection[int], token: str) -> list[ClaimedDelivery]:
        query = (
            select(DeliveryRow, MessageRow, SubscriptionRow, AccountRow.role)
            .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
            .join(MessageRow, col(MessageRow.id) == AlertRow.message_id)
            .join(SubscriptionRow, col(SubscriptionRow.id) == DeliveryRow.subscription_id)
            .join(AccountRow, col(AccountRow.id) == SubscriptionRow.account_id, isouter=True)
            .where(self._is_among(col(DeliveryRow.id), list(taken)))
            .order_by(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
            .execution_options(populate_existing=True)
        )
        return [
            replace(_claim(row, message, subscription, token), by_stranger=role == Role.SUBSCRIBER.value)
            for row, message, subscription, role in self._session.execute(query)
        ]


def _first_of_each(due: Iterable[_Due], most: dict[int, int]) -> list[_Due]:
    """The first so many of each subscription, in the order given."""
    seen: Counter[int] = Counter()
    found = []
    for one in due:
        seen[one.subscription] += 1
        if seen[one.subscription] <= most[one.subscription]:
            found.append(one)
    return found


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether the next attempt is due. One that is further off than any was set before the clock went back.

    A first attempt alone may be, where it is spread by a rate.
    """
    at = col(DeliveryRow.next_attempt_at)
    ahead = or_(col(DeliveryRow.attempts) > 0, col(DeliveryRow.created_at) > now)
    return or_(at <= now, and_(at > now + LONGEST_WAIT, ahead))


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
