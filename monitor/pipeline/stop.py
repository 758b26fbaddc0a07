"""A target that takes nothing any more: nothing further goes there, and its owner hears of it over another channel.

Operators hear of it by themselves: the alarms look at what is disabled and suppressed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.notice import Notice
from monitor.alerts.stopped import compose_stopped
from monitor.model.alert import AlertKind, ChannelName, ClaimedDelivery, NewAlert, Subscription
from monitor.pipeline.changes import write_events
from storage.work import Work

FAILED_FOR = timedelta(days=5)
"""How long every attempt at an endpoint must have failed before it is disabled."""

LEAST_ATTEMPTS = 3
"""Of the delivery that decides: an endpoint that was enabled again is not disabled by one more hiccup."""

_ENDPOINTS = (ChannelName.WEBHOOK, ChannelName.APPRISE)
"""Mail is not among them: what a mail server refuses for days is its own trouble, and would suppress everybody."""


def failing_for_good(work: Work, delivery: ClaimedDelivery, now: datetime) -> str | None:
    """Why an endpoint is to be disabled after an attempt that failed: since when all did; None while it may recover."""
    if delivery.channel not in _ENDPOINTS or delivery.attempt < LEAST_ATTEMPTS:
        return None
    since = work.alerts.failing_since(delivery.subscription_id)
    if since is None or now - since < FAILED_FOR:
        return None
    return f"every attempt failed since {since:%Y-%m-%d %H:%M} UTC"


def stop_target(work: Work, delivery: ClaimedDelivery, why: str, now: datetime, label: str = "") -> None:
    """Sends nothing more to the target of a delivery, in the transaction that records its attempt.

    A mail address is suppressed for all its subscriptions, an endpoint disabled with its subscription. What waits for
    either stays where it is.
    """
    stopped = work.subscriptions.get(delivery.subscription_id)
    why = f"given up: {why}"
    if delivery.channel is ChannelName.EMAIL:
        if stopped.suppressed_why is not None:
            return
        work.subscriptions.addresses.suppress(delivery.target, why, now)
    else:
        if stopped.disabled_at is not None:
            return
        work.subscriptions.disable(stopped.id, why, now)
    work.audit.add("sender", "target stopped", str(stopped.id), {"channel": stopped.channel, "why": why}, now)
    _tell_elsewhere(work, stopped, why, now, label)


def _tell_elsewhere(work: Work, stopped: Subscription, why: str, now: datetime, label: str) -> None:
    ways = [one for one in work.subscriptions.of(stopped.subscriber) if _reaches(one) and _differs(one, stopped)]
    first_of_each = {(one.channel, one.target): one for one in reversed(ways)}.values()
    if not first_of_each:
        return
    composed = compose_stopped(stopped, why, made_at=now, label=label)
    sequence = work.alerts.next_sequence(None, None)
    message = composed.message({"notice": Notice.STOPPED.value, "subscription": stopped.id, "why": why}, sequence)
    told = [NewAlert(subscription=one, dedup=f"{Notice.STOPPED.value}:{sequence}") for one in first_of_each]
    write_events(work, (), work.alerts.add(message, told, AlertKind.NOTICE, now), now)


def _reaches(subscription: Subscription) -> bool:
    return subscription.disabled_at is None and subscription.confirmed and subscription.suppressed_why is None


def _differs(one: Subscription, stopped: Subscription) -> bool:
    return (one.channel, one.target) != (stopped.channel, stopped.target)
