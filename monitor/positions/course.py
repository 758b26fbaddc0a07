"""The course of positions: what somebody held at a moment, and for how long. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.model.course import Spoken, Stand
from monitor.positions.bodies import moved_by
from rules.model import RuleSet

Pair = tuple[str, str]
"""An actor and an issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How long something was held: until the next position, or None: it still is."""

    stand: Stand
    until: datetime | None


def courses(stands: Iterable[Stand]) -> dict[Pair, tuple[Stretch, ...]]:
    """The stretches of each actor on each issue in the order of time. What is pending holds nowhere yet."""
    steps: dict[Pair, list[Stand]] = {}
    for stand in sorted(stands, key=lambda s: (s.since, s.change)):
        if not stand.pending:
            steps.setdefault((stand.actor, stand.issue), []).append(stand)
    return {
        pair: tuple(
            Stretch(stand=stand, until=following.since if following is not None else None)
            for stand, following in zip(held, [*held[1:], None], strict=True)
        )
        for pair, held in steps.items()
    }


def held_at(stands: Iterable[Stand], moment: datetime) -> dict[Pair, Stand]:
    """What each actor held on each issue at that moment, as it is known now. Who had withdrawn holds None."""
    held: dict[Pair, Stand] = {}
    for stand in sorted(stands, key=lambda s: (s.since, s.change)):
        if stand.since <= moment and not stand.pending:
            held[stand.actor, stand.issue] = stand
    return held


def counted(spoken: Iterable[Spoken], rules: RuleSet) -> Mapping[str, list[Spoken]]:
    """The statements that count for each actor: their own, and those of who spoke for them on the day.

    The rule is that of `monitor.positions.bodies.counted_for`, for all actors at once.
    """
    known: dict[tuple[str, date], tuple[str, ...]] = {}
    found: dict[str, list[Spoken]] = {}
    for said in spoken:
        on = said.said_at.date()
        moves: tuple[str, ...] = (said.holder,)
        if said.claimed_by is None:
            if (said.holder, on) not in known:
                known[said.holder, on] = moved_by(said.holder, on, rules)
            moves = known[said.holder, on]
        for actor in moves:
            found.setdefault(actor, []).append(said)
    return found
