"""The accuracies that stored statements count with: see `monitor/pipeline/measured.py` for how they come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from storage.repository import Repository
from storage.tables import ItemRow, ReadingRow, StatementRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReading:
    """What a live statement's accuracy is reckoned from: its issue, publisher and extractor, and what it is now."""

    statement: int
    reading: int
    issue: str
    publisher: str
    extractor: str
    confidence: float
    accuracy: float | None


class Accuracies(Repository):
    """The accuracies of live statements."""

    def live(self) -> list[LiveReading]:
        """All live statements, by id."""
        query = (
            select(StatementRow, ItemRow.publisher, ReadingRow.extractor)
            .join(ItemRow, col(ItemRow.id) == col(StatementRow.item_id))
            .join(ReadingRow, col(ReadingRow.id) == col(StatementRow.reading_id))
            .where(col(StatementRow.live).is_(True))
            .order_by(col(StatementRow.id))
        )
        return [
            LiveReading(
                statement=row.id,
                reading=row.reading_id,
                issue=row.issue,
                publisher=publisher,
                extractor=extractor,
                confidence=row.confidence,
                accuracy=row.accuracy,
            )
            for row, publisher, extractor in self._session.exec(query)
            if row.id is not None
        ]

    def fix(self, accuracies: Mapping[int, float | None], records: Mapping[int, Mapping[str, Any] | None]) -> None:
        """Sets accuracies by statement, and the records behind them by reading."""
        for statement, accuracy in accuracies.items():
            mine = col(StatementRow.id) == statement
            self._session.exec(update(StatementRow).where(mine).values(accuracy=accuracy))
        for reading, used in records.items():
            known = dict(used) if used else None
            self._session.exec(update(ReadingRow).where(col(ReadingRow.id) == reading).values(records=known))
