"""What one subscription would get of given alerts: held, folded, put off and withdrawn as its rows would be. Pure."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.digest import DigestFrame, DigestPart
from monitor.alerts.digest_letter import digest_subject
from monitor.alerts.subject import subject_of
from monitor.alerts.texts import ENGLISH
from monitor.alerts.timing import DIGESTS, RATE_WINDOW, Release, first_digest, next_digest, release_as
from monitor.model.alert import AlertContent, MatchContent, NewAlert, Subscription
from monitor.model.timing import Cadence, Hold
from monitor.pipeline.pace import has_limits, with_holds
from storage.values import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One message that would have come: when, its subject, and of how many alerts it would have told.

    `digest` says that it would have been a digest; one of no alerts says that nothing changed.
    """

    at: datetime
    subject: str
    alerts: int = 1
    digest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a subscription would have been told at a moment.

    `corrects` is the key of what it takes back, `along` that of what was told of the same change before, pending.
    """

    at: datetime
    key: str
    content: AlertContent | MatchContent
    corrects: str | None = None
    along: str | None = None


def simulated(
    subscription: Subscription, events: Sequence[Event], since: datetime, now: datetime
) -> tuple[list[Sending], int]:
    """The messages from `since` to `now`, oldest first, and how many alerts wait at the end. Pure."""
    mailbox = _Mailbox(subscription, since)
    for event in events:
        mailbox.release(event.at)
        mailbox.put(event)
    mailbox.release(now)
    mailbox.sent.sort(key=lambda sending: sending.at)
    return [sending for sending in mailbox.sent if sending.at <= now], len(mailbox.waiting)


class _Mailbox:
    """What a subscription got and waits for, as the rows would hold it."""

    def __init__(self, subscription: Subscription, since: datetime) -> None:
        self._subscription = subscription
        self._due = first_digest(subscription.timing, subscription.channel, since)
        self._reported = since
        self._moments: list[datetime] = []
        self._came: set[str] = set()
        self._put_off: dict[str, Sending] = {}
        self.sent: list[Sending] = []
        self.waiting: dict[str, tuple[Event, Hold]] = {}

    def put(self, event: Event) -> None:
        """An alert comes up, or what was told is taken back: one that nobody was told of is forgotten."""
        if self._withdrawn_in_time(event):
            return
        self._came.add(event.key)
        new = NewAlert(subscription=self._subscription, dedup=event.key)
        pace = self._pace(event.at) if has_limits(new) else Pace()
        (timed,) = with_holds([new], {self._subscription.id: pace}, event.at)
        if timed.hold is not None and timed.fold:
            self.waiting[event.key] = (event, timed.hold)
        else:
            sending = self._send(event, timed.hold.until if timed.hold else event.at)
            if timed.hold is not None:
                self._put_off[event.key] = sending

    def _withdrawn_in_time(self, event: Event) -> bool:
        """Forgets what the event takes back where it was not sent yet; whether that is all it takes back."""
        fell = [key for key in (event.corrects, event.along) if key in self._came]
        unsent = [self._forget(key, event.at) for key in fell if key is not None]
        return bool(unsent) and all(unsent)

    def _forget(self, key: str, now: datetime) -> bool:
        if self.waiting.pop(key, None) is not None:
            return True
        sending = self._put_off.get(key)
        if sending is None or sending.at <= now:
            return False
        # By identity: two that were put off to the same moment may read the same.
        self.sent = [one for one in self.sent if one is not sending]
        self._moments.remove(sending.at)
        return True

    def _pace(self, now: datetime) -> Pace:
        del self._moments[: bisect_right(self._moments, now - RATE_WINDOW)]
        return Pace(moments=tuple(self._moments), hold=self._hold)

    @property
    def _hold(self) -> Hold | None:
        """What is waited for where there is no regular digest: one thing, as each alert joins those before it."""
        if self._due is not None or not self.waiting:
            return None
        return next(iter(self.waiting.values()))[1]

    def release(self, until: datetime) -> None:
        """All that is due by then goes out, each at its time."""
        while True:
            # What waits for a digest waits for the next one: only where there is none is the hold looked at.
            moment = self._due or (self._hold.until if self._hold else None)
            if moment is None or moment > until:
                return
            self._release(moment)

    def _release(self, moment: datetime) -> None:
        timing = self._subscription.timing
        scheduled = self._due is not None and self._due <= moment
        held = [(event, hold) for event, hold in self.waiting.values() if scheduled or hold.until <= moment]
        for event, _ in held:
            del self.waiting[event.key]
        how = release_as(timing, len(held), scheduled=scheduled)
        if how is Release.ALONE:
            self._send(held[0][0], moment)
        elif how is Release.DIGEST:
            why = DIGESTS[timing.cadence] if scheduled else held[-1][1].why
            self._send_digest([event for event, _ in held], moment, why, scheduled=scheduled)
        if scheduled:
            self._due, self._reported = next_digest(timing, moment), moment

    def _send(self, event: Event, at: datetime) -> Sending:
        insort(self._moments, at)
        sending = Sending(at=at, subject=subject_of(event.content, "", ENGLISH))
        self.sent.append(sending)
        return sending

    def _send_digest(self, events: Sequence[Event], at: datetime, why: str, *, scheduled: bool) -> None:
        timing = self._subscription.timing
        frame = DigestFrame(
            since=self._reported,
            until=at,
            zone=timing.zone,
            why=why,
            clocked=not scheduled or timing.cadence is Cadence.HOURLY,
        )
        parts = [DigestPart(alert_id=event.key, content=event.content) for event in events]
        insort(self._moments, at)
        subject = digest_subject(parts, frame, ENGLISH)
        self.sent.append(Sending(at=at, subject=subject, alerts=len(events), digest=True))
