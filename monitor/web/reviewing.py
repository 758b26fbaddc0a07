"""What the review desk is made of: who looks at which statement, a statement in its words, and measured precision.

Who looks at what is kept in memory and is a courtesy: two operators are given different statements. That nothing is
judged twice unseen is held by the database, see `Statements.judge`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.item import Item
from monitor.model.share import Precision
from monitor.model.statement import Statement
from monitor.web.highlight import Mark, Segment, segments
from storage.verdicts import JudgedBy
from storage.work import Work

LOOKS_FOR = timedelta(minutes=10)
"""How long a statement that is shown to one operator is given to no other."""

AROUND = 350
"""Code points that are shown before and after the evidence, to the next end of a sentence or word."""

_ENDS = ("\n", ". ", "! ", "? ", "” ", "» ")


class Looking:
    """Who looks at which statement. Safe to share between threads."""

    def __init__(self) -> None:
        self._by_account: dict[int, tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def looks(self, account: int, statement: int, now: datetime) -> None:
        """This operator is shown the statement now, and so no other one any more."""
        with self._lock:
            self._by_account[account] = statement, now + LOOKS_FOR

    def of_others(self, account: int, now: datetime) -> frozenset[int]:
        """The statements that others look at."""
        with self._lock:
            return frozenset(
                statement for who, (statement, until) in self._by_account.items() if who != account and now < until
            )


class Measured:
    """Measured precision by issue, kept until somebody judges again: to count thousands of verdicts takes its time."""

    def __init__(self) -> None:
        self._kept: tuple[int, Sequence[Precision]] = (-1, ())

    def by_issue(self, work: Work) -> Sequence[Precision]:
        """Precision by issue, most judged first."""
        last = work.review.last_verdict()
        if self._kept[0] != last:
            self._kept = last, work.verdicts.precision(JudgedBy.ISSUE)
        return self._kept[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A statement in its words: `cut_before` and `cut_after` say whether there is more of the text."""

    segments: Sequence[Segment]
    cut_before: bool
    cut_after: bool


def words_of(statement: Statement, item: Item, marks: Iterable[Mark]) -> Words:
    """The evidence with what stands around it; marks by their places in the whole field."""
    evidence = statement.read.evidence
    text = item.fields[evidence.field]
    start = _start(text, max(0, evidence.start - AROUND), evidence.start)
    end = _end(text, min(len(text), evidence.end + AROUND), evidence.end)
    moved = [Mark(m.start - start, m.end - start, m.tone, m.label) for m in marks]
    found = segments(text[start:end], [m for m in moved if m.end > 0 and m.start < end - start])
    return Words(segments=found, cut_before=start > 0, cut_after=end < len(text))


def _start(text: str, at: int, before: int) -> int:
    """The first beginning of a sentence from `at` on, else of a word; never beyond `before`."""
    if at == 0:
        return 0
    begins = [found + len(end) for end in _ENDS if (found := text.find(end, at, before)) >= 0]
    space = text.find(" ", at, before)
    return min(begins, default=space + 1 if space >= 0 else at)


def _end(text: str, at: int, after: int) -> int:
    """The last end of a sentence up to `at`, else of a word; never before `after`."""
    if at == len(text):
        return at
    ends = [found + len(end.rstrip(" ")) for end in _ENDS if (found := text.rfind(end, after, at)) >= 0]
    space = text.rfind(" ", after, at)
    return max(ends, default=space if space >= 0 else at)


def least_known_first(issues: Iterable[str], measured: Iterable[Precision]) -> list[str]:
    """The issues by how little is known of their precision: the widest interval first, none judged before all."""
    width = {one.of: one.interval[1] - one.interval[0] for one in measured}
    return sorted(issues, key=lambda issue: (-width.get(issue, 1.0), issue))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Measured precision of one issue; `left`, `right` and `mark` are percentages of the bar's width."""

    name: str
    issue: str
    right_of: int
    judged: int
    share: float
    left: float
    right: float
    mark: float


def bars(measured: Iterable[Precision], names: Mapping[str, str]) -> list[Bar]:
    """Precision by issue, drawn; most judged first."""
    return [
        Bar(
            name=names.get(one.of, one.of),
            issue=one.of,
            right_of=one.right,
            judged=one.judged,
            share=one.share,
            left=round(one.interval[0] * 100, 2),
            right=round(one.interval[1] * 100, 2),
            mark=round(one.share * 100, 2),
        )
        for one in measured
    ]
