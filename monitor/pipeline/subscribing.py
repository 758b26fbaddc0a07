"""What a subscription wants is edited: as a version, and what waits for it waits by its new timing."""

from __future__ import annotations

from datetime import datetime

from monitor.alerts.timing import first_digest, hold_for
from monitor.model.alert import Filter, Subscription
from monitor.model.timing import Hold, Timing
from storage.work import Work

ENABLED = "subscription enabled"
"""What the audit trail calls it; its detail says since when the subscription was off, and why."""


def edit(
    work: Work, subscription_id: int, wanted: Filter, timing: Timing, *, who: str, why: str, now: datetime
) -> Subscription:
    """Another filter and timing from now on. What was held under the old timing comes by the new one.

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
    return made


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
