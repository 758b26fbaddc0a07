"""Readings: which extractor read an item, and what waits to be read by the one that was wanted."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, func, select

from storage.repository import Repository
from storage.tables import ReadingRow
from storage.values import StandIns, StoredReading


class Readings(Repository):
    """The readings. They are written by `Statements.replace_reading`, together with what they say."""

    def live(self, item_id: int) -> StoredReading | None:
        """The reading of an item that counts; None before it was read."""
        row = self._live(item_id)
        return None if row is None else _reading(row)

    def put_off(self, item_id: int, reason: str, again_at: datetime | None) -> None:
        """The wanted extractor could not read it this time either: the live reading stays, with the new reason."""
        row = self._live(item_id)
        if row is not None and row.wanted is not None:
            row.fallback_reason, row.again_at = reason, again_at
            row.tries += 1
            self._session.add(row)
            self._session.flush()

    def stand_ins(self) -> StandIns:
        """How many items were read by another extractor than the one that was wanted, and how they wait."""
        mine = (col(ReadingRow.live).is_(True), col(ReadingRow.wanted).is_not(None))
        count, waiting, following = self._session.exec(
            select(func.count(), func.count(col(ReadingRow.again_at)), func.min(ReadingRow.again_at)).where(*mine)
        ).one()
        latest = self._session.exec(
            select(ReadingRow).where(*mine).order_by(col(ReadingRow.id).desc()).limit(1)
        ).first()
        return StandIns(
            count=count,
            waiting=waiting,
            next_at=following,
            latest=None if latest is None else _reading(latest),
        )

    def _live(self, item_id: int) -> ReadingRow | None:
        query = (
            select(ReadingRow)
            .where(ReadingRow.item_id == item_id, col(ReadingRow.live).is_(True))
            .order_by(col(ReadingRow.id).desc())
            .execution_options(populate_existing=True)
        )
        return self._session.exec(query).first()


def _reading(row: ReadingRow) -> StoredReading:
    return StoredReading(
        item_id=row.item_id,
        revision=row.revision,
        extractor=row.extractor,
        version=row.extractor_version,
        rules_version=row.rule_set,
        at=row.at,
        wanted=row.wanted,
        fallback_reason=row.fallback_reason,
        again_at=row.again_at,
        tries=row.tries,
        records=row.records,
    )
