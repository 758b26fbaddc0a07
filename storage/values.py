"""Values that repositories give out and that no pure stage needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.model.account import Role
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, Filter
from monitor.model.item import Item
from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Stance
from monitor.model.timing import Hold, Timing
from rules.model import AnyRule, RuleKind


class ItemState(StrEnum):
    """Where an item stands in the queue.

    FAILED is given up, visible, and can be tried again by an operator. FORGOTTEN is old: only its identity and title
    are kept, so that a feed that still lists it does not bring it in as new.
    """

    NEW = "new"
    DONE = "done"
    FAILED = "failed"
    FORGOTTEN = "forgotten"


class Grouping(StrEnum):
    """Whether an item was compared with others.

    NEW has a story of its own until it is. UNREAD keeps its story, but its words are not in the index as they are now:
    it was revised, or comes from a version that had no index. DONE is in the index.
    """

    NEW = "new"
    UNREAD = "unread"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedItem:
    """An item that processing gave up on: how often it was tried and what went wrong last."""

    item: Item
    attempts: int
    error: str


class VerdictKind(StrEnum):
    """What an operator says of a statement: it is right, it is wrong, or it is this instead.

    UNDO takes back what was said before: the statement counts as it was read.
    """

    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An operator's word on a statement. Holder, issue and stance are what a correction puts in place."""

    id: int
    statement_id: int
    kind: VerdictKind
    holder: str | None
    issue: str | None
    stance: Stance | None
    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTransition:
    """A change whose status is new. `was` is None for a change that was not recorded before."""

    change: Change
    was: ChangeStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One version of a rule. `rule` is None where this version says that it is gone."""

    kind: RuleKind
    rule_id: str
    version: int
    rule: AnyRule | None
    origin: str
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert with its delivery's status, None while no delivery was written, and how often it was attempted.

    For one that was folded into the digest `digest_id` that is the digest's delivery. `sequence` counts what was told
    of one actor on one issue, to whomever. `hold` is there while it waits, `hold_why` also when it no longer does.
    """

    id: str
    subscription_id: int
    kind: AlertKind
    change_id: int | None
    item_id: int | None
    dedup: str
    content: Mapping[str, Any]
    sequence: int
    created_at: datetime
    delivery: DeliveryStatus | None
    attempts: int = 0
    subject: str = ""
    hold: Hold | None = None
    hold_why: str | None = None
    digest_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAlert:
    """An alert that waits to be released, or was folded: `content` is what it was made from, `subject` how it reads
    alone. `until` is when it is due; of one that was released when it was made."""

    id: str
    kind: AlertKind
    change_id: int | None
    content: Mapping[str, Any]
    subject: str
    why: str
    until: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """A delivery as an operator sees it: where it stands, and what the other side said last."""

    id: int
    alert_id: str
    subscription_id: int
    subscriber: str
    channel: ChannelName
    target: str
    subject: str
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    last_answer: str | None
    first_failed_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttempt:
    """One attempt at a delivery, `n` counted from 1."""

    n: int
    at: datetime
    ok: bool
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A domain event in the outbox. Ids rise, and none is ever used twice."""

    id: int
    subject: str
    data: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which thing."""

    id: int
    at: datetime
    who: str
    what: str
    target: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """Who read an item, and when. `wanted`: the extractor that was chosen, where another one stood in for it.

    `again_at` is when that one is to be asked again, None for never; `tries` counts how often it was since.
    `records` are the [right, judged] of issue, source and extractor by which its statements' accuracies were reckoned.
    """

    item_id: int
    revision: int
    extractor: str
    version: str
    rules_version: str
    at: datetime
    wanted: str | None = None
    fallback_reason: str | None = None
    again_at: datetime | None = None
    tries: int = 0
    records: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """Readings in place of others: how many, how many of them wait to be made anew, from when on, and the latest."""

    count: int
    waiting: int
    next_at: datetime | None
    latest: StoredReading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSpend:
    """What a day has cost: tokens, those set aside for questions under way included, and questions."""

    tokens: int
    questions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When messages went or will go to a subscription, oldest first, and the hold in which its alerts wait now."""

    moments: tuple[datetime, ...] = ()
    hold: Hold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionVersion:
    """What a subscription wanted, and when, from `at` until the next version; `n` counts from 1."""

    n: int
    filter: Filter
    timing: Timing
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlarm:
    """A trouble that operators are told of; `over_at` None while it lasts. `subject` names what is in trouble."""

    id: int
    kind: str
    subject: str
    detail: Mapping[str, Any]
    since: datetime
    over_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a link invites to: a password for an account, or with None a new account of that role."""

    role: Role
    account_id: int | None
