"""What a subscription wants is edited: as a version, and what waits for it waits by its new timing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from monitor.alerts.timing import NEVER_FOLDED, first_digest, hold_for
from monitor.model.alert import Filter, Subscription
from monitor.model.timing import Hold, Timing
from storage.values import Pace
from storage.work import Work

ENABLED = "subscription enabled"
"""What the audit trail calls it; its detail says since when the subscription was off, and why."""


def edit(
    work: Work, subscription_id: int, wanted: Filter, timing: Timing, *, who: str, why: str, now: datetime
) -> Subscription:
    """Another filter and timing from now on. What waits under the old timing comes by the new one.

    Nothing is written where both are as they were. Raises NotFound.
    """
    work.alerts.hold_subscription(subscription_id)
    was = work.subscriptions.get(subscription_id)
    if (was.filter, was.timing) == (wanted, timing):
        return was
    due = was.next_digest_at if was.timing == timing else first_digest(timing, was.channel, now)
    made = work.subscriptions.edit(subscription_id, wanted, timing, due, who, why, now)
    if was.timing != timing:
        hold = hold_for(timing, was.channel, now, ()) or Hold(until=now, why="another timing")
        work.alerts.hold_anew(subscription_id, hold)
        if was.channel in NEVER_FOLDED:
            _spread_anew(work, made, now)
    return made


def _spread_anew(work: Work, subscription: Subscription, now: datetime) -> None:
    """What quiet hours or a rate put off is due by the timing that the subscription has now, in the same order."""
    untried = work.alerts.untried(subscription.id)
    pace = work.alerts.paces([subscription.id], now).get(subscription.id, Pace())
    others = Counter(pace.moments) - Counter(due for _, due in untried)
    moments = sorted(others.elements())
    spread: dict[int, datetime] = {}
    for key, _ in untried:
        hold = hold_for(subscription.timing, subscription.channel, now, moments)
        spread[key] = hold.until if hold else now
        # Only so many of the last count.
        moments = sorted([*moments, spread[key]])[-(subscription.timing.most_per_hour or 1) :]
    work.alerts.due_at(spread)


def enable(work: Work, subscription_id: int, *, who: str, now: datetime) -> Subscription:
    """Starts a disabled subscription again; that it was off is kept, for `why`. Raises NotFound.

    Its next digest reports from now on: nothing was kept for it while it was off.
    """
    was = work.subscriptions.get(subscription_id)
    if was.disabled_at is None:
        return was
    work.subscriptions.enable(subscription_id)
    detail = {"since": was.disabled_at.isoformat(), "why": was.disabled_why or ""}
    work.audit.add(who, ENABLED, str(subscription_id), detail, now)
    if was.next_digest_at is not None and was.next_digest_at <= now:
        work.subscriptions.digest_sent(subscription_id, first_digest(was.timing, was.channel, now), now)
    return work.subscriptions.get(subscription_id)
