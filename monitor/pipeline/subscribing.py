"""What a subscription wants is edited: as a version, and what waits for it waits by its new timing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from monitor.alerts.timing import NEVER_FOLDED, first_digest, hold_for
from monitor.model.alert import ACCOUNT_DISABLED, Filter, Subscription
from monitor.model.timing import Hold, Timing
from storage.values import Pace
from storage.work import Work

ENABLED = "subscription enabled"
"""What the audit trail calls it; its detail says since when the subscription was off, and why."""


class AccountOff(ValueError):  # noqa: N818 - a state that an operator meets
    """The account of the subscription is disabled; nothing was changed. The message names the remedy."""

    def __init__(self, name: str) -> None:
        super().__init__(f"its account {name} is disabled; `volteface accounts enable {name}` starts it, too")


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
    """Starts a disabled subscription again; that it was off is kept, for `why`. Raises NotFound and AccountOff.

    Its next digest reports from now on: nothing was kept for it while it was off.
    """
    was = work.subscriptions.get(subscription_id)
    if was.account_id is not None and work.accounts.is_disabled(was.account_id):
        raise AccountOff(work.accounts.get(was.account_id).name)
    return end_pause(work, subscription_id, who=who, now=now)


def pause_with_account(work: Work, account_id: int, now: datetime) -> int:
    """Stops all subscriptions of an account that is disabled; gives how many. What was off already stays so."""
    active = [one for one in work.subscriptions.of_account(account_id) if one.disabled_at is None]
    for one in active:
        work.subscriptions.disable(one.id, ACCOUNT_DISABLED, now)
    return len(active)


def resume_with_account(work: Work, account_id: int, *, who: str, now: datetime) -> int:
    """Starts the subscriptions again that were off only with their account; gives how many."""
    paused = [one for one in work.subscriptions.of_account(account_id) if one.disabled_why == ACCOUNT_DISABLED]
    for one in paused:
        end_pause(work, one.id, who=who, now=now)
    return len(paused)


def end_pause(work: Work, subscription_id: int, *, who: str, now: datetime) -> Subscription:
    """As `enable`, whatever its account is. Raises NotFound."""
    was = work.subscriptions.get(subscription_id)
    if was.disabled_at is None:
        return was
    work.subscriptions.enable(subscription_id)
    detail = {"since": was.disabled_at.isoformat(), "why": was.disabled_why or ""}
    work.audit.add(who, ENABLED, str(subscription_id), detail, now)
    if was.next_digest_at is not None and was.next_digest_at <= now:
        work.subscriptions.digest_sent(subscription_id, first_digest(was.timing, was.channel, now), now)
    return work.subscriptions.get(subscription_id)
