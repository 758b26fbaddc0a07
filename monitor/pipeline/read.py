"""Read: new items → match → extract → track → notify, one item and one transaction at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.events import Subject
from monitor.model.item import Item
from monitor.model.statement import Reading
from monitor.pipeline.articles import Follower
from monitor.pipeline.changes import refold, write_events
from monitor.pipeline.group import Grouper
from monitor.pipeline.measured import NONE, MeasuredReading, measured, records_of
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.positions.furniture import repeated_lines
from monitor.positions.protocol import Extractor, Interrupted, ReadsTogether
from monitor.positions.track import Tracker
from rules.matcher import CompiledRules
from rules.model import Match, RuleKind
from storage.engine import Database
from storage.errors import StorageError
from storage.values import ChangeTransition
from storage.work import Work

_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=5)
_INDEXED_AT_ONCE = 200
"""Revisions that are put into the search index before items are claimed; polls only store them."""
_AGAIN, _LONGEST_AGAIN = timedelta(minutes=5), timedelta(days=1)

_Found = tuple[Sequence[Match], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """What one step came to. `stood_in` counts the items that another extractor read in place of the chosen one."""

    items: int = 0
    statements: int = 0
    transitions: tuple[ChangeTransition, ...] = ()
    alerts: int = 0
    failed: int = 0
    stood_in: int = 0


class Reader:
    """Reads the items that are new or were revised."""

    def __init__(
        self,
        database: Database,
        rulebook: RuleBook,
        extractor: Extractor,
        tracker: Tracker,
        teller: Teller,
        follower: Follower | None = None,
        *,
        follow_precision: bool = True,
    ) -> None:
        self._database = database
        self._follower = follower or Follower(by_default=False)
        self._grouper = Grouper(database)
        self._rulebook = rulebook
        self._extractor = extractor
        self._follow_precision = follow_precision
        self._records = NONE
        self._tracker = tracker
        self._teller = teller
        self._stopping = False

    def step(self, now: datetime, limit: int = 20) -> ReadReport:
        """Claims items and reads them in the order of publication. An item that cannot be read is kept, and said so.

        When nothing new waits, items are read again that another extractor read in place of the chosen one.
        """
        items, again = self._claim(now, limit)
        if not items:
            return ReadReport()
        rules = self._rulebook.current()
        with self._database.view() as work:
            self._records = records_of(work, follow=self._follow_precision)
        reports: list[ReadReport] = []
        try:
            items = self._follower.joined(self._database, items, now)
            if not items:  # all of them wait as newer revisions now
                return self.step(now, limit)
            ahead = self._ahead(items, rules)
            for item in items:
                report = self._guarded(item, rules, now, ahead.get(item.id), again=again)
                reports.append(report)
        except Interrupted:
            self._give_back(items[len(reports) :])
        except StorageError:
            # The database's trouble is not the item's: it is no attempt, and the rest waits for the next tick.
            self._give_back(items[len(reports) :])
            raise
        return ReadReport(
            items=sum(r.items for r in reports),
            statements=sum(r.statements for r in reports),
            transitions=tuple(t for r in reports for t in r.transitions),
            alerts=sum(r.alerts for r in reports),
            failed=sum(r.failed for r in reports),
            stood_in=sum(r.stood_in for r in reports),
        )

    def interrupt(self) -> None:
        """The service stops: no further item is read, no extractor waited for; what was claimed goes back."""
        self._stopping = True
        if isinstance(self._extractor, ReadsTogether):
            self._extractor.interrupt()

    def _claim(self, now: datetime, limit: int) -> tuple[list[Item], bool]:
        """The items to read, and whether they are read again."""
        slow = self._extractor if isinstance(self._extractor, ReadsTogether) else None
        lease = _LEASE + slow.slowest if slow else _LEASE
        most = min(limit, slow.at_once) if slow else limit
        self._grouper.index_old()
        with self._database.work() as work:
            work.items.index_rest(_INDEXED_AT_ONCE)
            items = work.items.claim_new(now, most, lease)
            again = slow is not None and not items
            if again:
                items = work.items.claim_again(now, most, lease)
            return with_repeated(work, self._grouper.group_within(work, items)), again

    def _ahead(self, items: Sequence[Item], rules: CompiledRules) -> dict[int, _Found]:
        """What an extractor that asks for several at once made of the items; one that cannot be matched comes alone."""
        if not isinstance(self._extractor, ReadsTogether):
            return {}
        matched: list[tuple[Item, Sequence[Match]]] = []
        for item in items:
            with suppress(Exception):
                matched.append((item, rules.match(item.fields, item.day, item.lang, item.sources)))
        readings = self._extractor.read_together(matched, rules.rules)
        return {item.id: (matches, found) for (item, matches), found in zip(matched, readings, strict=True)}

    def _guarded(
        self, item: Item, rules: CompiledRules, now: datetime, found: _Found | None, *, again: bool
    ) -> ReadReport:
        if self._stopping and found is None:  # an answer that is there already was asked of somebody, and is saved
            raise Interrupted
        try:
            return self._read(item, rules, now, found, again)
        except (StorageError, Interrupted):
            raise
        except Exception as error:  # one item must not stop the queue; it is retried, then shown as failed
            _log.exception("item could not be read", item=item.id)
            with self._database.work() as work:
                if again:
                    self._put_off(work, item, f"{type(error).__name__}: {error}", now, now)
                else:
                    work.items.mark_failed(item.id, f"{type(error).__name__}: {error}", now)
            return ReadReport(failed=1)

    def _read(
        self,
        item: Item,
        rules: CompiledRules,
        now: datetime,
        found: _Found | None = None,
        again: bool = False,
    ) -> ReadReport:
        matches, read = found or self._alone(item, rules)
        known = measured(read, item, self._records)
        statements, fallback = known.reading.statements, read.fallback
        if fallback is not None:
            _log.warning("another extractor stands in", item=item.id, by=read.extractor, reason=fallback.reason)
        with self._database.work() as work:
            if not (work.items.still_stood_in(item) if again else work.items.still_waits(item)):
                return ReadReport()
            if again and fallback is not None:
                self._put_off(work, item, fallback.reason, fallback.again_at, now)
                return ReadReport(items=1, stood_in=1)
            work.items.save_matches(item, matches, rules.rules.version, now)
            pairs = _saved(work, item, known, rules, now)
            transitions = refold(work, pairs, self._tracker, rules.rules, now) if pairs else []
            alerts = self._teller.tell(work, transitions, rules.rules, now)
            if not again:
                alerts += self._teller.tell_matches(work, item, alerting(matches, rules), rules.rules, now)
            self._follower.want(work, item, matches, now)
            work.items.mark_done([item], now)
            if statements:
                work.events.add(Subject.ITEM_READ, {"item": item.id, "statements": len(statements)}, now)
            write_events(work, transitions, alerts, now)
        return ReadReport(
            items=1,
            statements=len(statements),
            transitions=tuple(transitions),
            alerts=len(alerts),
            stood_in=fallback is not None,
        )

    def _alone(self, item: Item, rules: CompiledRules) -> _Found:
        matches = rules.match(item.fields, item.day, item.lang, item.sources)
        return matches, self._extractor.read(item, matches, rules.rules)

    @staticmethod
    def _put_off(work: Work, item: Item, reason: str, again_at: datetime | None, now: datetime) -> None:
        """The reading of the stand-in stays; each time that the wanted one fails, it waits for twice as long."""
        stored = work.readings.live(item.id)
        wait = min(_AGAIN * 2 ** min(stored.tries if stored else 0, 10), _LONGEST_AGAIN)
        work.readings.put_off(item.id, reason, max(again_at, now + wait) if again_at else None)
        work.items.give_back([item])

    def _give_back(self, items: Sequence[Item]) -> None:
        with suppress(StorageError), self._database.work() as work:
            work.items.give_back(items)


def _saved(work: Work, item: Item, known: MeasuredReading, rules: CompiledRules, now: datetime) -> set[tuple[str, str]]:
    reading = known.reading
    return work.statements.replace_reading(
        item, reading.extractor, reading.version, rules.rules.version, reading.statements, now, reading.fallback,
        known.records,
    )  # fmt: skip


def with_repeated(work: Work, items: Sequence[Item]) -> list[Item]:
    """The items, each with the lines that its feed repeats from item to item."""
    repeated = {i.feed_id: frozenset[str]() for i in items}
    for feed_id in repeated:
        if feed_id is not None:
            repeated[feed_id] = repeated_lines(work.items.recent_texts(feed_id))
    return [replace(item, repeated=repeated[item.feed_id]) for item in items]


def alerting(matches: Sequence[Match], rules: CompiledRules) -> list[Match]:
    """The first match of each query rule that asks for alerts, by rule: every worker locks in the same order."""
    first: dict[str, Match] = {}
    for match in matches:
        if match.kind is RuleKind.QUERY and rules.rules.queries[match.rule].alert:
            first.setdefault(match.rule, match)
    return [first[rule] for rule in sorted(first)]
