"""Troubles that operators are told of: each is a row from its beginning to its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from storage.repository import Repository
from storage.tables import AlarmRow
from storage.values import StoredAlarm


class Alarms(Repository):
    """The alarms. Of one kind and subject at most one is open."""

    def lock(self) -> None:
        """Keeps others from raising or ending alarms until the transaction ends."""
        self._lock("alarms")

    def open(self) -> list[StoredAlarm]:
        """What is in trouble now, oldest first."""
        query = select(AlarmRow).where(col(AlarmRow.over_at).is_(None)).order_by(col(AlarmRow.id))
        return [_alarm(row) for row in self._session.exec(query)]

    def raise_(self, kind: str, subject: str, detail: Mapping[str, Any], since: datetime) -> StoredAlarm:
        """A trouble begins."""
        row = AlarmRow(kind=kind, subject=subject, detail=dict(detail), since=since)
        self._session.add(row)
        self._session.flush()
        return _alarm(row)

    def end(self, alarm_id: int, now: datetime) -> StoredAlarm:
        """It is over. Raises NotFound."""
        row = self._row(AlarmRow, alarm_id, "alarm")
        row.over_at = now
        self._session.add(row)
        self._session.flush()
        return _alarm(row)

    def recent(self, limit: int = 100) -> list[StoredAlarm]:
        """The newest alarms, open or over, newest first."""
        query = select(AlarmRow).order_by(col(AlarmRow.id).desc()).limit(limit)
        return [_alarm(row) for row in self._session.exec(query)]


def _alarm(row: AlarmRow) -> StoredAlarm:
    assert row.id is not None
    return StoredAlarm(
        id=row.id, kind=row.kind, subject=row.subject, detail=row.detail, since=row.since, over_at=row.over_at
    )
