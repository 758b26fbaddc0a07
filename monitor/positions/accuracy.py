"""How often readings turned out right: what a judged record makes of the confidence that was given.

An extractor's confidence is a mean over what it was measured on. A paper with odd sentences, an issue that is argued
about in unusual words or a language that is read badly is read worse than that, and a filter that is told 0.85 where
0.70 are right tells several times as many false changes (`volteface bench tracker --assumed 0.85`). Whoever judges
readings gives records; without them the confidence stands as it was given.

**Which estimate.** The filter's likelihood is linear in the confidence, so what it needs is the expected share of right
readings, not a bound on it: the mean of a Beta distribution whose prior is the confidence, worth `strength` readings,
after the record (Gelman et al. 2013, "Bayesian Data Analysis", section 2.4). Wilson's lower bound would put ten right
of ten at 0.72 and make good sources wait for nothing; it is shown beside the share, for people. A record counts from
`least` judged readings on: with fewer, one operator's look at a single article would move an issue.

**Which record.** Issue, source and extractor are three views of the same verdicts, so they are not multiplied; the one
that says least holds. Operators rather look at what seems wrong, which makes records too low if anything: a change then
waits for one more report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.model.statement import ReadStatement, Statement

LEAST_JUDGED = 20


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
    """Records by issue, publisher and extractor. `strength`: the number of judged readings that weigh as much as the
    confidence as given; `least`: judged readings from which a record counts.
    """

    by_issue: Mapping[str, Record] = field(default_factory=dict)
    by_publisher: Mapping[str, Record] = field(default_factory=dict)
    by_extractor: Mapping[str, Record] = field(default_factory=dict)
    strength: float = 20.0
    least: int = LEAST_JUDGED

    def of(self, issue: str, publisher: str, extractor: str | None = None) -> dict[str, Record]:
        """The records that count for a reading, by what they are of: issue, source, extractor."""
        found = {
            "issue": self.by_issue.get(issue),
            "source": self.by_publisher.get(publisher),
            "extractor": self.by_extractor.get(extractor) if extractor is not None else None,
        }
        return {name: record for name, record in found.items() if record is not None and record.judged >= self.least}

    def measured(self, read: ReadStatement, publisher: str, extractor: str | None = None) -> float | None:
        """The probability that a statement was read rightly, 0..1, by the records; None where none counts."""
        return self.measured_from(read.confidence, read.issue, publisher, extractor)

    def measured_from(self, confidence: float, issue: str, publisher: str, extractor: str | None) -> float | None:
        """The same for a statement of which only these are at hand."""
        records = self.of(issue, publisher, extractor).values()
        return min((self._mean(confidence, record) for record in records), default=None)

    def accuracy(self, statement: Statement) -> float:
        """The probability that a statement was read rightly, 0..1: as it was fixed when it was read, else by the
        records, else as the extractor gave it.
        """
        if statement.read.accuracy is not None:
            return statement.read.accuracy
        measured = self.measured(statement.read, statement.publisher)
        return statement.read.confidence if measured is None else measured

    def _mean(self, given: float, record: Record) -> float:
        return (self.strength * given + record.right) / (self.strength + record.judged)
