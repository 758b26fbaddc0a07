"""The forward filter behind a position: what an actor probably holds, given noisy readings of what they said.

A hidden Markov model (Rabiner 1989, "A tutorial on hidden Markov models", section III.A) with the states supports,
conditional, opposes and *none known*. After each observation y with reliability r

    a'(x) ∝ [ Σ_w a(w) T(w, x) ] · [ r · M(y | x) + (1 − r) · u ]

T keeps a state with probability 1 − h and spreads h over the others (h: change rate per observation). M is the
extractor's confusion; u = 1 / number of readings, what a reading that tells nothing would look like. A mixture rather
than a power of M, because an unreliable reading is not a weak reading: mostly it is about something else.
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

    `right` is the chance that a reliable reading names the stance that is held. Its complement is spread over the
    other readings. `change_rate` is the chance of a change from one observation to the next; 1/40 is the design's
    assumption of one true change in forty statements. `none_at_first` is the prior of holding nothing at all.
    """

    right: float = 0.95
    change_rate: float = 1 / 40
    none_at_first: float = 0.05

    def prior(self) -> dict[Held, float]:
        """The belief before anything was said: indifferent between the stances."""
        share = (1 - self.none_at_first) / (len(Held) - 1)
        return {x: self.none_at_first if x is Held.NONE else share for x in Held}

    def likelihood(self, reading: str, held: Held) -> float:
        """M(reading | held)."""
        if held is Held.NONE:
            # Nothing is held: a retraction is what is said then; any stance read is a misreading.
            return 0.7 if reading == _WITHDRAWAL else 0.1
        if reading == held.value:
            return self.right
        return (1 - self.right) / (len(_READINGS) - 1)

    def step(self, belief: Belief, reading: str, reliability: float) -> dict[Held, float]:
        """The belief after one more observation. `reading` is a stance or the retraction of one."""
        moved = self._predict(belief)
        noise = 1 / len(_READINGS)
        weighed = {
            x: p * (reliability * self.likelihood(reading, x) + (1 - reliability) * noise) for x, p in moved.items()
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
