"""What is agreed with a hub: leases, signatures, when it is asked again, how rarely a pushed feed is polled. Pure."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.feeds.health import span
from monitor.model.feed import Feed, ParsedFeed
from monitor.model.hub import HubState, HubSubscription
from monitor.net.mask import mask

LEASE_ASKED_S = 10 * 86_400
"""The lease that is asked for; ten days are what W3C WebSub, 5.1, has as an example and large hubs give anyway."""

LEASE_UNSAID_S = 86_400
"""What is taken for the lease where a hub does not say: older hubs (PubSubHubbub 0.3) need not."""

LONGEST_LEASE_S = 30 * 86_400
"""A hub may say ten years; whether it is still there is asked once a month."""

LEAST_WAIT_S = 600
"""Seconds between two requests to a hub for the same subscription, however short its leases."""

DENIED_WAIT = timedelta(days=30)
"""A hub that denied a subscription is asked again a month later, or when the feed names another."""

UNPROVEN_POLL_S = 3_600
"""As long as nothing new was pushed, no more than this lies between two polls: many feeds name hubs that are dead."""

LIES_AFTER = 2
"""So many polls in a row that find what was not pushed are no coincidence of moments."""

_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # WebSub, chapter 8
_LONGEST_RETRY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PushCadence:
    """How rarely a feed is polled whose news are pushed, in seconds."""

    poll_s: int = 4 * 3600


def granted_lease_s(said: str | None) -> int | None:
    """The lease that a hub grants, in seconds, bounded; None for what is no lease: the challenge is not answered."""
    if said is None:
        return LEASE_UNSAID_S
    text = said.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not int(text):
        return None
    return min(int(text), LONGEST_LEASE_S)


def renew_after_s(lease_s: int, jitter: float) -> float:
    """When a lease is renewed, in seconds from its beginning: after 70 to 85 % of it, so that renewals are strewn.

    `jitter` is a random number from 0 to 1. Of a lease of minutes no more is renewed than a hub can be bothered with.
    """
    return max(lease_s * (0.70 + 0.15 * min(max(jitter, 0.0), 1.0)), LEAST_WAIT_S)


def ask_again_after_s(attempts: int, retry_after_s: int | None, jitter: float) -> float:
    """How long to wait after having asked in vain for the n-th time: doubling from ten minutes, a day at most."""
    doubled = min(LEAST_WAIT_S * 2.0 ** min(max(attempts - 1, 0), 20), _LONGEST_RETRY_S)
    return max(doubled, retry_after_s or 0) * (1 + 0.1 * min(max(jitter, 0.0), 1.0))


def signature_holds(header: str | None, secret: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature` is that of the body, as it came over the wire, under the secret."""
    algorithm, _, given = (header or "").strip().partition("=")
    if algorithm.lower() not in _ALGORITHMS or not given.isascii():
        return False
    wanted = hmac.digest(secret.encode("ascii"), body, algorithm.lower()).hex()
    return hmac.compare_digest(wanted, given.strip().lower())


def polled_rarely(after: Feed, subscription: HubSubscription, now: datetime, cadence: PushCadence) -> Feed:
    """The feed after a poll, with the next one put off where a hub is to be relied on.

    It is not relied on when the poll failed or left something, when the lease is not live, and when the hub missed
    something. No poll is put off beyond the end of the lease.
    """
    settled = after.failures == 0 and after.last_poll_at == now and after.baseline_done and after.body_hash is not None
    if not subscription.live(now) or subscription.missed or not settled:
        return after
    assert subscription.live_until is not None
    wait_s = cadence.poll_s if subscription.last_news_at else min(cadence.poll_s, UNPROVEN_POLL_S)
    rarely = min(now + timedelta(seconds=wait_s), subscription.live_until)
    return replace(after, next_poll_at=max(after.next_poll_at, rarely))


def missed_after(was: Feed, subscription: HubSubscription, new_items: int) -> int:
    """How many polls in a row found what the hub had not pushed, after one that found so many new items.

    Only what appeared while the hub was bound to push counts: between two polls both within its lease. What it pushed
    since the last poll says that it does push.
    """
    since = was.last_poll_at
    if not new_items or not was.baseline_done or since is None or subscription.state is not HubState.VERIFIED:
        return subscription.missed
    if subscription.verified_at is None or since < subscription.verified_at:
        return subscription.missed
    return subscription.missed + 1


def after_push(feed: Feed, parsed: ParsedFeed | None, new_items: int, now: datetime) -> Feed:
    """The feed after a push: when it had news. All that is known of its own document stays, for a push is another.

    One that breaks off is a hint that something is new; the feed itself is due to be asked.
    """
    dates = (
        [entry.published for entry in parsed.entries if entry.published and entry.published <= now] if parsed else []
    )
    if dates and (feed.newest_entry_at is None or max(dates) > feed.newest_entry_at):
        feed = replace(feed, newest_entry_at=max(dates))
    if parsed is not None and not parsed.complete:
        feed = replace(feed, next_poll_at=min(feed.next_poll_at, now))
    return replace(feed, last_new_at=now) if new_items else feed


def in_words(subscription: HubSubscription, now: datetime) -> str:
    """How it stands with the hub, for operators; nothing secret is in it."""
    hub, until = mask(subscription.hub), subscription.live_until
    error = mask(subscription.last_error or "").rstrip(".")
    why = f": {error}" if error else ""
    if subscription.state is HubState.LEAVING:
        return f"being given up at the hub {hub}{why}"
    if subscription.state is HubState.DENIED:
        return f"the hub {hub} denied the subscription{why}; the feed is polled as ever"
    if not subscription.live(now):
        return f"not pushed yet: {_not_yet(subscription, hub)}{why}; the feed is polled as ever"
    words = f"pushed by the hub {hub}, lease until {until:%Y-%m-%d %H:%M} UTC"
    if subscription.missed >= LIES_AFTER:
        return (
            f"{words}; but the last {subscription.missed} polls found news that it had not pushed:"
            " the feed is polled as ever until it does"
        )
    if subscription.last_push_at is None:
        return f"{words}; nothing was pushed so far{why}"
    return f"{words}; last push {span((now - subscription.last_push_at).total_seconds())} ago{why}"


def _not_yet(subscription: HubSubscription, hub: str) -> str:
    if subscription.state is HubState.WANTED:
        return f"the hub {hub} is to be asked"
    if subscription.state is HubState.ASKED:
        return f"the hub {hub} was asked and has not verified it"
    return f"the lease at the hub {hub} ran out and was not renewed"
