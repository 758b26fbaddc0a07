"""Persons and the bodies that they speak for: whose statements count for whom, and when a body is split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from monitor.model.position import ChangeKind, ChangeStatus, Fold, FoundChange
from monitor.model.statement import Stance, Statement
from rules.model import ActorKind, RuleSet


def moved_by(holder: str, on: date, rules: RuleSet) -> tuple[str, ...]:
    """The actors whose position a statement of `holder` on that day moves: the holder first, then the bodies."""
    return (holder, *rules.speaks_for(holder, on))


def may_speak_for(body: str, rules: RuleSet) -> frozenset[str]:
    """Every actor who may ever speak for a body, itself included, whatever the day."""
    found = {body}
    grown = True
    while grown:
        below = {
            a.id for a in rules.actors.values() if a.member_of in found and a.kind is not ActorKind.COMMENTATOR
        } - found
        found |= below
        grown = bool(below)
    return frozenset(found)


def counted_for(actor: str, statements: Iterable[Statement], rules: RuleSet) -> list[Statement]:
    """The statements that count for an actor's own position: its own, and those of who spoke for it on the day.

    What somebody else claims about a member counts for the member only: a claim is too thin to move a body.
    """
    return [
        s
        for s in statements
        if s.read.holder == actor
        or (s.read.claimed_by is None and actor in rules.speaks_for(s.read.holder, s.said_at.date()))
    ]


def splits(body: str, issue: str, members: Mapping[str, Fold], rules: RuleSet) -> tuple[FoundChange, ...]:
    """The changes by which members of one body came to contradict each other, in order.

    Only support against opposition is a contradiction, and only between members in office when the later of the two
    took their stance. A body is told split once until its members agree again.
    """
    moves = sorted(
        (change for fold in members.values() for change in fold.changes if change.status is ChangeStatus.CONFIRMED),
        key=lambda c: (c.at, c.actor, c.trigger),
    )
    held: dict[str, FoundChange] = {}
    found: list[FoundChange] = []
    is_split = False
    for move in moves:
        held[move.actor] = move
        sitting = {a: c for a, c in held.items() if _sits(a, move.at.date(), rules)}
        opposite = _opposite(move, sitting)
        if opposite is not None and not is_split and move.actor in sitting:
            found.append(_split(body, issue, move, opposite))
        is_split = {Stance.SUPPORTS, Stance.OPPOSES} <= {c.after for c in sitting.values()}
    return tuple(found)


def _sits(actor: str, on: date, rules: RuleSet) -> bool:
    rule = rules.actors.get(actor)
    if rule is None or rule.kind is ActorKind.COMMENTATOR:
        return False
    return rule.kind is not ActorKind.PERSON or rules.holds_office(actor, on)


def _opposite(move: FoundChange, sitting: Mapping[str, FoundChange]) -> FoundChange | None:
    wanted = {Stance.SUPPORTS: Stance.OPPOSES, Stance.OPPOSES: Stance.SUPPORTS}.get(move.after) if move.after else None
    others: Sequence[FoundChange] = [
        c for a, c in sorted(sitting.items()) if a != move.actor and wanted is not None and c.after is wanted
    ]
    return others[0] if others else None


def _split(body: str, issue: str, move: FoundChange, opposite: FoundChange) -> FoundChange:
    return FoundChange(
        actor=body,
        issue=issue,
        kind=ChangeKind.SPLIT,
        before=opposite.after,
        after=move.after,
        status=ChangeStatus.CONFIRMED,
        trigger=move.trigger,
        at=move.at,
        confirmed_at=move.confirmed_at,
        posterior=min(move.posterior, opposite.posterior),
        before_statement=opposite.after_statement,
        after_statement=move.after_statement,
        support=move.support,
        silent=move.silent,
    )
