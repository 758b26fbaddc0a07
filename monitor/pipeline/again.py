"""Stored items read once more, without writing anything: for a backfill, and for the preview of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from monitor.model.item import Item
from monitor.model.statement import Reading
from monitor.pipeline.measured import measured, records_of
from monitor.positions.furniture import repeated_lines
from monitor.positions.protocol import Extractor, Interrupted, ReadsTogether
from rules.matcher import CompiledRules
from rules.model import Match, RuleKind, RuleSet
from storage.engine import Database
from storage.errors import StorageError
from storage.work import Work

_log = structlog.get_logger(__name__)

_Matched = tuple[Item, Sequence[Match]]


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """An item, and what the rules found and the extractor read in it now; `records` are behind its accuracies."""

    item: Item
    matches: Sequence[Match]
    reading: Reading
    records: dict[str, dict[str, list[int]]] | None = None


class Again:
    """Reads items anew. `left` says of those that could not be read why; `elsewhere` counts those of other issues.

    `passed` are all that need not be handed over once more.
    """

    def __init__(self, database: Database, extractor: Extractor, *, follow_precision: bool = True) -> None:
        self._database = database
        self._follow_precision = follow_precision
        self._extractor = extractor
        self._repeated: dict[int | None, frozenset[str]] = {None: frozenset()}
        self.forget()

    def forget(self) -> None:
        """Begins anew: the rules are others now."""
        self.left: dict[int, str] = {}
        self.passed: set[int] = set()
        self.elsewhere = 0

    def with_repeated(self, work: Work, item: Item) -> Item:
        """The item with the lines that its feed repeats from item to item."""
        if item.feed_id is not None and item.feed_id not in self._repeated:
            self._repeated[item.feed_id] = repeated_lines(work.items.recent_texts(item.feed_id))
        return replace(item, repeated=self._repeated[item.feed_id])

    def read(self, items: Sequence[Item], rules: CompiledRules, issue: str | None = None) -> list[ReadAgain]:
        """Readings of the items; with an issue only of those that it finds now, or found when they were last matched.

        Raises StorageError and Interrupted; other trouble with an item leaves it out.
        """
        matched = [(item, found) for item in items if (found := self._match(item, rules)) is not None]
        if issue is not None:
            matched = self._of_issue(issue, matched)
        with self._database.view() as work:
            records = records_of(work, follow=self._follow_precision)
        readings: list[ReadAgain] = []
        for (item, matches), reading in zip(matched, self._readings(matched, rules.rules), strict=True):
            why = reading if isinstance(reading, str) else _put_off(reading)
            if isinstance(reading, str) or why is not None:
                self._leave(item, why or "")
            else:
                known = measured(reading, item, records)
                readings.append(ReadAgain(item, matches, known.reading, known.records))
        return readings

    def _match(self, item: Item, rules: CompiledRules) -> Sequence[Match] | None:
        try:
            return rules.match(item.fields, item.day, item.lang, item.sources)
        except Exception as error:  # one item must not stop the run; it is named in the end
            _log.exception("item could not be matched", item=item.id)
            self._leave(item, f"{type(error).__name__}: {error}")
            return None

    def _of_issue(self, issue: str, matched: Sequence[_Matched]) -> list[_Matched]:
        with self._database.view() as work:
            before = work.history.matched_by(RuleKind.ISSUE, issue, [item.id for item, _ in matched])
        kept: list[_Matched] = []
        for item, matches in matched:
            if item.id in before or any((m.kind, m.rule) == (RuleKind.ISSUE, issue) for m in matches):
                kept.append((item, matches))
            else:
                self.passed.add(item.id)
                self.elsewhere += 1
        return kept

    def _readings(self, matched: Sequence[_Matched], rules: RuleSet) -> list[Reading | str]:
        """A reading of each item, or why there is none."""
        if isinstance(self._extractor, ReadsTogether):
            most = max(1, self._extractor.at_once)
            parts = [matched[at : at + most] for at in range(0, len(matched), most)]
            return [reading for part in parts for reading in self._extractor.read_together(part, rules)]
        readings: list[Reading | str] = []
        for item, matches in matched:
            try:
                readings.append(self._extractor.read(item, matches, rules))
            except (StorageError, Interrupted):
                raise
            except Exception as error:
                _log.exception("item could not be read", item=item.id)
                readings.append(f"{type(error).__name__}: {error}")
        return readings

    def _leave(self, item: Item, why: str) -> None:
        self.passed.add(item.id)
        self.left[item.id] = why


def _put_off(reading: Reading) -> str | None:
    """Why a stand-in's reading is not taken: the worker would replace it later, and tell what that moves as news."""
    if reading.fallback is None or reading.fallback.again_at is None:
        return None
    return reading.fallback.reason
