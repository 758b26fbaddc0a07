"""Subscriptions at hubs: which are due to be asked for, renewed or given up, and what the hubs answered."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import col, func, select

from monitor.model.feed import FeedStatus
from monitor.model.hub import HubMode, HubState, HubSubscription, callback_token
from storage.repository import Repository, chunks, lease_token, unleased
from storage.tables import FeedRow, HubSubscriptionRow, PushRow

_NAMES = tuple(field.name for field in fields(HubSubscription))
_ROW = HubSubscriptionRow


class Hubs(Repository):
    """The subscriptions, one to a feed, and those that are being given up. Secrets and tokens are made here."""

    def of_feeds(self, feed_ids: Collection[int]) -> dict[int, HubSubscription]:
        """By feed, what stands between us and its hub; feeds without a hub are left out."""
        found: dict[int, HubSubscription] = {}
        for part in chunks(sorted(set(feed_ids))):
            for row in self._session.exec(self._fresh().where(col(_ROW.feed_id).in_(part))):
                found[row.feed_id or 0] = _subscription(row)
        return found

    def all(self) -> list[HubSubscription]:
        """All of them."""
        return [_subscription(row) for row in self._session.exec(self._fresh().order_by(col(_ROW.id)))]

    def by_token(self, token: str) -> HubSubscription | None:
        """Whose callback it is. Looked up by a hash: how long it takes tells nothing of the tokens there are."""
        row = self._session.exec(self._fresh().where(_ROW.token_hash == _hash(token))).first()
        return None if row is None else _subscription(row)

    def want(self, feed_id: int, topic: str, hubs: Sequence[str], now: datetime) -> None:
        """The feed names these hubs. The first is asked; what stood with another, or for another topic, is given up."""
        there = self.of_feeds([feed_id]).get(feed_id)
        listed = "\n".join(hubs)
        if there is not None and there.topic == topic and there.hub in hubs:
            if there.hubs != tuple(hubs):
                self._write(there.id, hubs=listed)
            return
        self.leave(feed_id, now)
        secret = _secret()
        row = _ROW(
            feed_id=feed_id,
            topic=topic,
            hub=hubs[0],
            hubs=listed,
            state=HubState.WANTED.value,
            secret=secret,
            token_hash=_hash(callback_token(secret)),
            next_attempt_at=now,
        )
        self._session.add(row)
        self._session.flush()

    def leave(self, feed_id: int, now: datetime) -> None:
        """The feed names no hub any more: what stood with one is given up."""
        there = self.of_feeds([feed_id]).get(feed_id)
        if there is not None:
            self._give_up([there.id], now)

    def unsettled(self, now: datetime) -> bool:
        """Whether `settle` or `claim_due` would find anything to do."""
        due = col(_ROW.next_attempt_at) <= now
        lapsed = (col(_ROW.live_until) <= now) & (col(_ROW.state) == HubState.VERIFIED.value)
        orphan = col(_ROW.feed_id).is_(None) & (col(_ROW.state) != HubState.LEAVING.value)
        if self._session.exec(select(_ROW.id).where(or_(due, lapsed, orphan)).limit(1)).first() is not None:
            return True
        return bool(self._idle_feeds())

    def settle(self, now: datetime, base: str, most_tries: int) -> None:
        """What follows from the time and from what operators did: leases lapse, their feeds are due to be polled again;
        subscriptions of feeds that are paused, gone or removed are given up, those that were asked to be given up
        `most_tries` times in vain are forgotten, and those at another public address than `base` are asked for anew."""
        self._give_up(self._idle_feeds(), now)
        orphans = select(_ROW.id).where(col(_ROW.feed_id).is_(None), col(_ROW.state) != HubState.LEAVING.value)
        self._give_up([i for i in self._session.exec(orphans) if i is not None], now)
        forgotten = (
            col(_ROW.state) == HubState.LEAVING.value,
            col(_ROW.next_attempt_at) <= now,
            or_(col(_ROW.attempts) >= most_tries, col(_ROW.asked_at).is_(None)),
        )
        self._session.exec(delete(_ROW).where(*forgotten))
        lapsed = select(_ROW.id, _ROW.feed_id).where(
            col(_ROW.live_until) <= now, col(_ROW.state) == HubState.VERIFIED.value
        )
        for number, feed_id in self._session.exec(lapsed).all():
            self._write(number or 0, state=HubState.LAPSED.value, verified_at=None)
            self._poll_soon(feed_id, now)
        elsewhere = (
            col(_ROW.base).is_not(None),
            col(_ROW.base) != base,
            col(_ROW.state) != HubState.LEAVING.value,
            col(_ROW.next_attempt_at) > now,
        )
        anew = {"state": HubState.WANTED.value, "base": None, "next_attempt_at": now, "attempts": 0}
        self._session.exec(update(_ROW).where(*elsewhere).values(**anew, live_until=None, verified_at=None))

    def claim_due(self, now: datetime, limit: int, lease: timedelta, base: str) -> list[tuple[HubSubscription, str]]:
        """Leases subscriptions that are due to be asked for, and notes it; each with the name of its claim."""
        due = (col(_ROW.next_attempt_at) <= now, unleased(_ROW.lease_until, now))
        query = select(_ROW.id).where(*due).order_by(col(_ROW.next_attempt_at), col(_ROW.id)).limit(limit)
        chosen = [i for i in self._session.exec(query.with_for_update(skip_locked=True)) if i is not None]
        token = lease_token()
        mine = (col(_ROW.id).in_(chosen), unleased(_ROW.lease_until, now))
        asked = {"attempts": _ROW.attempts + 1, "asked_at": now, "base": base, "next_attempt_at": now + lease}
        self._session.exec(update(_ROW).where(*mine).values(**asked, lease_token=token, lease_until=now + lease))
        rows = self._session.exec(self._fresh().where(_ROW.lease_token == token).order_by(col(_ROW.id))).all()
        for row in rows:
            leaving = row.state == HubState.LEAVING.value
            row.pending = (HubMode.UNSUBSCRIBE if leaving else HubMode.SUBSCRIBE).value
            if row.state not in (HubState.VERIFIED.value, HubState.LEAVING.value):
                row.state = HubState.ASKED.value
            self._session.add(row)
        self._session.flush()
        return [(_subscription(row), token) for row in rows]

    def turn_to_next(self, subscription: HubSubscription) -> HubSubscription:
        """The same with the next hub that the feed names; it gets a secret and a callback of its own."""
        hubs, secret = subscription.hubs, _secret()
        hub = hubs[(hubs.index(subscription.hub) + 1) % len(hubs)] if subscription.hub in hubs else hubs[0]
        self._write(subscription.id, hub=hub, secret=secret, token_hash=_hash(callback_token(secret)))
        row: HubSubscriptionRow = self._row(_ROW, subscription.id, "subscription at a hub")
        return _subscription(row)

    def asked(self, subscription_id: int, claim: str, error: str | None, again_at: datetime) -> None:
        """The hub was asked, or could not be; unless it has verified meanwhile, it is asked again at that time."""
        mine = (col(_ROW.id) == subscription_id, col(_ROW.lease_token) == claim)
        waiting = (*mine, col(_ROW.pending).is_not(None))
        self._session.exec(update(_ROW).where(*waiting).values(next_attempt_at=again_at, last_error=error))
        self._session.exec(update(_ROW).where(*mine).values(lease_token=None, lease_until=None))

    def verified(self, subscription_id: int, lease_s: int, renew_at: datetime, now: datetime) -> None:
        """The hub verified a subscription: from now on it pushes, for so long."""
        row: HubSubscriptionRow = self._row(_ROW, subscription_id, "subscription at a hub")
        unbroken = row.state == HubState.VERIFIED.value and row.live_until is not None and row.live_until > now
        row.verified_at = row.verified_at if unbroken and row.verified_at else now
        row.state, row.pending, row.attempts, row.last_error = HubState.VERIFIED.value, None, 0, None
        row.lease_s, row.live_until, row.next_attempt_at = lease_s, now + timedelta(seconds=lease_s), renew_at
        self._session.add(row)
        self._session.flush()

    def denied(self, subscription_id: int, why: str, again_at: datetime, now: datetime) -> None:
        """The hub does not want to, or not any longer; the feed is due to be polled."""
        row: HubSubscriptionRow = self._row(_ROW, subscription_id, "subscription at a hub")
        row.state, row.pending, row.last_error, row.next_attempt_at = HubState.DENIED.value, None, why, again_at
        row.live_until = row.verified_at = None
        row.attempts = 0
        self._session.add(row)
        self._session.flush()
        self._poll_soon(row.feed_id, now)

    def forget(self, subscription_id: int) -> None:
        """It is given up, and with it what was pushed and not read."""
        self._session.exec(delete(PushRow).where(col(PushRow.subscription_id) == subscription_id))
        self._session.exec(delete(_ROW).where(col(_ROW.id) == subscription_id))

    def pass_over(self, subscription_id: int, why: str, tries: int, now: datetime) -> None:
        """This hub does not want to: it counts as tried so often, and the next one is due to be asked."""
        self._write(subscription_id, pending=None, attempts=tries, last_error=why, next_attempt_at=now)

    def missed(self, subscription_id: int, count: int) -> None:
        """Writes how many polls in a row found what was not pushed."""
        self._write(subscription_id, missed=count)

    def ask_anew(self, subscription_id: int, now: datetime) -> None:
        """The hub is due to be asked again, though its lease runs."""
        self._write(subscription_id, next_attempt_at=now)

    def had_news(self, subscription_id: int, now: datetime) -> None:
        """What the hub pushed was new: it keeps its word."""
        self._write(subscription_id, last_news_at=now, missed=0)

    def discard(self, subscription_id: int, why: str, now: datetime, *, poll: bool) -> None:
        """Something came that cannot be used; the count shows. With `poll` the feed is due: there may be news."""
        done = update(_ROW).where(col(_ROW.id) == subscription_id)
        self._session.exec(done.values(discarded=_ROW.discarded + 1, last_error=why))
        if poll:
            feed = self._session.exec(select(_ROW.feed_id).where(col(_ROW.id) == subscription_id)).first()
            self._poll_soon(feed, now)

    def _poll_soon(self, feed_id: int | None, now: datetime) -> None:
        if feed_id is not None:
            later = (col(FeedRow.id) == feed_id, col(FeedRow.next_poll_at) > now, col(FeedRow.failures) == 0)
            self._session.exec(update(FeedRow).where(*later).values(next_poll_at=now))

    def _idle_feeds(self) -> list[int]:
        query = (
            select(_ROW.id)
            .join(FeedRow, col(FeedRow.id) == col(_ROW.feed_id))
            .where(FeedRow.status != FeedStatus.ACTIVE.value)
        )
        return [i for i in self._session.exec(query) if i is not None]

    def _give_up(self, ids: Collection[int], now: datetime) -> None:
        for part in chunks(ids):
            these = col(_ROW.id).in_(part)
            self._session.exec(delete(PushRow).where(col(PushRow.subscription_id).in_(part)))
            left = {"feed_id": None, "state": HubState.LEAVING.value, "pending": None, "attempts": 0}
            self._session.exec(update(_ROW).where(these).values(**left, next_attempt_at=now, live_until=None))

    def _write(self, subscription_id: int, **values: Any) -> None:
        self._session.exec(update(_ROW).where(col(_ROW.id) == subscription_id).values(**values))

    @staticmethod
    def _fresh() -> Any:
        return select(_ROW).execution_options(populate_existing=True)

    def waiting_pushes(self, subscription_id: int) -> int:
        """How many documents of this subscription wait to be read."""
        count = select(func.count()).select_from(PushRow).where(col(PushRow.subscription_id) == subscription_id)
        return int(self._session.exec(count).one())


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _subscription(row: HubSubscriptionRow) -> HubSubscription:
    values = {name: getattr(row, name) for name in _NAMES}
    return HubSubscription(
        **(
            values
            | {
                "hubs": tuple(row.hubs.split("\n")),
                "state": HubState(row.state),
                "pending": HubMode(row.pending) if row.pending else None,
            }
        )
    )
