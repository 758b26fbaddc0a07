"""The matrix of positions: actors × issues, only those of which anything is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.position import FoundPosition
from rules.model import ActorRule, RuleSet

RECENT = timedelta(days=7)
"""How long a cell is marked after its position changed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A position in the matrix; `recent`: it changed within the last days."""

    position: FoundPosition
    recent: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An actor with a cell for every issue shown, None where nothing is known. `inset`: it stands under its body."""

    actor: str
    inset: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The issues shown, the rows, and how many actors and issues were left out because nothing is known of them."""

    issues: tuple[str, ...]
    rows: tuple[Row, ...]
    actors_left_out: int
    issues_left_out: int


def matrix(positions: Sequence[FoundPosition], rules: RuleSet, now: datetime) -> Matrix:
    """The matrix in the order of the rules, persons and institutions under the body that they belong to.

    What the rules no longer name comes last.
    """
    known = {(p.actor, p.issue): p for p in positions if p.statements or p.stance is not None}
    actors = {actor for actor, _ in known}
    issues = tuple(_ordered(rules.issues, {issue for _, issue in known}))
    rows = []
    for actor, inset in _actors(rules, actors):
        cells = tuple(_cell(known.get((actor, issue)), now) for issue in issues)
        rows.append(Row(actor, inset, cells))
    return Matrix(
        issues=issues,
        rows=tuple(rows),
        actors_left_out=len(set(rules.actors) - actors),
        issues_left_out=len(set(rules.issues) - set(issues)),
    )


def _cell(position: FoundPosition | None, now: datetime) -> Cell | None:
    if position is None:
        return None
    return Cell(position, position.since is not None and now - position.since <= RECENT)


def _ordered(rules: Iterable[str], wanted: set[str]) -> list[str]:
    named = [rule for rule in rules if rule in wanted]
    return named + sorted(wanted - set(named))


def _actors(rules: RuleSet, wanted: set[str]) -> list[tuple[str, bool]]:
    """The wanted actors, each body followed by whoever belongs to it, however deep."""
    below: dict[str | None, list[ActorRule]] = {}
    for rule in rules.actors.values():
        above = rule.member_of if rule.member_of in rules.actors and rule.member_of != rule.id else None
        below.setdefault(above, []).append(rule)
    found: dict[str, bool] = {}

    def walk(body: str | None, under: bool) -> None:
        for rule in below.get(body, []):
            if rule.id in found:
                continue
            shown = rule.id in wanted
            if shown:
                found[rule.id] = under
            walk(rule.id, under or shown)

    walk(None, False)
    found.update((actor, False) for actor in sorted(wanted - set(found)))
    return list(found.items())
