"""Subscribers and their subscriptions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from monitor.model.alert import ChannelName, Filter, Subscription
from monitor.model.position import ChangeKind
from storage.errors import NotFound
from storage.repository import Repository
from storage.tables import SubscriberRow, SubscriptionRow


class Subscriptions(Repository):
    """Who wants to know what, and where it is sent."""

    def subscriber(self, name: str, now: datetime) -> int:
        """The id of the subscriber with this name, who is made if need be."""
        self._lock("subscriber", name)
        row = self._session.exec(select(SubscriberRow).where(SubscriberRow.name == name)).first()
        if row is None:
            row = SubscriberRow(name=name, created_at=now)
            self._session.add(row)
            self._session.flush()
        assert row.id is not None
        return row.id

    def add(
        self,
        subscriber: str,
        channel: ChannelName,
        target: str,
        filter: Filter,  # noqa: A002 - the field's own term
        secret: str | None,
        now: datetime,
    ) -> Subscription:
        """A new subscription of the subscriber with this name."""
        row = SubscriptionRow(
            subscriber_id=self.subscriber(subscriber, now),
            channel=channel.value,
            target=target,
            secret=secret,
            filter=_filter_body(filter),
            created_at=now,
        )
        self._session.add(row)
        self._session.flush()
        self._session.refresh(row)
        return _subscription(row, subscriber)

    def get(self, subscription_id: int) -> Subscription:
        """The subscription. Raises NotFound."""
        row = self._row(SubscriptionRow, subscription_id, "subscription")
        return _subscription(row, self._row(SubscriberRow, row.subscriber_id, "subscriber").name)

    def all(self, active_only: bool = True) -> list[Subscription]:
        """The subscriptions by id."""
        query = (
            select(SubscriptionRow, SubscriberRow.name)
            .join(SubscriberRow, col(SubscriberRow.id) == SubscriptionRow.subscriber_id)
            .order_by(col(SubscriptionRow.id))
        )
        if active_only:
            query = query.where(col(SubscriptionRow.disabled_at).is_(None))
        return [_subscription(row, name) for row, name in self._session.exec(query)]

    def disable(self, subscription_id: int, why: str, now: datetime) -> None:
        """Stops the subscription; what waits to be sent to it stays where it is. Raises NotFound."""
        row = self._row(SubscriptionRow, subscription_id, "subscription")
        if row.disabled_at is None:
            row.disabled_at, row.disabled_why = now, why
            self._session.add(row)
            self._session.flush()

    def enable(self, subscription_id: int) -> None:
        """Starts a disabled subscription again. Raises NotFound."""
        done = self._session.exec(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id) == subscription_id)
            .values(disabled_at=None, disabled_why=None)
        )
        if done.rowcount == 0:
            raise NotFound("subscription", subscription_id)


def _filter_body(wanted: Filter) -> dict[str, Any]:
    return {
        "actors": sorted(wanted.actors),
        "issues": sorted(wanted.issues),
        "kinds": sorted(kind.value for kind in wanted.kinds),
        "least_confidence": wanted.least_confidence,
        "pending": wanted.pending,
        "commentators": wanted.commentators,
    }


def _subscription(row: SubscriptionRow, subscriber: str) -> Subscription:
    assert row.id is not None
    body = row.filter
    return Subscription(
        id=row.id,
        subscriber=subscriber,
        channel=ChannelName(row.channel),
        target=row.target,
        secret=row.secret,
        filter=Filter(
            actors=frozenset(body["actors"]),
            issues=frozenset(body["issues"]),
            kinds=frozenset(ChangeKind(kind) for kind in body["kinds"]),
            least_confidence=body["least_confidence"],
            pending=body["pending"],
            commentators=body["commentators"],
        ),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
    )
