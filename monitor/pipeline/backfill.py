"""Backfill: stored items are read again under the rules in force, and nobody is told unless that is asked for.

Items are taken in the order of publication, some at once: they are read outside any transaction, and written, folded
and noted in one. So whoever is killed has lost one batch at most, and the next run passes over what is done. In the
end every position that was not folded yet is folded, since the edit of an actor's offices moves positions without
touching a statement; then those are told who have to be.

**Who is told.** A change that somebody was told of and that no longer holds is taken back from exactly those, whether
or not alerts were asked for: what they believe is no longer so. What is new is told with `alert` only. Both wait until
all is read, for a change can fall with one item and return with the next; what is owed meanwhile is in the database.

The articles of newly matched items are not fetched: the worker would read them as news.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from monitor.model.position import ChangeStatus
from monitor.model.statement import fingerprint
from monitor.pipeline.again import Again, ReadAgain
from monitor.pipeline.changes import bodies_above, refold, write_events
from monitor.pipeline.read import alerting
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller, falls
from monitor.positions.protocol import Extractor
from monitor.positions.track import Tracker
from rules.matcher import CompiledRules
from rules.model import RuleSet
from storage.engine import Database
from storage.history import Place, ReadBy
from storage.values import ChangeTransition, ItemState
from storage.work import Work

AT_ONCE = 20
"""Items in one transaction: few enough for the worker beside it to wait milliseconds."""
_PASSES = 5
STANDING = (ChangeStatus.PENDING, ChangeStatus.CONFIRMED)

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it is, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which items are read again: those published since a moment, those that an issue finds or found; None is all."""

    since: datetime | None = None
    issue: str | None = None


@dataclass(slots=True, kw_only=True)
class BackfillReport:
    """What a backfill came to. `passed_over` were read so already; `elsewhere` are none of the issue's.

    `left` says of each item that was not read why: it is read by the next run. `waiting` are new, so the worker reads
    them; `set_aside` are those that it gave up on. `alerts` tell of what is new, `corrections` of what no longer holds.
    """

    items: int = 0
    passed_over: int = 0
    elsewhere: int = 0
    waiting: int = 0
    set_aside: int = 0
    left: dict[int, str] = field(default_factory=dict)
    statements_gained: int = 0
    statements_lost: int = 0
    changes_gained: int = 0
    changes_lost: int = 0
    alerts: int = 0
    corrections: int = 0

    def lines(self) -> list[tuple[str, int]]:
        """What it came to, line by line."""
        return [
            ("items read again", self.items),
            ("items passed over: read so already", self.passed_over),
            ("items of other issues", self.elsewhere),
            ("statements gained", self.statements_gained),
            ("statements lost", self.statements_lost),
            ("changes gained", self.changes_gained),
            ("changes lost", self.changes_lost),
            ("alerts queued", self.alerts),
            ("corrections queued", self.corrections),
        ]


