"""Who agrees with whom: a network of actors, by the positions that they held within a period. Pure.

The measure is that of discourse network analysis (Leifeld 2017, "Discourse Network Analysis: Policy Debates as Dynamic
Networks", in The Oxford Handbook of Political Networks; Leifeld & Haunss 2012, European Journal of Political Research
51, 382-409). Two actors are tied by *congruence* on each issue on which they hold the same, and by *conflict* where
they hold the opposite. With a graded qualifier, as the program DNA reckons it, an issue k adds

    congruence  1 - |q_i - q_j| / range        conflict  |q_i - q_j| / range

with q = +1 for support, 0 for conditional, -1 for opposition, and so a range of 2: whoever supports agrees half with
whoever sets conditions. Two things are done otherwise than there, for a reason:

- q is the *standing position* and not each statement: how often somebody is quoted is the papers' choice.
- Over a period the values are averaged over the time in which both held a position. Two who turned on the same day
  agree throughout; whoever followed four days into ten agrees for six tenths.

**Normalisation.** Whoever holds positions on everything is tied to everybody. Weights are therefore divided by the
*average activity* of the two, the mean of the numbers of issues on which each held a position within the period
(Leifeld 2017); `jaccard` divides by the number of issues on which either did. Neither exceeds 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from monitor.model.course import Stand
from monitor.model.statement import Stance
from monitor.positions.course import Stretch, courses

QUALIFIERS = {Stance.SUPPORTS: 1, Stance.CONDITIONAL: 0, Stance.OPPOSES: -1}
RANGE = 2


class Normalisation(StrEnum):
    """What a pair's weight is divided by: the mean, or the union, of the issues of the two, or nothing."""

    AVERAGE = "average"
    JACCARD = "jaccard"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """How two actors stand to one another; `a` comes before `b`.

    `by_issue` is the conflict on each issue in common, from 0 (the same) to 1 (the opposite). `congruence` and
    `conflict` are their sums over the issues, `normal` what they are divided by.
    """

    a: str
    b: str
    by_issue: Mapping[str, float]
    normal: float

    @property
    def common(self) -> int:
        """On how many issues both held a position at the same time."""
        return len(self.by_issue)

    @property
    def conflict(self) -> float:
        """The sum of the differences."""
        return sum(self.by_issue.values())

    @property
    def congruence(self) -> float:
        """The sum of the agreements."""
        return self.common - self.conflict

    @property
    def agreement(self) -> float:
        """The share of agreement in what they have in common, from 0 to 1."""
        return self.congruence / self.common

    @property
    def weight(self) -> float:
        """Congruence less conflict, normalised: from -1, opponents in all, to 1, one in all that either holds."""
        return (self.congruence - self.conflict) / self.normal

    @property
    def differ(self) -> tuple[str, ...]:
        """The issues on which they did not always hold the same, the greatest difference first."""
        return tuple(sorted((i for i, d in self.by_issue.items() if d > 0), key=lambda i: (-self.by_issue[i], i)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The actors who held a position within the period, on how many issues, and their ties in a fixed order."""

    issues_of: Mapping[str, int]
    ties: tuple[Tie, ...]


def align(
    stands: Iterable[Stand],
    since: datetime,
    until: datetime,
    *,
    issues: Collection[str] | None = None,
    actors: Collection[str] | None = None,
    apart: Collection[tuple[str, str]] = (),
    least: int = 1,
    normalisation: Normalisation = Normalisation.AVERAGE,
) -> Network:
    """The network of these actors (None: all) on these issues (None: all) from `since` to `until`.

    `since` equal to `until` asks for that one moment. `apart` are pairs that are not compared, in either order: who
    belongs to whom. Ties have at least `least` issues in common. Raises ValueError where `until` is before `since`.
    """
    if until < since:
        raise ValueError("the period ends before it begins; swap the two dates")
    held: dict[str, dict[str, list[_Held]]] = {}
    for (actor, issue), stretches in sorted(courses(stands).items()):
        wanted = (issues is None or issue in issues) and (actors is None or actor in actors)
        if wanted and (within := _within(stretches, since, until)):
            held.setdefault(actor, {})[issue] = within
    separate = {frozenset(pair) for pair in apart}
    ties = []
    for a, b in combinations(sorted(held), 2):
        if frozenset((a, b)) in separate:
            continue
        shared = sorted(held[a].keys() & held[b].keys())
        both = {i: d for i in shared if (d := _apart(held[a][i], held[b][i])) is not None}
        if len(both) >= max(1, least):
            ties.append(Tie(a=a, b=b, by_issue=both, normal=_normal(held[a], held[b], normalisation)))
    return Network(issues_of={actor: len(on) for actor, on in sorted(held.items())}, ties=tuple(ties))


@dataclass(frozen=True, slots=True)
class _Held:
    value: int
    start: datetime
    end: datetime


def _within(stretches: Sequence[Stretch], since: datetime, until: datetime) -> list[_Held]:
    """The parts of the stretches in the period, the last of which may be a single moment at its end."""
    found = []
    for stretch in stretches:
        start, end = max(stretch.stand.since, since), min(stretch.until or until, until)
        if stretch.stand.stance is not None and (start < end or (start == end == until and stretch.until != until)):
            found.append(_Held(QUALIFIERS[stretch.stand.stance], start, end))
    return found


def _apart(ours: Sequence[_Held], theirs: Sequence[_Held]) -> float | None:
    """The mean difference over the time in which both held something; None where that was never at the same time."""
    length = distance = 0.0
    momentary: float | None = None
    for one in ours:
        for other in theirs:
            start, end = max(one.start, other.start), min(one.end, other.end)
            difference = abs(one.value - other.value) / RANGE
            if start < end:
                seconds = (end - start).total_seconds()
                length += seconds
                distance += seconds * difference
            elif start == end and one.end == other.end:
                momentary = difference
    return distance / length if length else momentary


def _normal(ours: Mapping[str, object], theirs: Mapping[str, object], normalisation: Normalisation) -> float:
    if normalisation is Normalisation.AVERAGE:
        return (len(ours) + len(theirs)) / 2
    return float(len(ours.keys() | theirs.keys())) if normalisation is Normalisation.JACCARD else 1.0
