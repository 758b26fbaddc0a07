"""The matrix of positions: actors × issues, only those of which anything is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from monitor.web.words import stance_word
from rules.model import ActorRule, RuleSet
from storage.standing import Standing

RECENT = timedelta(days=7)
"""How long a cell is marked after its position changed."""

_STRENGTHS = (0.9, 0.965, 0.99)
"""Where one stroke of strength becomes two, three and four: what confirms a first position stands in the middle."""


class Cell(NamedTuple):
    """A position in the matrix, as it is shown: strength in strokes 0 to 4, age in a few characters.

    `recent`: it changed within the last days. `words` says it all, for a reader who sees no sign.
    """

    standing: Standing
    sign: str
    tone: str
    strength: int
    age: str
    recent: bool
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """An actor with a cell for every issue shown, None where nothing is known. `inset`: it stands under its body."""

    actor: str
    inset: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The issues shown, family by family, the rows, and how many actors and issues of the chosen ones are left out
    because nothing is known of them. `families` are (name, how many issues); the name is None for issues without one.
    """

    issues: tuple[str, ...]
    families: tuple[tuple[str | None, int], ...]
    rows: tuple[Row, ...]
    actors_left_out: int
    issues_left_out: int

    @property
    def cells(self) -> list[Cell]:
        """The cells in which something is known, row by row."""
        return [cell for row in self.rows for cell in row.cells if cell is not None]


def matrix(
    standings: Sequence[Standing],
    rules: RuleSet,
    moment: datetime,
    actors: frozenset[str] | None = None,
    issues: frozenset[str] | None = None,
) -> Matrix:
    """The matrix as of a moment, in the order of the rules, whoever belongs to a body under it, families together.

    What the rules no longer name comes last. `actors` and `issues` are those that were asked for, None for all.
    """
    known = {(s.actor, s.issue): s for s in standings}
    found = {actor for actor, _ in known}
    shown = _by_family(rules, {issue for _, issue in known})
    rows = []
    for actor, inset in _actors(rules, found):
        cells = tuple(_cell(known.get((actor, issue)), moment) for issue in shown)
        rows.append(Row(actor, inset, cells))
    return Matrix(
        issues=tuple(shown),
        families=tuple((family, len(list(same))) for family, same in groupby(shown, lambda i: _family(rules, i))),
        rows=tuple(rows),
        actors_left_out=len(set(rules.actors if actors is None else actors) - found),
        issues_left_out=len(set(rules.issues if issues is None else issues) - set(shown)),
    )


def age(seconds: float) -> str:
    """A span of time in at most four characters: "5h", "23d", "7mo", "3y"."""
    days = int(seconds // 86_400)
    if days < 1:
        return f"{max(1, int(seconds // 3_600))}h"
    if days < 60:
        return f"{days}d"
    return f"{days // 30}mo" if days < 730 else f"{days // 365}y"


def _cell(standing: Standing | None, moment: datetime) -> Cell | None:
    if standing is None:
        return None
    word = stance_word(standing.stance)
    sign = stance_word(standing.pending).sign if standing.stance is None else word.sign
    away = None if standing.since is None else moment - standing.since
    recent = away is not None and away <= RECENT
    strength = 0 if standing.share is None else 1 + sum(standing.share >= step for step in _STRENGTHS)
    return Cell(
        standing=standing,
        sign=sign,
        tone=word.tone,
        strength=strength,
        age="" if away is None else age(away.total_seconds()),
        recent=recent,
        words=_words(standing, word.word, recent),
    )


def _words(standing: Standing, word: str, recent: bool) -> str:
    parts = [word]
    if standing.since is not None:
        parts[0] += f" since {_day(standing.since.date())}"
    if standing.share is not None:
        parts.append(f"{min(99, max(1, round(standing.share * 100)))} % probable")
    if standing.statements:
        parts.append(f"{standing.statements} statement{'' if standing.statements == 1 else 's'}")
    if recent:
        parts.append("changed lately")
    if standing.pending is not None:
        parts.append(f"change to “{stance_word(standing.pending).word}” pending")
    return ", ".join(parts)


@lru_cache(maxsize=4_096)
def _day(on: date) -> str:
    return f"{on.day} {on:%b} {on.year}"


def _family(rules: RuleSet, issue: str) -> str | None:
    rule = rules.issues.get(issue)
    return None if rule is None else rule.family


def _by_family(rules: RuleSet, wanted: set[str]) -> list[str]:
    """The wanted issues in the order of the rules, those of one family together, those of none last."""
    named = _ordered(rules.issues, wanted)
    families = dict.fromkeys(family for issue in named if (family := _family(rules, issue)) is not None)
    place = {family: number for number, family in enumerate(families)}
    return sorted(named, key=lambda issue: place.get(_family(rules, issue) or "", len(place)))


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
