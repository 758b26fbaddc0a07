"""Subscriptions as commands show them: targets masked, secrets never."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.alerts.targets import mask
from monitor.cli.talk import plain
from monitor.model.alert import Audience, Filter, Subscription
from storage.values import SubscriptionVersion


def row_of(subscription: Subscription) -> dict[str, Any]:
    """The subscription for programs."""
    row: dict[str, Any] = plain(subscription)
    row["target"], row["secret"] = mask(subscription.channel, subscription.target), None
    row["previous_secret"] = None
    return row


def wants(subscription: Subscription) -> str:
    """What a subscription wants, in one line."""
    if subscription.audience is Audience.OPERATIONS:
        return "troubles"
    return filter_in_words(subscription.filter)


def filter_in_words(wanted: Filter) -> str:
    """A filter in one line; "everything" where it holds back nothing."""
    parts = [", ".join(sorted(part)) for part in (wanted.actors, wanted.issues, wanted.kinds) if part]
    parts += ["pending too"] if wanted.pending else []
    parts += [f"from {wanted.least_confidence:g}"] if wanted.least_confidence else []
    parts += [] if wanted.commentators else ["no commentators"]
    return "; ".join(parts) or "everything"


def state(subscription: Subscription) -> str:
    """Whether anything goes to it, and why not."""
    if subscription.disabled_at is not None:
        return subscription.disabled_why or "off"
    if subscription.suppressed_why is not None:
        return f"address suppressed: {subscription.suppressed_why}"
    return "on" if subscription.confirmed else "address not confirmed yet"


def what_changed(versions: Sequence[SubscriptionVersion]) -> list[str]:
    """For each version in one line what is other than in the one before."""
    from monitor.alerts.timing_words import in_words

    lines = []
    for place, version in enumerate(versions):
        was = versions[place - 1] if place else None
        parts = [filter_in_words(version.filter)] if was is None or was.filter != version.filter else []
        parts += [in_words(version.timing)] if was is None or was.timing != version.timing else []
        lines.append("; ".join(parts))
    return lines
