"""All stored readings beside the verdicts of today: on request, for otherwise an accuracy stays as it was fixed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from monitor.pipeline.changes import refold, write_events
from monitor.pipeline.identity_report import PositionMoved, Queued, Word, moved, queued, standing
from monitor.pipeline.measured import records_of
from monitor.pipeline.tell import Teller, falls
from monitor.positions.accuracy import Records
from monitor.positions.track import Tracker
from storage.accuracies import LiveReading
from storage.engine import Database
from storage.values import ChangeTransition
from storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RemeasureReport:
    """How many live statements count otherwise now, the positions and changes that moved, and who is told."""

    statements: int
    positions: tuple[PositionMoved, ...]
    transitions: tuple[ChangeTransition, ...]
    queued: tuple[Queued, ...]


class _NotMeantError(Exception):
    """Takes back what a dry run wrote."""


def remeasure(database: Database, tracker: Tracker, teller: Teller, word: Word, *, follow: bool) -> RemeasureReport:
    """Gives every live statement the accuracy of today's verdicts; none where precision is not followed.

    One transaction. Those who were told what no longer holds get a correction, others only with `alert`.
    """
    report: RemeasureReport | None = None
    with suppress(_NotMeantError), database.work() as work:
        report = _within(work, tracker, teller, word, records_of(work, follow=follow))
        if not word.write:
            raise _NotMeantError
    assert report is not None
    return report


def _within(work: Work, tracker: Tracker, teller: Teller, word: Word, records: Records) -> RemeasureReport:
    work.statements.hold_identities()
    stood, rules = standing(work), work.rules.current()
    live = work.accuracies.live()
    accuracies = {one.statement: accuracy for one in live if (accuracy := _accuracy(one, records)) != one.accuracy}
    work.accuracies.fix(accuracies, _used([one for one in live if one.statement in accuracies], records))
    pairs = {(s.read.holder, s.read.issue) for s in work.statements.get(accuracies).values()}
    transitions = refold(work, pairs, tracker, rules, word.now)
    told = teller.tell(work, [t for t in transitions if word.alert or falls(t)], rules, word.now)
    detail = {"why": word.why, "statements": len(accuracies)}
    work.audit.add(word.who, "accuracies reckoned anew", "statements", detail, word.now)
    report = RemeasureReport(
        statements=len(accuracies), positions=moved(stood, standing(work)), transitions=tuple(transitions),
        queued=queued(work, told),
    )  # fmt: skip
    write_events(work, transitions, told, word.now)
    return report


def _accuracy(one: LiveReading, records: Records) -> float | None:
    return records.measured_from(one.confidence, one.issue, one.publisher, one.extractor)


def _used(changed: list[LiveReading], records: Records) -> dict[int, dict[str, dict[str, list[int]]] | None]:
    """By reading, the records that count for its statements."""
    used: dict[int, dict[str, dict[str, list[int]]]] = {}
    for one in changed:
        mine = used.setdefault(one.reading, {})
        named = {"issue": one.issue, "source": one.publisher, "extractor": one.extractor}
        for name, record in records.of(one.issue, one.publisher, one.extractor).items():
            mine.setdefault(name, {})[named[name]] = [record.right, record.judged]
    return {reading: found or None for reading, found in used.items()}
