"""Deliver: claimed deliveries → channel → what to do next. At least once, one id for good."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.alerts.channels.protocol import Channel
from monitor.alerts.notice import Notice
from monitor.alerts.retry import after_attempt
from monitor.events import Subject
from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery, DeliveryStatus
from monitor.pipeline.personal_links import with_personal_links
from monitor.pipeline.stop import failing_for_good, stop_target
from storage.engine import Database

_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=2)
_ATTEMPT_DEADLINE_S = 20.0
_AT_ONCE = 2
"""Deliveries of one subscription under way at the same time; the rest of the places are for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What one step came to: deliveries attempted, those that arrived, and those given up."""

    attempted: int = 0
    delivered: int = 0
    dead: int = 0


class Sender:
    """Attempts the deliveries that are due, side by side: one endpoint that hangs holds up nobody else.

    With `public_url`, mails get links of their own that act for their reader. `label` marks invented content.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[ChannelName, Channel],
        clock: Callable[[], datetime],
        concurrency: int = 64,
        *,
        public_url: str | None = None,
        label: str = "",
    ) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        self._free = concurrency
        self._public_url = public_url
        self._label = label

    async def step(self, now: datetime, limit: int = 64) -> SendReport:
        """Claims what is due and attempts it: only as much as can begin at once, for a lease does not wait."""
        places = min(limit, self._free)
        if not places:
            return SendReport()
        self._free -= places

        def claim() -> list[ClaimedDelivery]:
            with self._database.work() as work:
                due = work.alerts.claim_due(now, places, _LEASE, at_once=_AT_ONCE)
                return with_personal_links(work, due, self._public_url, now)

        try:
            claimed = await asyncio.to_thread(claim)
        except BaseException:
            self._free += places
            raise
        self._free += places - len(claimed)
        return _sum(await asyncio.gather(*(self._attempt(delivery) for delivery in claimed)))

    async def _attempt(self, delivery: ClaimedDelivery) -> DeliveryStatus:
        try:
            result = await self._send(delivery)
            return await asyncio.to_thread(self._record, delivery, result)
        finally:
            self._free += 1

    async def _send(self, delivery: ClaimedDelivery) -> AttemptResult:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            # Not permanent: the operator may be about to set the channel up, and the alert must not be lost.
            return AttemptResult(ok=False, error=f"channel {delivery.channel} is not set up; see `volteface doctor`")
        if delivery.notice == Notice.CONFIRM and delivery.personal is None:
            return AttemptResult(ok=False, error="a request to confirm needs a link: set VOLTEFACE_PUBLIC_URL")
        try:
            async with asyncio.timeout(_ATTEMPT_DEADLINE_S):
                return await channel.send(delivery, self._clock())
        except TimeoutError:
            return AttemptResult(ok=False, error=f"no end within {_ATTEMPT_DEADLINE_S:.0f} s")
        except Exception as error:  # a fault of ours in a channel must not lose the alert either
            _log.exception("channel failed", channel=delivery.channel, delivery=delivery.id)
            return AttemptResult(ok=False, error=f"internal fault: {type(error).__name__}")

    def _record(self, delivery: ClaimedDelivery, result: AttemptResult) -> DeliveryStatus:
        now = self._clock()
        jitter = random.uniform(-1, 1)  # noqa: S311
        following = after_attempt(delivery.attempt, result, delivery.created_at, now, jitter, delivery.channel)
        data = {"delivery": delivery.id, "alert": delivery.alert_id}
        with self._database.work() as work:
            if not work.alerts.record(delivery, result, following.status, following.next_attempt_at, now):
                return DeliveryStatus.PENDING  # the lease ran out and somebody else has it now
            gone = result.error if following.disable_target else None
            if not result.ok and gone is None:
                gone = failing_for_good(work, delivery, now)
            if gone is not None:
                stop_target(work, delivery, gone, now, self._label)
            if following.status is DeliveryStatus.DELIVERED:
                work.events.add(Subject.ALERT_DELIVERED, data, now)
            elif following.status is DeliveryStatus.DEAD:
                work.events.add(Subject.ALERT_DEAD, data, now)
        if following.status is DeliveryStatus.DEAD:
            _log.warning("delivery given up", delivery=delivery.id, why=following.why)
        return following.status


def _sum(outcomes: Sequence[DeliveryStatus]) -> SendReport:
    return SendReport(
        attempted=len(outcomes),
        delivered=sum(o is DeliveryStatus.DELIVERED for o in outcomes),
        dead=sum(o is DeliveryStatus.DEAD for o in outcomes),
    )
