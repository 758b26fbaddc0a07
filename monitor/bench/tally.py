"""What a way of tracking got right and wrong, counted, and the shares with their intervals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from monitor.model.share import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one way of tracking reached at one accuracy; intervals at 95 %.

    `false_per_1000`: confirmed changes, first positions among them, to a stance that is not held at that moment, per
    thousand statements. `found`: the share of true changes whose stance was told while it was held: one that the next
    cut short before it was told is missed. `cut_short`: the share of changes with fewer than three statements before
    the next. `found_lasting`: the share found of those that were not cut short. `stood`: the share of changes, missed
    by `found`, back to a stance that had been told and stood all the while, so that there was nothing to tell. `delay`:
    the median number of statements from a change that was found to its confirmation, the first one included.
    """

    way: str
    accuracy: float
    statements: int
    false_per_1000: float
    false_interval: tuple[float, float]
    found: float
    found_interval: tuple[float, float]
    cut_short: float
    found_lasting: float
    stood: float
    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over streams; they add up. `delays`: how many changes were found after how many statements."""

    statements: int = 0
    false: int = 0
    changes: int = 0
    found: int = 0
    lasting: int = 0
    found_lasting: int = 0
    stood: int = 0
    delays: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            statements=self.statements + other.statements,
            false=self.false + other.false,
            changes=self.changes + other.changes,
            found=self.found + other.found,
            lasting=self.lasting + other.lasting,
            found_lasting=self.found_lasting + other.found_lasting,
            stood=self.stood + other.stood,
            delays=self.delays + other.delays,
        )

    def score(self, way: str, accuracy: float) -> Score:
        """The shares. Raises ValueError when there was no statement or no true change."""
        low, high = wilson(self.false, self.statements)
        return Score(
            way=way,
            accuracy=accuracy,
            statements=self.statements,
            false_per_1000=1000 * self.false / self.statements,
            false_interval=(1000 * low, 1000 * high),
            found=self.found / self.changes,
            found_interval=wilson(self.found, self.changes),
            cut_short=1 - self.lasting / self.changes,
            found_lasting=self.found_lasting / self.lasting if self.lasting else 1.0,
            stood=self.stood / self.changes,
            delay=median(self.delays),
        )


def median(counts: Counter[int]) -> float:
    """The median of values that are given by how often each occurs; 0 when there is none."""
    values = sorted(counts.elements())
    if not values:
        return 0.0
    middle = len(values) // 2
    return float(values[middle]) if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
