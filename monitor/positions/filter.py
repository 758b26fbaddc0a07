"""The forward filter behind a position: what an actor probably holds, given noisy readings of what they said.

A hidden Markov model (Rabiner 1989, "A tutorial on hidden Markov models", section III.A) with the states supports,
conditional, opposes and *none known*. After each observation y, read with confidence c and weighing w

    a'(x) ∝ [ Σ_v a(v) T(v, x) ] · [ w · M_c(y | x) + (1 − w) · u ]

T keeps a state with probability 1 − h and spreads h over the others (h: change rate per observation). M_c is the
confusion of a reading whose confidence, the measured share of such readings that are right, is c: c for y = x, the rest
spread evenly over the other readings. u = 1 / number of readings, what a reading that tells nothing would look like. A
mixture rather than a power of M, because a report of little weight is not a weak reading: it is about something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.model.statement import Stance


class Held(StrEnum):
    """The hidden states."""

    SUPPORTS = "supports"
    CONDITIONAL = "conditional"
    OPPOSES = "opposes"
    NONE = "none"


_WITHDRAWAL = "withdrawal"
_READINGS = (*(str(s) for s in Stance), _WITHDRAWAL)

Belief = Mapping[Held, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterModel:
    """The model's parameters; probabilities, dimensionless.

    `surest` bounds the confidence of a reading, so that none confirms by itself: at 0.9 a single quote leaves a first
    position at 0.93. `change_rate` is the chance of a change from one observation to the next; 1/40 is the design's
    assumption of one true change in forty statements. `none_at_first` is the prior of holding nothing at all.
    """

    surest: float = 0.9
    change_rate: float = 1 / 40
    none_at_first: float = 0.05

    def prior(self) -> dict[Held, float]:
        """The belief before anything was said: indifferent between the stances."""
        share = (1 - self.none_at_first) / (len(Held) - 1)
        return {x: self.none_at_first if x is Held.NONE else share for x in Held}

    def likelihood(self, reading: str, held: Held, confidence: float) -> float:
        """M_c(reading | held). What is said while nothing is held is a retraction; any stance is a misreading then."""
        said = _WITHDRAWAL if held is Held.NONE else held.value
        sure = min(max(confidence, 1 / len(_READINGS)), self.surest)
        return sure if reading == said else (1 - sure) / (len(_READINGS) - 1)

    def step(self, belief: Belief, reading: str, confidence: float, weight: float) -> dict[Held, float]:
        """The belief after one more observation. `reading` is a stance or the retraction of one; c and w are 0 to 1."""
        moved = self._predict(belief)
        noise = 1 / len(_READINGS)
        weighed = {
            x: p * (weight * self.likelihood(reading, x, confidence) + (1 - weight) * noise) for x, p in moved.items()
        }
        total = sum(weighed.values())
        return {x: p / total for x, p in weighed.items()}

    def transition(self, before: Held, after: Held) -> float:
        """T(before, after): what is held mostly stays; each row sums to one."""
        if before is after:
            return 1 - self.change_rate
        stances = len(Held) - 1
        if before is Held.NONE:
            return self.change_rate / stances
        if after is Held.NONE:
            return self.change_rate * self.none_at_first
        return self.change_rate * (1 - self.none_at_first) / (stances - 1)

    def _predict(self, belief: Belief) -> dict[Held, float]:
        return {x: sum(p * self.transition(w, x) for w, p in belief.items()) for x in Held}


def reading_of(stance: Stance, withdraws: bool) -> str:
    """What the filter observes in a statement: the stance, or that it was taken back."""
    return _WITHDRAWAL if withdraws else str(stance)
