"""Deliver: claimed deliveries → channel → what to do next. At least once, one id for good."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.alerts.channels.protocol import Channel
from monitor.alerts.notice import Notice
from monitor.alerts.retry import Next, after_attempt
from monitor.events import Subject
from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery, DeliveryStatus
from monitor.pipeline.awake import awake
from monitor.pipeline.ledger import Ended, Ledger
from monitor.pipeline.personal_links import with_personal_links
from monitor.pipeline.send_places import SendPlaces
from monitor.pipeline.stop import failing_for_good, stop_target
from storage.attempts import Outcome
from storage.engine import Database
from storage.work import Work

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
        self._places = SendPlaces(failing=concurrency // 2)
        self._public_url = public_url
        self._label = label
        self._ledger = Ledger(self._record)

    async def step(self, now: datetime, limit: int = 64) -> SendReport:
        """Claims what is due and attempts it: only as much as can begin at once, for a lease does not wait."""
        places = min(limit, self._free)
        if not places:
            return SendReport()
        self._free -= places
        failing, left = self._places.failing, self._places.left

        def claim() -> list[ClaimedDelivery]:
            with self._database.work() as work:
                # What goes well comes first; what failed last time takes what is left, and never all places.
                due = work.alerts.claim_due(now, places, _LEASE, at_once=_AT_ONCE, without=failing)
                rest = min(places - len(due), left)
                if failing and rest > 0:
                    due += work.alerts.claim_due(now, rest, _LEASE, at_once=_AT_ONCE, only=failing)
                return with_personal_links(work, awake(work, due, now), self._public_url, now)

        try:
            claimed = await asyncio.to_thread(claim)
        except BaseException:
            self._free += places
            raise
        self._free += places - len(claimed)
        self._places.begin(claimed)
        return _sum(await asyncio.gather(*(self._attempt(delivery) for delivery in claimed)))

    async def _attempt(self, delivery: ClaimedDelivery) -> DeliveryStatus:
        result = None
        try:
            result = await self._send(delivery)
            return await self._ledger.enter(delivery, result)
        finally:
            self._free += 1
            self._places.end(delivery, result)

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

    def _record(self, ended: Sequence[Ended]) -> list[DeliveryStatus]:
        """Writes how attempts ended; where each delivery stands then."""
        now = self._clock()
        following = [self._following(delivery, result, now) for delivery, result in ended]
        outcomes = [
            Outcome(delivery=delivery, result=result, status=then.status, next_attempt_at=then.next_attempt_at)
            for (delivery, result), then in zip(ended, following, strict=True)
        ]
        with self._database.work() as work:
            written = {o.delivery.id for o in work.alerts.record_all(outcomes, now)}
            for outcome, then in zip(outcomes, following, strict=True):
                if outcome.delivery.id in written and not outcome.result.ok:
                    self._after_failure(work, outcome, then, now)
            work.events.add_all([event for o in outcomes if o.delivery.id in written for event in _events(o)], now)
        for outcome, then in zip(outcomes, following, strict=True):
            if outcome.delivery.id in written and then.status is DeliveryStatus.DEAD:
                _log.warning("delivery given up", delivery=outcome.delivery.id, why=then.why)
        # Where the lease ran out somebody else has it now.
        return [o.status if o.delivery.id in written else DeliveryStatus.PENDING for o in outcomes]

    def _following(self, delivery: ClaimedDelivery, result: AttemptResult, now: datetime) -> Next:
        jitter = random.uniform(-1, 1)  # noqa: S311
        return after_attempt(delivery.attempt, result, delivery.created_at, now, jitter, delivery.channel)

    def _after_failure(self, work: Work, outcome: Outcome, then: Next, now: datetime) -> None:
        gone = outcome.result.error if then.disable_target else failing_for_good(work, outcome.delivery, now)
        if gone is not None:
            stop_target(work, outcome.delivery, gone, now, self._label)


def _events(outcome: Outcome) -> Iterator[tuple[Subject, dict[str, object]]]:
    data = {"delivery": outcome.delivery.id, "alert": outcome.delivery.alert_id}
    if outcome.status is DeliveryStatus.DELIVERED:
        yield Subject.ALERT_DELIVERED, data
    elif outcome.status is DeliveryStatus.DEAD:
        yield Subject.ALERT_DEAD, data


def _sum(outcomes: Sequence[DeliveryStatus]) -> SendReport:
    return SendReport(
        attempted=len(outcomes),
        delivered=sum(o is DeliveryStatus.DELIVERED for o in outcomes),
        dead=sum(o is DeliveryStatus.DEAD for o in outcomes),
    )