class Backfill:
    """One run over the stored items. `clock` gives the moment that is written."""

    def __init__(
        self,
        database: Database,
        extractor: Extractor,
        tracker: Tracker,
        teller: Teller,
        clock: Callable[[], datetime],
        *,
        alert: bool = False,
        follow_precision: bool = True,
    ) -> None:
        self._database = database
        self._rulebook = RuleBook(database)
        self._extractor = extractor
        self._again = Again(database, extractor, follow_precision=follow_precision)
        self._tracker = tracker
        self._teller = teller
        self._clock = clock
        self._alert = alert
        self._busy: set[int] = set()
        self._folded: set[tuple[str, str]] = set()

    def run(self, scope: Scope, progress: Progress = lambda _what, _done, _total: None) -> BackfillReport:
        """Reads, folds and tells. Raises StorageError; what was done until then stays, and the next run goes on."""
        report = BackfillReport()
        rules = self._rulebook.current()
        self._count(scope, rules, report)
        for _ in range(_PASSES):
            self._busy.clear()
            rules = self._read_all(scope, rules, report, progress)
            if not self._busy:
                break
        report.elsewhere = self._again.elsewhere
        report.left = self._again.left | dict.fromkeys(sorted(self._busy), "somebody else was at it")
        self._sweep(scope, rules.rules, report, progress)
        self._tell(rules.rules, report, progress)
        return report

    def _by(self, rules: CompiledRules) -> ReadBy:
        extractor = self._extractor
        return ReadBy(rule_set=rules.rules.version, extractor=extractor.name, extractor_version=extractor.version)

    def _count(self, scope: Scope, rules: CompiledRules, report: BackfillReport) -> None:
        with self._database.view() as work:
            counts = work.history.counts(scope.since)
            report.passed_over = counts[ItemState.DONE] - work.history.count_out_of_date(self._by(rules), scope.since)
        report.waiting, report.set_aside = counts[ItemState.NEW], counts[ItemState.FAILED]

    def _read_all(
        self, scope: Scope, rules: CompiledRules, report: BackfillReport, progress: Progress
    ) -> CompiledRules:
        """Goes once through all that is out of date; begins anew where the rules change meanwhile. Gives the rules."""
        after: Place | None = None
        done, total = 0, self._total(scope, rules)
        while True:
            progress("Reading again", done, total)
            now_in_force = self._rulebook.current()
            if now_in_force.rules.version != rules.rules.version:
                rules, after, done, total = now_in_force, None, 0, self._total(scope, now_in_force)
                self._again.forget()
                self._folded.clear()
            with self._database.view() as work:
                items = work.history.out_of_date(self._by(rules), scope.since, after, AT_ONCE)
                wanted = [self._again.with_repeated(work, item) for item in items if item.id not in self._again.passed]
            if not items:
                return rules
            after, done = (items[-1].published_at, items[-1].id), done + len(items)
            self._write(self._again.read(wanted, rules, scope.issue), rules, report)

    def _total(self, scope: Scope, rules: CompiledRules) -> int:
        with self._database.view() as work:
            return work.history.count_out_of_date(self._by(rules), scope.since)

    def _write(self, readings: Sequence[ReadAgain], rules: CompiledRules, report: BackfillReport) -> None:
        """One transaction: what the items say now, the positions that follow, and what is owed for them."""
        if not readings:
            return
        now = self._clock()
        with self._database.work() as work:
            held = [read for read in readings if work.history.hold(read.item)]
            before = work.history.said_in([read.item.id for read in held])
            pairs: set[tuple[str, str]] = set()
            for read in held:
                work.items.save_matches(read.item, read.matches, rules.rules.version, now)
                pairs |= work.statements.replace_reading(
                    read.item,
                    read.reading.extractor,
                    read.reading.version,
                    rules.rules.version,
                    read.reading.statements,
                    now,
                    read.reading.fallback,
                    read.records,
                )
            transitions = self._fold(work, pairs, rules.rules, now)
            alerts = self._tell_matches(work, held, rules, now) if self._alert else []
            write_events(work, transitions, alerts, now)
        # Revised meanwhile, or somebody else is at it just now: the next pass sees which.
        self._busy |= {read.item.id for read in readings} - {read.item.id for read in held}
        report.items += len(held)
        report.alerts += len(alerts)
        for read in held:
            said = Counter(fingerprint(s.holder, s.issue, s.stance, s.evidence.text) for s in read.reading.statements)
            report.statements_gained += (said - before.get(read.item.id, Counter())).total()
            report.statements_lost += (before.get(read.item.id, Counter()) - said).total()

    def _fold(self, work: Work, pairs: set[tuple[str, str]], rules: RuleSet, now: datetime) -> list[ChangeTransition]:
        transitions = refold(work, pairs, self._tracker, rules, now) if pairs else []
        work.history.owe(transitions)
        self._folded |= {(actor, issue) for holder, issue in pairs for actor in (holder, *bodies_above(holder, rules))}
        return transitions

    def _tell_matches(self, work: Work, held: Sequence[ReadAgain], rules: CompiledRules, now: datetime) -> list[str]:
        """By rule, then item: every worker locks alerts in the order of the rules."""
        found = [(match.rule, number, match) for number, r in enumerate(held) for match in alerting(r.matches, rules)]
        alerts: list[str] = []
        for _, number, match in sorted(found, key=lambda row: row[:2]):
            alerts += self._teller.tell_matches(work, held[number].item, [match], rules.rules, now)
        return alerts

    def _sweep(self, scope: Scope, rules: RuleSet, report: BackfillReport, progress: Progress) -> None:
        """Folds what no item of this run led to: offices and memberships move positions, too."""
        with self._database.view() as work:
            recorded = {(p.actor, p.issue) for p in work.positions.all(issue=scope.issue)}
            said = {(holder, issue) for holder, issue in work.statements.pairs() if scope.issue in (None, issue)}
        left = sorted((recorded | said) - self._folded, key=lambda pair: (pair[1], pair[0]))
        for at in range(0, len(left), AT_ONCE):
            progress("Folding positions", at, len(left))
            now = self._clock()
            with self._database.work() as work:
                write_events(work, self._fold(work, set(left[at : at + AT_ONCE]), rules, now), [], now)

    def _tell(self, rules: RuleSet, report: BackfillReport, progress: Progress) -> None:
        """What moved in all: corrections to those who were told, and alerts where they are wanted."""
        with self._database.view() as work:
            owed = work.history.owed()
        groups = _by_utterance(owed, rules)
        for number, group in enumerate(groups):
            progress("Telling", number, len(groups))
            now = self._clock()
            with self._database.work() as work:
                work.positions.lock((t.change.found.actor, t.change.found.issue) for t in group)
                moved = [replace(t, change=work.positions.change(t.change.id)) for t in group]
                wanted = [t for t in moved if self._alert or falls(t)]
                queued = self._teller.tell(work, wanted, rules, now)
                work.history.settle(group)
                kinds = Counter(work.alerts.get(alert).kind.value for alert in queued)
                write_events(work, [], queued, now)
            report.corrections += kinds["correction"]
            report.alerts += len(queued) - kinds["correction"]
            for transition in moved:
                stands = transition.change.found.status in STANDING
                report.changes_gained += stands and transition.was not in STANDING
                report.changes_lost += not stands and transition.was in STANDING


def _by_utterance(owed: Sequence[ChangeTransition], rules: RuleSet) -> list[list[ChangeTransition]]:
    """What one utterance moved is told together, persons before the bodies they speak for; the earliest first."""

    def words(transition: ChangeTransition) -> tuple[str, str]:
        return transition.change.found.issue, transition.change.found.trigger

    def depth(transition: ChangeTransition) -> tuple[int, str]:
        actor = transition.change.found.actor
        return -len(bodies_above(actor, rules)), actor

    groups = [sorted(group, key=depth) for _, group in groupby(sorted(owed, key=words), key=words)]
    return sorted(groups, key=lambda group: min((t.change.found.at, t.change.id) for t in group))
