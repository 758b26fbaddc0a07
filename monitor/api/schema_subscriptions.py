"""Subscriptions as JSON: what is wanted, when it is told, what was told, and what would have been."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from monitor.alerts.targets import mask
from monitor.alerts.timing import NEVER_FOLDED
from monitor.alerts.timing_words import checked
from monitor.alerts.zones import check_zone
from monitor.api.schema import NEXT
from monitor.model.alert import AlertKind, ChannelName, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import MOST_AT_ONCE, Cadence, Timing
from monitor.pipeline.trial import Trial
from storage.values import StoredAlert

MOST_CHOSEN = 500
_Ids = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], Field(max_length=MOST_CHOSEN)]


class FilterBody(BaseModel):
    """What is wanted; an empty list means all. `pending`: also before a change is confirmed."""

    model_config = ConfigDict(extra="forbid")

    actors: _Ids = Field(default=[], examples=[["keir-starmer"]])
    issues: _Ids = Field(default=[], examples=[["troops-ukraine"]])
    kinds: list[ChangeKind] = Field(default=[], max_length=20, examples=[["reversed"]])
    least_confidence: float = Field(default=0.0, ge=0, le=1)
    pending: bool = False
    commentators: bool = True

    def value(self) -> Filter:
        """As the stages know it."""
        return Filter(
            actors=frozenset(self.actors),
            issues=frozenset(self.issues),
            kinds=frozenset(self.kinds),
            least_confidence=self.least_confidence,
            pending=self.pending,
            commentators=self.commentators,
        )

    @classmethod
    def of(cls, wanted: Filter) -> FilterBody:
        """A filter as JSON."""
        return cls.model_construct(
            actors=sorted(wanted.actors),
            issues=sorted(wanted.issues),
            kinds=sorted(wanted.kinds),
            least_confidence=wanted.least_confidence,
            pending=wanted.pending,
            commentators=wanted.commentators,
        )


Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""An hour of the local day, as 07:30."""


class Quiet(BaseModel):
    """Hours of the local day in which nothing is sent; they may reach over midnight."""

    model_config = ConfigDict(extra="forbid")

    start: Clock = Field(examples=["22:00"])
    end: Clock = Field(examples=["07:00"])


class TimingBody(BaseModel):
    """When it is told, in the local hours of `zone`; see Cadence. `weekday` counts from Monday, 0.

    `burst` is how many alerts come one by one before mail folds them; `most_per_hour` spreads webhooks, null: no limit.
    """

    model_config = ConfigDict(extra="forbid")

    cadence: Cadence = Field(default=Cadence.AT_ONCE, examples=["daily"])
    zone: str = Field(default="UTC", max_length=100, examples=["Europe/Berlin"])
    at: Clock = Field(default="07:00", examples=["07:30"])
    weekday: int = Field(default=0, ge=0, le=6)
    quiet: Quiet | None = None
    empty: bool = True
    burst: int = Field(default=MOST_AT_ONCE, ge=1, le=1_000)
    most_per_hour: int | None = Field(default=None, ge=1, le=100_000, examples=[60])

    def value(self) -> Timing:
        """As the stages know it. Raises ValueError for what cannot be meant."""
        quiet = None if self.quiet is None else (_local(self.quiet.start), _local(self.quiet.end))
        return checked(
            Timing(
                cadence=self.cadence,
                zone=check_zone(self.zone),
                at=_local(self.at),
                weekday=self.weekday,
                quiet=quiet,
                empty=self.empty,
                burst=self.burst,
                most_per_hour=self.most_per_hour,
            )
        )

    @classmethod
    def of(cls, timing: Timing) -> TimingBody:
        """A timing as JSON."""
        quiet = None if timing.quiet is None else Quiet(start=_shown(timing.quiet[0]), end=_shown(timing.quiet[1]))
        return cls.model_construct(
            cadence=timing.cadence,
            zone=timing.zone,
            at=_shown(timing.at),
            weekday=timing.weekday,
            quiet=quiet,
            empty=timing.empty,
            burst=timing.burst,
            most_per_hour=timing.most_per_hour,
        )


