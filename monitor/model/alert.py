"""Subscriptions, alerts, deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.model.position import ChangeKind
from monitor.model.timing import Hold, Timing


class ChannelName(StrEnum):
    """The channels there are; each is one file in `monitor/alerts/channels`."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    LOG = "log"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a subscription wants. An empty set means all.

    `least_confidence` is compared with the posterior of the change. `pending` asks for changes before they are
    confirmed as well. `commentators` asks for actors who stand for no body too.
    """

    actors: frozenset[str] = frozenset()
    issues: frozenset[str] = frozenset()
    kinds: frozenset[ChangeKind] = frozenset()
    least_confidence: float = 0.0
    pending: bool = False
    commentators: bool = True


class Audience(StrEnum):
    """Who a subscription is for: those who follow changes, or the operators, who are told of troubles."""

    CHANGES = "changes"
    OPERATIONS = "operations"


ACCOUNT_DISABLED = "its account is disabled"
"""Why a subscription is off that goes on by itself once the account that it belongs to is enabled again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who wants to know what, when, and where it is sent. `secret` signs webhooks and is never shown again.

    After a rotation webhooks are signed with `previous_secret` as well until `previous_secret_until`. `confirmed` is
    whether the owner of a mail address asked for it; other targets are confirmed by their nature. `suppressed_why` says
    why nothing may go to the address any more. `next_digest_at` is when a scheduled digest is due, `last_digest_at`
    since when it reports. `account_id` is the account that it belongs to, None where there is none.
    """

    id: int
    subscriber: str
    channel: ChannelName
    target: str = field(repr=False)
    filter: Filter
    created_at: datetime
    secret: str | None = field(default=None, repr=False)
    disabled_at: datetime | None = None
    disabled_why: str | None = None
    timing: Timing = field(default_factory=Timing)
    audience: Audience = Audience.CHANGES
    previous_secret: str | None = field(default=None, repr=False)
    previous_secret_until: datetime | None = None
    confirmed: bool = True
    suppressed_why: str | None = None
    next_digest_at: datetime | None = None
    last_digest_at: datetime | None = None
    account_id: int | None = None


class AlertKind(StrEnum):
    """What an alert tells.

    CHANGE tells of a change; CORRECTION takes one back; MATCH tells of an item that a query rule found. DIGEST holds
    several of these. ALARM tells operators of a trouble, or that it is over. NOTICE is about the subscription itself:
    a request to confirm an address, word that an endpoint was disabled.
    """

    CHANGE = "change"
    CORRECTION = "correction"
    MATCH = "match"
    DIGEST = "digest"
    ALARM = "alarm"
    NOTICE = "notice"


class DeliveryStatus(StrEnum):
    """Where a delivery stands. DEAD is a dead letter: given up, visible, and can be sent again by an operator."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A statement as an alert shows it. `poorly_read` names its language where that is read with low accuracy.

    `lang` is the language of the item that it stands in, where that is known.
    """

    text: str
    stance: str
    holder: str
    said_at: datetime
    publisher: str
    title: str
    url: str | None
    direct: bool
    claimed_by: str | None = None
    poorly_read: str = ""
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an actor holds on an issue: which stance, and since when it was said."""

    issue_id: str
    issue: str
    stance: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A change of somebody else, in short: who moved from what to what, and when it was said."""

    change_id: int
    actor_id: str
    actor: str
    change_kind: str
    stance_before: str | None
    stance_after: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalLinks:
    """Addresses that belong to one subscriber, and so stand in no message that several share; None is not shown.

    Whoever has one may do what it is for: they are left out of the representation, so that none gets into a log.
    """

    settings: str | None = field(default=None, repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    confirm: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertContent:
    """All that an alert says, as values; composing turns it into a subject, texts and a payload.

    `before` is None when no position was known. `also` are the quotes that confirmed the change. `moves` names the
    bodies whose position the same utterance moved. `actor_short` is the name for a subject line ("Starmer"); empty:
    the whole name. `holds` are the actor's standing positions on other issues, and `moved` are others who moved on this
    issue lately, newest first. `stands` is what a correction leaves standing: the actor's position on this issue as it
    is known now, None where none is certain enough. `sequence` counts what was told of this actor on this issue, from
    1, so that a receiver can tell a late retry from news.
    """

    kind: AlertKind
    change_id: int | None
    change_key: str
    actor_id: str
    actor: str
    issue_id: str
    issue: str
    proposition: str
    change_kind: str
    status: str
    stance_before: str | None
    stance_after: str | None
    at: datetime
    confidence: float
    before: Quote | None
    after: Quote
    also: tuple[Quote, ...] = ()
    moves: tuple[str, ...] = ()
    reason: str = ""
    actor_short: str = ""
    holds: tuple[Holding, ...] = ()
    moved: tuple[Movement, ...] = ()
    stands: Holding | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told, in words, the same for all who are told it. `content` is what it was made from, as JSON values.

    `actor` and `issue` are what it is about, where it is about one; `sequence` counts on within them.
    """

    content: Mapping[str, Any]
    subject: str
    text: str
    html: str
    payload: str
    actor: str | None
    issue: str | None
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert for one subscription. `hold` None: it is due at once.

    `fold` says that a held alert waits without a delivery, to be sent alone or in a digest when it is released; else it
    has its delivery from the beginning, due when the hold ends.
    """

    subscription: Subscription
    dedup: str
    hold: Hold | None = None
    fold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery that this worker has leased and must now attempt.

    `alert_id` is the idempotency id: the same through all retries and replays. `payload` is the exact body of a
    webhook. `attempt` counts from 1. `previous_secret` signs beside `secret` until `previous_secret_until`. `thread` is
    the same for all that is told of one actor on one issue, so that a mailbox can keep it together. `notice` says what
    a notice is about, in the word its content has for it. `by_stranger` says that no operator vouches for the
    target: it may lead into no private network, whatever is allowed to those that operators set up.
    """

    id: int
    alert_id: str
    channel: ChannelName
    target: str = field(repr=False)
    secret: str | None = field(repr=False)
    subject: str
    text: str
    html: str
    payload: str
    attempt: int
    created_at: datetime
    lease_token: str
    subscription_id: int = 0
    previous_secret: str | None = field(default=None, repr=False)
    previous_secret_until: datetime | None = None
    thread: str | None = None
    personal: PersonalLinks | None = None
    notice: str | None = None
    by_stranger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """How one attempt ended. `answer` is at most the first 1,000 characters of what the other side said."""

    ok: bool
    status: int | None = None
    permanent: bool = False
    disable_target: bool = False
    retry_after_s: int | None = None
    error: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchContent:
    """What an alert says of an item that a query rule with `alert: true` found; `excerpt` is the text around it."""

    query_id: str
    query: str
    item_title: str
    excerpt: str
    publisher: str
    url: str | None
    published_at: datetime
