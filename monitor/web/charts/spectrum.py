"""The spectrum of an issue: who stands where at a date, by strength, and whence they came. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.course import Stand
from monitor.model.position import FoundPosition
from monitor.model.statement import Stance

COLUMNS = 4
"""At how many dates the movement is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an actor stands. `probability` is that of the stance: by now, or, earlier, when the change was confirmed.

    `was` is what they held at an earlier one of the dates; `statements` are counted now only.
    """

    actor: str
    name: str
    stance: Stance
    probability: float
    since: datetime
    statements: int | None
    moved: bool
    was: Stance | None
    pending: Stance | None


def places(
    held: Mapping[str, Stand],
    before: Mapping[str, Stand],
    now: Mapping[str, FoundPosition] | None,
    names: Mapping[str, str],
) -> dict[Stance, list[Place]]:
    """By stance who holds it, the surest first.

    `before` are the positions that they gave up (see `earlier`), `now` those of today, None at an earlier date.
    """
    found: dict[Stance, list[Place]] = {stance: [] for stance in Stance}
    for actor, stand in held.items():
        if stand.stance is None:
            continue
        position = (now or {}).get(actor)
        was = before.get(actor)
        sure = position.posterior.get(stand.stance) if position is not None else None
        found[stand.stance].append(
            Place(
                actor=actor,
                name=names.get(actor, actor),
                stance=stand.stance,
                probability=stand.probability if sure is None else sure,
                since=stand.since,
                statements=position.statements if position is not None else None,
                moved=was is not None and was.stance is not stand.stance,
                was=was.stance if was is not None else None,
                pending=position.pending if position is not None else None,
            )
        )
    for side in found.values():
        side.sort(key=lambda p: (-round(p.probability, 2), -(p.statements or 0), p.name.casefold()))
    return found


def earlier(held: Sequence[Mapping[str, Stand]]) -> dict[str, Stand]:
    """What each actor held last at one of the dates before the last, where that was something else than in the end."""
    found: dict[str, Stand] = {}
    for then in held[:-1]:
        for actor, stand in then.items():
            now = held[-1].get(actor)
            if stand.stance is not None and (now is None or now.stance is not stand.stance):
                found[actor] = stand
    return found


def dates(first: datetime, last: datetime, count: int = COLUMNS) -> list[datetime]:
    """So many moments from the first to the last at equal distances; fewer where they would be within a day."""
    span = last - first
    count = max(1, min(count, int(span / timedelta(days=1)) + 1))
    return [last] if count == 1 else [first + span * n / (count - 1) for n in range(count - 1)] + [last]


def ways(actors: Sequence[str], held: Sequence[Mapping[str, Stand]]) -> dict[str, list[Stance | None]]:
    """What each actor held at each of the dates."""
    return {actor: [then[actor].stance if actor in then else None for then in held] for actor in actors}