class Edit(BaseModel):
    """What a subscription is to want from now on, and when; what is left out takes its default."""

    model_config = ConfigDict(extra="forbid")

    filter: FilterBody = Field(default_factory=FilterBody)
    timing: TimingBody = Field(default_factory=TimingBody)

    @model_validator(mode="after")
    def _can_be_meant(self) -> Edit:
        self.timing.value()
        return self


class NewSubscription(Edit):
    """A subscription to make: by mail to an address of the account, or by webhook to any public address."""

    channel: ChannelName = Field(examples=["webhook"])
    target: str = Field(min_length=1, max_length=2_000, examples=["https://hooks.example/volteface"])

    @model_validator(mode="after")
    def _fits(self) -> NewSubscription:
        if self.channel in NEVER_FOLDED and self.timing.cadence is not Cadence.AT_ONCE:
            raise ValueError(f"by {self.channel} each alert comes by itself; leave the cadence at at_once")
        return self


class SubscriptionOut(BaseModel):
    """A subscription. Its target is masked. `disabled_why` and `suppressed_why` say why nothing comes."""

    id: int
    channel: ChannelName
    target: str = Field(examples=["https://hooks.example/***"])
    filter: FilterBody
    timing: TimingBody
    created_at: datetime
    confirmed: bool
    disabled_at: datetime | None
    disabled_why: str | None = Field(examples=["unsubscribed by the subscriber"])
    suppressed_why: str | None = Field(examples=["the mailbox does not exist"])
    next_digest_at: datetime | None


class MadeSubscription(SubscriptionOut):
    """A new subscription; `secret` signs its webhooks, and is shown this once."""

    secret: str | None = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])


class SubscriptionsOut(BaseModel):
    """The subscriptions of the token's owner."""

    subscriptions: list[SubscriptionOut]


class SendingOut(BaseModel):
    """One message that would have come."""

    at: datetime
    subject: str = Field(examples=["Keir Starmer now supports: European troops in Ukraine"])
    alerts: int
    digest: bool


class TrialOut(BaseModel):
    """What would have come between the two moments; `waiting` alerts would still wait. The last 200 messages."""

    since: datetime
    until: datetime
    watched_since: datetime | None
    alerts: int
    waiting: int
    messages: list[SendingOut]


class AlertOut(BaseModel):
    """What a subscription was told, or is to be; `state` says in words what became of it."""

    id: str = Field(examples=["msg_9f86d081884c7d65"])
    at: datetime
    kind: AlertKind
    subject: str = Field(examples=["Keir Starmer now supports: European troops in Ukraine"])
    change: int | None
    state: str = Field(examples=["sent on 2025-02-17 09:31 UTC by webhook to https://hooks.example/***"])


class Alerts(BaseModel):
    """A page of what a subscription was told, newest first."""

    alerts: list[AlertOut]
    next: str | None = NEXT


def subscription_out(one: Subscription) -> SubscriptionOut:
    """A subscription, its target masked."""
    return SubscriptionOut(**_values(one))


def made_out(one: Subscription) -> MadeSubscription:
    """A new subscription with its secret."""
    return MadeSubscription(**_values(one), secret=one.secret)


def trial_out(found: Trial, most: int = 200) -> TrialOut:
    """What a trial came to."""
    last = found.sendings[-most:]
    return TrialOut(
        since=found.since,
        until=found.until,
        watched_since=found.watched_since,
        alerts=found.alerts,
        waiting=found.waiting,
        messages=[SendingOut(at=s.at, subject=s.subject, alerts=s.alerts, digest=s.digest) for s in last],
    )


def alert_out(alert: StoredAlert, state: str) -> AlertOut:
    """What was told."""
    return AlertOut(
        id=alert.id, at=alert.created_at, kind=alert.kind, subject=alert.subject, change=alert.change_id, state=state
    )


def _values(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "channel": one.channel,
        "target": mask(one.channel, one.target),
        "filter": FilterBody.of(one.filter),
        "timing": TimingBody.of(one.timing),
        "created_at": one.created_at,
        "confirmed": one.confirmed,
        "disabled_at": one.disabled_at,
        "disabled_why": one.disabled_why,
        "suppressed_why": one.suppressed_why,
        "next_digest_at": one.next_digest_at,
    }


def _local(clock: str) -> time:
    return time.fromisoformat(clock)


def _shown(clock: time) -> str:
    return clock.strftime("%H:%M")
