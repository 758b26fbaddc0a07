"""How often the readings of a source turned out right: what a judged record makes of the confidence that was given.

An extractor's confidence is a mean over what it was measured on. A paper with odd sentences or a language that is read
badly is read worse than that, and a filter that is told 0.85 where 0.70 are right tells several times as many false
changes (`volteface bench tracker --assumed 0.85`). Whoever judges readings gives records; without them the confidence
stands as it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.model.statement import Statement


@dataclass(frozen=True, slots=True)
class Record:
    """Of `judged` readings so many were `right`. Raises ValueError when that is impossible."""

    right: int
    judged: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.judged:
            raise ValueError(f"{self.right} right of {self.judged} judged is no record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records by publisher. `strength`: the number of judged readings that weigh as much as the confidence as given."""

    by_publisher: Mapping[str, Record] = field(default_factory=dict)
    strength: float = 20.0

    def accuracy(self, statement: Statement) -> float:
        """The probability that a statement was read rightly, 0..1: the mean of a Beta distribution whose prior is the
        confidence, worth `strength` readings, after the publisher's record (Gelman et al. 2013, "Bayesian Data
        Analysis", section 2.4).
        """
        given = statement.read.confidence
        record = self.by_publisher.get(statement.publisher)
        if record is None:
            return given
        return (self.strength * given + record.right) / (self.strength + record.judged)
