"""Nothing rings in quiet hours, whenever it was queued: a retry, or what a worker that was down finds due at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.timing import quiet_until
from monitor.model.alert import ClaimedDelivery
from storage.work import Work


def awake(work: Work, claimed: Sequence[ClaimedDelivery], now: datetime) -> list[ClaimedDelivery]:
    """The deliveries that may go out now; the others are put back until their subscribers' quiet hours end.

    Notices on a subscription itself go out at any hour: somebody has just asked for them.
    """
    timings = work.subscriptions.timings({delivery.subscription_id for delivery in claimed})
    ends = {key: end for key, timing in timings.items() if (end := quiet_until(timing, now)) is not None}
    asleep = [one for one in claimed if one.subscription_id in ends and one.notice is None]
    for delivery in asleep:
        work.alerts.put_back(delivery, ends[delivery.subscription_id])
    held = {delivery.id for delivery in asleep}
    return [delivery for delivery in claimed if delivery.id not in held]
