"""Positions and their changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.model.statement import Stance


class ChangeKind(StrEnum):
    """How a position changed.

    FIRST: none was known. REVERSED: support ↔ opposition, also by way of conditional. SOFTENED: towards conditional.
    HARDENED: away from it. WITHDRAWN: an explicit retraction. SPLIT: members of one body contradict each other.
    """

    FIRST = "first"
    REVERSED = "reversed"
    SOFTENED = "softened"
    HARDENED = "hardened"
    WITHDRAWN = "withdrawn"
    SPLIT = "split"


class ChangeStatus(StrEnum):
    """PENDING: not yet certain enough. CONFIRMED: past the threshold. DROPPED: contradicted before it was confirmed.

    RETRACTED: was recorded, but no longer follows from the live statements.
    """

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChange:
    """A change as the fold finds it. Statements are named by their row ids.

    `trigger` is the fingerprint of the first statement that spoke for the new position, and with actor and issue the
    change's identity: a re-fold finds the same change again. `at` is when that was said, `confirmed_at` when the
    statement that confirmed it was seen. `support` are the statements that speak for it, first one of each story, then
    their copies. `posterior` is the filter's probability of the new position at that point. `silent` changes belong to
    a baseline and alert nobody.
    """

    actor: str
    issue: str
    kind: ChangeKind
    before: Stance | None
    after: Stance | None
    status: ChangeStatus
    trigger: str
    at: datetime
    confirmed_at: datetime | None
    posterior: float
    before_statement: int | None
    after_statement: int
    support: tuple[int, ...] = ()
    silent: bool = False

    @property
    def key(self) -> str:
        """The identity of the change, 32 hex digits.

        The kind does not belong to it: a late item can turn a first position into a reversal, yet the same change.
        A split does, for it shares its trigger with the change of the member.
        """
        return change_key(self.actor, self.issue, self.kind, self.trigger)


def change_key(actor: str, issue: str, kind: ChangeKind, trigger: str) -> str:
    """The identity of a change: see `FoundChange.key`."""
    parts = (actor, issue, "split" if kind is ChangeKind.SPLIT else "", trigger)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change with a row. `id` is for people and addresses, `key` for identity."""

    id: int
    key: str
    found: FoundChange
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPosition:
    """What an actor holds on an issue as the fold finds it. `stance` None: known of, but nothing is certain enough.

    `posterior` is the probability of each stance. `statement` is the newest statement that upholds the stance.
    """

    actor: str
    issue: str
    stance: Stance | None
    posterior: Mapping[Stance, float] = field(default_factory=dict)
    since: datetime | None = None
    statement: int | None = None
    statements: int = 0
    pending: Stance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """The result of folding one actor's statements on one issue."""

    position: FoundPosition
    changes: tuple[FoundChange, ...]
