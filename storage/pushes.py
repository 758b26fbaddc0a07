"""What hubs pushed, as a queue: stored before it is answered, claimed feed by feed, gone when it is admitted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from monitor.model.hub import Push
from storage.repository import Repository, lease_token, unleased
from storage.tables import HubSubscriptionRow, PushRow


class Pushes(Repository):
    """The documents that were pushed and not read yet."""

    def add(self, subscription_id: int, body: bytes, content_type: str | None, now: datetime) -> int:
        """Stores what was pushed, and gives its number."""
        row = PushRow(
            subscription_id=subscription_id,
            received_at=now,
            body=body,
            content_type=content_type,
            next_attempt_at=now,
        )
        self._session.add(row)
        self._session.flush()
        counted = update(HubSubscriptionRow).where(col(HubSubscriptionRow.id) == subscription_id)
        self._session.exec(counted.values(pushes=HubSubscriptionRow.pushes + 1, last_push_at=now))
        assert row.id is not None
        return row.id

    def any_waits(self, now: datetime) -> bool:
        """Whether something is there to be read."""
        due = (col(PushRow.next_attempt_at) <= now, unleased(PushRow.lease_until, now))
        return self._session.exec(select(PushRow.id).where(*due).limit(1)).first() is not None

    def waiting_feeds(self, now: datetime, limit: int) -> list[int]:
        """The feeds for which something waits that nobody reads just now, longest waiting first."""
        first = func.min(PushRow.id)
        query = (
            select(HubSubscriptionRow.feed_id)
            .join(PushRow, col(PushRow.subscription_id) == col(HubSubscriptionRow.id))
            .where(
                col(HubSubscriptionRow.feed_id).is_not(None),
                col(PushRow.next_attempt_at) <= now,
                unleased(PushRow.lease_until, now),
            )
            .group_by(col(HubSubscriptionRow.feed_id))
            .order_by(first)
            .limit(limit)
        )
        return [feed for feed in self._session.exec(query) if feed is not None]

    def claim_first(self, feed_id: int, now: datetime, lease: timedelta) -> Push | None:
        """Leases the oldest document of a feed. Only whoever has leased the feed itself may claim it."""
        query = (
            select(PushRow, HubSubscriptionRow.topic)
            .join(HubSubscriptionRow, col(PushRow.subscription_id) == col(HubSubscriptionRow.id))
            .where(col(HubSubscriptionRow.feed_id) == feed_id, unleased(PushRow.lease_until, now))
            .order_by(col(PushRow.id))
            .limit(1)
            .execution_options(populate_existing=True)
        )
        found = self._session.exec(query).first()
        if found is None:
            return None
        row, topic = found
        assert row.id is not None
        row.lease_token, row.lease_until, row.attempts = lease_token(), now + lease, row.attempts + 1
        self._session.add(row)
        self._session.flush()
        return Push(
            id=row.id,
            subscription_id=row.subscription_id,
            feed_id=feed_id,
            topic=topic,
            received_at=row.received_at,
            body=row.body,
            content_type=row.content_type,
            attempts=row.attempts,
            lease=row.lease_token,
        )

    def done(self, push: Push) -> None:
        """It is read; to be done in the transaction that stores what was in it."""
        self._session.exec(delete(PushRow).where(col(PushRow.id) == push.id, col(PushRow.lease_token) == push.lease))

    def again(self, push: Push, now: datetime) -> None:
        """More is in it than was taken at once: it is due again, and that was no failure."""
        mine = (col(PushRow.id) == push.id, col(PushRow.lease_token) == push.lease)
        left = {"lease_token": None, "lease_until": None, "attempts": 0, "next_attempt_at": now}
        self._session.exec(update(PushRow).where(*mine).values(**left))
