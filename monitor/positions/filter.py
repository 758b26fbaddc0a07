"""The forward filter behind a position: what an actor probably holds, given noisy readings of what they said.

A hidden Markov model (Rabiner 1989, "A tutorial on hidden Markov models", section III.A) with the states supports,
conditional, opposes and *none known*. After each observation y, read with confidence c and weighing w, Δt after the
last

    a'(x) ∝ [ Σ_v a(v) T(v, x; Δt) ] · [ w · M_c(y | x) + (1 − w) · u ]

**Time.** A position changes in continuous time, and news of it comes in bursts. T = expm(Q·(μΔt + ν)) with the "equal
input" generator Q = 1π' − I (Felsenstein 1981, J. Mol. Evol. 17, his model of substitution), whose exponential is
closed:

    T(v, x; Δt) = e^(−g) · [v = x] + (1 − e^(−g)) · π(x),      g = μΔt + ν,      Σ_x π(x) T(x, y) = π(y)

so that two steps are one step over both times (T(s)·T(t) = T(s + t) where ν = 0), and a long silence leads back to π,
the belief before anything was said. μ is the rate of changes a year, ν the chance of one from a statement to the next,
both over 1 − Σπ², the share of Q's events that go to another state.

**Readings.** M_c is the confusion of a reading whose confidence, the measured share of such readings that are right, is
c: c for y = x, a share r of the rest for a retraction, what is left spread evenly over the other stances. u = 1 /
number of readings, what a reading that tells nothing would look like. A mixture rather than a power of M, because a
report of little weight is not a weak reading: it is about something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import expm1

from monitor.model.statement import Stance


class Held(StrEnum):
    """The hidden states."""

    SUPPORTS = "supports"
    CONDITIONAL = "conditional"
    OPPOSES = "opposes"
    NONE = "none"


_WITHDRAWAL = "withdrawal"
_READINGS = (*(str(s) for s in Stance), _WITHDRAWAL)
_YEAR = 365.25
"""Days."""

Belief = Mapping[Held, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterModel:
    """The model's parameters; probabilities, dimensionless, where nothing else is said.

    `surest` bounds the confidence of a reading, so that none confirms by itself. `change_rate` is the chance of a
    change from one statement to the next, `changes_per_year` the rate of those that time brings; together one change in
    forty statements where somebody speaks every nine days, the design's assumption. `none_at_first` is the prior of
    holding nothing at all, `misread_as_retraction` the share of misreadings of a stance that read a retraction.
    """

    surest: float = 0.9
    change_rate: float = 1 / 80
    changes_per_year: float = 0.5
    none_at_first: float = 0.05
    misread_as_retraction: float = 0.03

    def prior(self) -> dict[Held, float]:
        """The belief before anything was said, and after a silence without end: indifferent between the stances."""
        return dict(_stationary(self.none_at_first)[0])

    def likelihood(self, reading: str, held: Held, confidence: float) -> float:
        """M_c(reading | held). What is said while nothing is held is a retraction; any stance is a misreading then."""
        sure = min(max(confidence, 1 / len(_READINGS)), self.surest)
        if held is Held.NONE:
            return sure if reading == _WITHDRAWAL else (1 - sure) / len(Stance)
        if reading == held.value:
            return sure
        retraction = self.misread_as_retraction
        return (1 - sure) * (retraction if reading == _WITHDRAWAL else (1 - retraction) / (len(Stance) - 1))

    def step(
        self, belief: Belief, reading: str, confidence: float, weight: float, days: float = 0.0
    ) -> dict[Held, float]:
        """The belief after one more observation, `days` after the last. `reading` is a stance or the retraction of one;
        `confidence` and `weight` are 0 to 1.
        """
        moved = self.after(belief, days, self.change_rate)
        noise = 1 / len(_READINGS)
        weighed = {
            x: p * (weight * self.likelihood(reading, x, confidence) + (1 - weight) * noise) for x, p in moved.items()
        }
        total = sum(weighed.values())
        return {x: p / total for x, p in weighed.items()}

    def after(self, belief: Belief, days: float, changes: float = 0.0) -> dict[Held, float]:
        """What is left of a belief when `days` have passed; `changes`: how many are expected beside those of time."""
        prior, leaving = _stationary(self.none_at_first)
        forgotten = -expm1(-(self.changes_per_year * max(days, 0.0) / _YEAR + changes) / leaving)  # 1 − e^(−g)
        return {x: (1 - forgotten) * belief[x] + forgotten * p for x, p in prior.items()}

    def transition(self, before: Held, after: Held, days: float) -> float:
        """T(before, after) from one statement to another so many days later; each row sums to one."""
        return self.after({x: float(x is before) for x in Held}, days, self.change_rate)[after]


@lru_cache
def _stationary(none_at_first: float) -> tuple[Mapping[Held, float], float]:
    """π, and the share 1 − Σπ² of the generator's events that go to another state."""
    share = (1 - none_at_first) / (len(Held) - 1)
    prior = {x: none_at_first if x is Held.NONE else share for x in Held}
    return prior, 1 - sum(p * p for p in prior.values())


def reading_of(stance: Stance, withdraws: bool) -> str:
    """What the filter observes in a statement: the stance, or that it was taken back."""
    return _WITHDRAWAL if withdraws else str(stance)
