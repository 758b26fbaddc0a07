"""A feed with a hub, as far as a test wants it agreed with."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from monitor.model.hub import HubSubscription
from storage.engine import Database

HUB = "https://hub.example/"
TOPIC = "https://paper.example/self.xml?a=1&b=ü"
BASE = "https://news.example"
LEASE = timedelta(minutes=5)


def wanted(database: Database, now: datetime, *, hubs: tuple[str, ...] = (HUB,), topic: str = TOPIC) -> int:
    """A feed that names hubs; its id."""
    with database.work() as work:
        feed = work.feeds.add(f"https://paper.example/{len(work.feeds.all())}", "Paper", "", now)
        work.feeds.save(replace(feed, baseline_done=True, next_poll_at=now + timedelta(hours=4)))
        work.hubs.want(feed.id, topic, hubs, now)
        return feed.id


def asked(database: Database, now: datetime, **more: tuple[str, ...]) -> HubSubscription:
    """One whose hub was just asked."""
    feed = wanted(database, now, **more)
    with database.work() as work:
        for subscription, claim in work.hubs.claim_due(now, 100, LEASE, BASE):
            work.hubs.asked(subscription.id, claim, None, now + timedelta(minutes=10))
    return standing(database, feed)


def verified(database: Database, now: datetime, lease_s: int = 864_000) -> HubSubscription:
    """One whose hub has verified it."""
    subscription = asked(database, now)
    with database.work() as work:
        work.hubs.verified(subscription.id, lease_s, now + timedelta(seconds=lease_s * 0.8), now)
    return standing(database, subscription.feed_id or 0)


def standing(database: Database, feed: int) -> HubSubscription:
    """What stands between a feed and its hub."""
    with database.view() as work:
        return work.hubs.of_feeds([feed])[feed]


def challenge(subscription: HubSubscription, **changed: str | None) -> str:
    """The address that the hub asks to verify."""
    said = {
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic,
        "hub.challenge": "q7<b>&é",
        "hub.lease_seconds": "864000",
        **{f"hub.{name}": value for name, value in changed.items()},
    }
    return f"/websub/{subscription.token}?" + urlencode({k: v for k, v in said.items() if v is not None})


def signed(subscription: HubSubscription, body: bytes, algorithm: str = "sha256") -> dict[str, str]:
    """The headers that a hub pushes a body with."""
    digest = hmac.new(subscription.secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()
    return {"x-hub-signature": f"{algorithm}={digest}", "content-type": "application/rss+xml"}
