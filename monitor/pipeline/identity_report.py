"""What a verdict on who is who comes to: rules, statements, positions, and who is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model.alert import AlertKind
from monitor.model.statement import Stance, Statement
from monitor.pipeline.rule_edits import RuleChange
from storage.rule_merge import RuleConflict
from storage.values import ChangeTransition
from storage.work import Work


class CannotJoin(ValueError):  # noqa: N818 - the name says what is the matter
    """A merge, split or undoing that cannot be. The message says why, and what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Who says so, why and when. `write` False: only look what would happen. `alert`: tell of what is new, too."""

    who: str
    why: str
    now: datetime
    write: bool = False
    alert: bool = False
    despite_examples: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionMoved:
    """A position that is another than before; None is no position."""

    actor: str
    issue: str
    before: Stance | None
    after: Stance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """An alert or a correction that goes to a subscription."""

    alert: str
    kind: AlertKind
    subscription: int
    subscriber: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityReport:
    """What a verdict on who is who came to, or would. `verdict` is its number, None for a dry run.

    `statements` count as another's now; of `unsure` only the nearest name in the text told whose they are. `followed`
    are the changes that are the other's now without having to be told anew, `conflicts` fields of rules that were
    edited since and that undoing left as they are, `subscriptions` those that name the actor.
    """

    verdict: int | None
    rules: tuple[RuleChange, ...]
    statements: tuple[Statement, ...]
    unsure: tuple[int, ...] = ()
    positions: tuple[PositionMoved, ...]
    followed: int
    transitions: tuple[ChangeTransition, ...]
    queued: tuple[Queued, ...]
    subscriptions: tuple[tuple[int, str], ...]
    conflicts: tuple[RuleConflict, ...] = ()
    unread: dict[int, str]


Stood = Mapping[tuple[str, str], Stance | None]
"""Positions by actor and issue."""


def standing(work: Work) -> Stood:
    """What is held now."""
    return {(position.actor, position.issue): position.stance for position in work.positions.all()}


def moved(before: Stood, after: Stood) -> tuple[PositionMoved, ...]:
    """The positions that differ."""
    return tuple(
        PositionMoved(actor=actor, issue=issue, before=before.get((actor, issue)), after=after.get((actor, issue)))
        for actor, issue in sorted({*before, *after})
        if before.get((actor, issue)) != after.get((actor, issue))
    )


def queued(work: Work, alerts: Sequence[str]) -> tuple[Queued, ...]:
    """Whom these alerts go to."""
    names = {s.id: s.subscriber for s in work.subscriptions.all(active_only=False)}
    found = [(key, work.alerts.get(key)) for key in alerts]
    return tuple(
        Queued(alert=key, kind=a.kind, subscription=a.subscription_id, subscriber=names[a.subscription_id])
        for key, a in found
    )


def naming(work: Work, actors: Collection[str]) -> tuple[tuple[int, str], ...]:
    """The subscriptions that ask for one of these actors by name."""
    return tuple((s.id, s.subscriber) for s in work.subscriptions.all() if not s.filter.actors.isdisjoint(actors))
