"""Readings beside what operators said of earlier ones: the accuracy that a statement counts with.

The accuracy is reckoned when an item is read, by the verdicts that there are at that moment, and stored with the
statement. So folding a position again gives the same again, whoever judged what meanwhile; later verdicts count for
what is read later. An item that is read anew, by a revision or a backfill, gets the accuracy of that day, and
`remeasure` gives it to all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.model.item import Item
from monitor.model.statement import Reading
from monitor.positions.accuracy import Record, Records
from storage.verdicts import JudgedBy
from storage.work import Work

NONE = Records()


@dataclass(frozen=True, slots=True)
class MeasuredReading:
    """A reading whose statements have their accuracy, and the records behind it as [right, judged]; None without."""

    reading: Reading
    records: dict[str, dict[str, list[int]]] | None


def records_of(work: Work, *, follow: bool = True) -> Records:
    """The record of all verdicts so far; an empty one where precision is not followed."""
    if not follow:
        return NONE
    by = {
        by: {p.of: Record(right=p.right, judged=p.judged) for p in work.verdicts.precision(by)}
        for by in (JudgedBy.ISSUE, JudgedBy.SOURCE, JudgedBy.EXTRACTOR)
    }
    return Records(by_issue=by[JudgedBy.ISSUE], by_publisher=by[JudgedBy.SOURCE], by_extractor=by[JudgedBy.EXTRACTOR])


def records_in(stored: Mapping[str, Mapping[str, Sequence[int]]] | None) -> Records:
    """The records that a stored reading was measured by."""
    known = stored or {}
    issue, source, extractor = (
        {of: Record(right=right, judged=judged) for of, (right, judged) in known.get(name, {}).items()}
        for name in ("issue", "source", "extractor")
    )
    return Records(by_issue=issue, by_publisher=source, by_extractor=extractor, least=0)


def measured(reading: Reading, item: Item, records: Records) -> MeasuredReading:
    """The reading of an item with the accuracy of each statement."""
    used: dict[str, dict[str, list[int]]] = {}
    statements = []
    for read in reading.statements:
        statements.append(replace(read, accuracy=records.measured(read, item.publisher, reading.extractor)))
        for name, record in records.of(read.issue, item.publisher, reading.extractor).items():
            of = {"issue": read.issue, "source": item.publisher, "extractor": reading.extractor}[name]
            used.setdefault(name, {})[of] = [record.right, record.judged]
    return MeasuredReading(replace(reading, statements=tuple(statements)), used or None)
