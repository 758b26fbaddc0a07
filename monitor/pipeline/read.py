"""Read: new items → match → extract → track → notify, one item and one transaction at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.events import Subject
from monitor.model.item import Item
from monitor.pipeline.changes import SUBJECTS, refold
from monitor.pipeline.group import Grouper
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.positions.furniture import repeated_lines
from monitor.positions.protocol import Extractor
from monitor.positions.track import Tracker
from rules.matcher import CompiledRules
from rules.model import Match, RuleKind
from storage.engine import Database
from storage.errors import StorageError
from storage.values import ChangeTransition
from storage.work import Work

_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """What one step came to."""

    items: int = 0
    statements: int = 0
    transitions: tuple[ChangeTransition, ...] = ()
    alerts: int = 0
    failed: int = 0


class Reader:
    """Reads the items that are new or were revised."""

    def __init__(
        self, database: Database, rulebook: RuleBook, extractor: Extractor, tracker: Tracker, teller: Teller
    ) -> None:
        self._database = database
        self._grouper = Grouper(database)
        self._rulebook = rulebook
        self._extractor = extractor
        self._tracker = tracker
        self._teller = teller

    def step(self, now: datetime, limit: int = 20) -> ReadReport:
        """Claims items and reads them in the order of publication. An item that cannot be read is kept, and said so."""
        with self._database.work() as work:
            items = with_repeated(work, work.items.claim_new(now, limit, _LEASE))
        if not items:
            return ReadReport()
        try:
            items = self._grouper.group(items)
        except StorageError:
            self._give_back(items)
            raise
        rules = self._rulebook.current()
        statements = alerts = failed = 0
        transitions: list[ChangeTransition] = []
        for number, item in enumerate(items):
            try:
                report = self._read(item, rules, now)
            except StorageError:
                # The database's trouble is not the item's: it is no attempt, and the rest waits for the next tick.
                self._give_back(items[number:])
                raise
            except Exception as error:  # one item must not stop the queue; it is retried, then shown as failed
                _log.exception("item could not be read", item=item.id, url=item.url)
                with self._database.work() as work:
                    work.items.mark_failed(item.id, f"{type(error).__name__}: {error}", now)
                failed += 1
                continue
            statements += report.statements
            alerts += report.alerts
            transitions += report.transitions
        return ReadReport(
            items=len(items) - failed,
            statements=statements,
            transitions=tuple(transitions),
            alerts=alerts,
            failed=failed,
        )

    def _read(self, item: Item, rules: CompiledRules, now: datetime) -> ReadReport:
        matches = rules.match(item.fields, item.day, item.lang, item.sources)
        found = self._extractor.read(item, matches, rules.rules).statements
        with self._database.work() as work:
            if not work.items.still_waits(item):
                return ReadReport()
            work.items.save_matches(item, matches, rules.rules.version, now)
            pairs = work.statements.replace_reading(
                item, self._extractor.name, self._extractor.version, rules.rules.version, found, now
            )
            transitions = refold(work, pairs, self._tracker, rules.rules, now) if pairs else []
            alerts = self._teller.tell(work, transitions, rules.rules, now)
            alerts += self._teller.tell_matches(work, item, _alerting(matches, rules), rules.rules, now)
            work.items.mark_done([item], now)
            # Events come last: on PostgreSQL those who write them queue until their commit, and whoever waited for an
            # alert's lock with that queue behind them would wait for each other.
            _write_events(work, item, len(found), transitions, alerts, now)
        return ReadReport(items=1, statements=len(found), transitions=tuple(transitions), alerts=len(alerts))

    def _give_back(self, items: Sequence[Item]) -> None:
        with suppress(StorageError), self._database.work() as work:
            work.items.give_back(items)


def with_repeated(work: Work, items: Sequence[Item]) -> list[Item]:
    """The items, each with the lines that its feed repeats from item to item."""
    repeated = {i.feed_id: frozenset[str]() for i in items}
    for feed_id in repeated:
        if feed_id is not None:
            repeated[feed_id] = repeated_lines(work.items.recent_texts(feed_id))
    return [replace(item, repeated=repeated[item.feed_id]) for item in items]


def _write_events(
    work: Work,
    item: Item,
    statements: int,
    transitions: Sequence[ChangeTransition],
    alerts: Sequence[str],
    now: datetime,
) -> None:
    if statements:
        work.events.add(Subject.ITEM_READ, {"item": item.id, "statements": statements}, now)
    for transition in transitions:
        found = transition.change.found
        data = {"change": transition.change.id, "actor": found.actor, "issue": found.issue}
        work.events.add(SUBJECTS[found.status], data, now)
    for alert in alerts:
        work.events.add(Subject.ALERT_QUEUED, {"alert": alert}, now)


def _alerting(matches: Sequence[Match], rules: CompiledRules) -> list[Match]:
    """The first match of each query rule that asks for alerts, by rule: every worker locks in the same order."""
    first: dict[str, Match] = {}
    for match in matches:
        if match.kind is RuleKind.QUERY and rules.rules.queries[match.rule].alert:
            first.setdefault(match.rule, match)
    return [first[rule] for rule in sorted(first)]
