"""At once or later: what a subscription's timing, and what went to it lately, mean for a new alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.alerts.timing import NEVER_FOLDED, hold_for
from monitor.model.alert import NewAlert
from monitor.model.timing import Cadence
from storage.values import Pace


def has_limits(new: NewAlert) -> bool:
    """Whether it matters what went to the subscription lately."""
    subscription = new.subscription
    if subscription.channel in NEVER_FOLDED:
        return subscription.timing.most_per_hour is not None
    return subscription.timing.cadence is Cadence.AT_ONCE


def with_holds(told: Sequence[NewAlert], paces: Mapping[int, Pace], now: datetime) -> list[NewAlert]:
    """The alerts, each with how long it waits, if it does."""
    return [_timed(new, paces.get(new.subscription.id, Pace()), now) for new in told]


def _timed(new: NewAlert, pace: Pace, now: datetime) -> NewAlert:
    subscription = new.subscription
    fold = subscription.channel not in NEVER_FOLDED
    hold = hold_for(subscription.timing, subscription.channel, now, pace.moments)
    if fold and subscription.timing.cadence is Cadence.AT_ONCE:
        # What comes while others wait goes out with these: a burst becomes one digest, and the order stays.
        hold = pace.hold or hold
    return replace(new, hold=hold, fold=fold)
