"""Digest: alerts that were held back → one mail for several, when their time has come; and word that nothing changed.

What waits are rows (`hold_until` of an alert, `next_digest_at` of a subscription). A release, with the delivery that
follows from it, is one transaction under the lock of all telling: a worker that is killed releases nothing or
everything, and of two workers the second finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.alerts.compose import Links
from monitor.alerts.coverage import WatchedFeed, coverage
from monitor.alerts.digest import DigestFrame, DigestPart, compose_digest
from monitor.alerts.stored import content_from
from monitor.alerts.timing import DIGESTS, Release, first_digest, next_digest, quiet_until, release_as
from monitor.alerts.zones import zone_of
from monitor.model.alert import AlertKind, Subscription
from monitor.model.timing import Cadence
from monitor.pipeline.changes import write_events
from monitor.pipeline.watched import watched_feeds
from storage.engine import Database
from storage.holds import LONGEST_HOLD
from storage.values import HeldAlert
from storage.work import Work

_log = structlog.get_logger(__name__)

_FOLDED = (AlertKind.CHANGE, AlertKind.CORRECTION, AlertKind.MATCH)
_LOOK_AGAIN = timedelta(hours=6)
"""When what is held for an address to which nothing may go is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What one step came to: digests made, the alerts folded into them, and alerts that went out by themselves."""

    digests: int = 0
    folded: int = 0
    alone: int = 0

    def __add__(self, other: Released) -> Released:
        return Released(
            digests=self.digests + other.digests, folded=self.folded + other.folded, alone=self.alone + other.alone
        )


class Digests:
    """Releases what waits. `label` marks invented content; `public_url` makes links."""

    def __init__(self, database: Database, *, label: str = "", public_url: str | None = None) -> None:
        self._database = database
        self._label = label
        self._public_url = public_url
        self._stopping = False

    def step(self, now: datetime) -> Released:
        """Releases all whose time has come, each subscription in a transaction of its own.

        One that cannot be released is logged and tried again at the next step; it stops nobody else's.
        """
        with self._database.view() as work:
            due = work.alerts.due_holds(now)
            feeds = watched_feeds(work, now) if due else []
        done = Released()
        for subscription in due:
            if self._stopping:
                break
            try:
                with self._database.work() as work:
                    done += self._release(work, subscription, feeds, now)
            except ValueError:
                _log.exception("held alerts could not be released", subscription=subscription)
        return done

    def interrupt(self) -> None:
        """Begins with no further subscription: the service stops. What is due goes out after the next start."""
        self._stopping = True

    def _release(self, work: Work, subscription_id: int, feeds: Sequence[WatchedFeed], now: datetime) -> Released:
        work.alerts.hold_subscription(subscription_id)
        subscription = work.subscriptions.get(subscription_id)
        scheduled = _is_scheduled(subscription, now)
        # A scheduled digest takes all with it, also what was held for longer under an earlier timing.
        held = work.alerts.held(subscription_id, None if scheduled else now)
        if subscription.disabled_at is not None or not (held or scheduled):
            return Released()
        put_off = self._put_off(subscription, now)
        if put_off is not None:
            work.alerts.put_off(subscription_id, put_off, now)
            return Released()
        return self._released(work, subscription, held, feeds, now, scheduled=scheduled)

    @staticmethod
    def _put_off(subscription: Subscription, now: datetime) -> datetime | None:
        """Until when nothing may go out after all: quiet hours that were set since, an address that was suppressed."""
        if subscription.suppressed_why is not None or not subscription.confirmed:
            return now + _LOOK_AGAIN
        return quiet_until(subscription.timing, now)

    def _released(
        self,
        work: Work,
        subscription: Subscription,
        held: Sequence[HeldAlert],
        feeds: Sequence[WatchedFeed],
        now: datetime,
        *,
        scheduled: bool,
    ) -> Released:
        timing = subscription.timing
        folding = [alert for alert in held if alert.kind in _FOLDED]
        alone = [alert.id for alert in held if alert.kind not in _FOLDED]
        how = release_as(timing, len(folding), scheduled=scheduled)
        if how is Release.ALONE:
            alone += [folding.pop().id]
        work.alerts.release(subscription, alone, now)
        digests = []
        if how is Release.DIGEST:
            frame = self._frame(subscription, folding, feeds, now, scheduled=scheduled)
            digests.append(self._digest(work, subscription, folding, frame, scheduled=scheduled))
        if scheduled:
            work.subscriptions.digest_sent(subscription.id, next_digest(timing, now), now)
        write_events(work, (), [*alone, *digests], now)
        return Released(digests=len(digests), folded=len(folding), alone=len(alone))

    def _digest(
        self, work: Work, subscription: Subscription, held: Sequence[HeldAlert], frame: DigestFrame, *, scheduled: bool
    ) -> str:
        now = frame.until
        composed = compose_digest(parts_of(held, self._public_url), frame)
        sequence = work.alerts.next_sequence(None, None)
        message = composed.message(
            {
                "alerts": [alert.id for alert in held],
                "since": frame.since.isoformat(),
                "until": now.isoformat(),
                "why": frame.why,
                "scheduled": scheduled,
                "coverage": frame.coverage,
            },
            sequence,
        )
        dedup = f"digest:{now.isoformat()}:{sequence}"
        return work.alerts.add_digest(subscription, message, [alert.id for alert in held], dedup, now)

    def _frame(
        self,
        subscription: Subscription,
        held: Sequence[HeldAlert],
        feeds: Sequence[WatchedFeed],
        now: datetime,
        *,
        scheduled: bool,
    ) -> DigestFrame:
        timing = subscription.timing
        came = [alert.created_at for alert in held]
        reported = subscription.last_digest_at or subscription.created_at
        since = min([reported, *came]) if scheduled else min(came)
        zone = zone_of(timing.zone)
        return DigestFrame(
            since=since,
            until=now,
            zone=zone.key,
            why=DIGESTS[timing.cadence] if scheduled else held[-1].why,
            clocked=not scheduled or timing.cadence is Cadence.HOURLY,
            coverage=coverage(feeds, since, now, zone),
            label=self._label,
            all_changes=f"{self._public_url}/changes" if self._public_url else None,
        )


def _is_scheduled(subscription: Subscription, now: datetime) -> bool:
    """Whether its regular digest is due. Where none was ever planned, the first is made of what waits.

    One further off than any can be was planned before the clock went back.
    """
    if subscription.next_digest_at is None:
        return first_digest(subscription.timing, subscription.channel, now) is not None
    return subscription.next_digest_at <= now or subscription.next_digest_at > now + LONGEST_HOLD


def parts_of(held: Sequence[HeldAlert], public_url: str | None) -> list[DigestPart]:
    """The alerts as a digest shows them, without those that a later one on the same change has overtaken."""
    return [_part(alert, public_url) for alert in _newest_of_each(held)]


def _part(alert: HeldAlert, public_url: str | None) -> DigestPart:
    links = Links()
    if public_url and alert.change_id is not None:
        links = Links(change=f"{public_url}/changes/{alert.change_id}")
    return DigestPart(alert_id=alert.id, content=content_from(alert.kind, alert.content), links=links)


def _newest_of_each(held: Sequence[HeldAlert]) -> list[HeldAlert]:
    """Pending, then confirmed: the latter alone."""
    told: dict[object, HeldAlert] = {}
    for alert in held:
        told[(alert.kind, alert.change_id) if alert.change_id is not None else alert.id] = alert
    return list(told.values())
