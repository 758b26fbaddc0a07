"""The audit trail, and single facts about the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.repository import Repository
from storage.tables import AuditRow, MetaRow
from storage.values import AuditEntry


class Audit(Repository):
    """Who did what. Callers leave secrets out of `detail`."""

    def add(self, who: str, what: str, target: str, detail: Mapping[str, Any], now: datetime) -> None:
        """Writes an entry."""
        self._session.add(AuditRow(at=now, who=who, what=what, target=target, detail=dict(detail)))
        self._session.flush()

    def list(self, limit: int = 100) -> Sequence[AuditEntry]:
        """The newest entries, newest first."""
        return self._entries(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit))

    def of(self, what: str, target: str) -> Sequence[AuditEntry]:
        """All entries of this kind on this thing, oldest first."""
        query = select(AuditRow).where(AuditRow.what == what, AuditRow.target == target)
        return self._entries(query.order_by(col(AuditRow.id)))

    def _entries(self, query: SelectOfScalar[AuditRow]) -> Sequence[AuditEntry]:
        return [
            AuditEntry(id=row.id, at=row.at, who=row.who, what=row.what, target=row.target, detail=row.detail)
            for row in self._session.exec(query)
            if row.id is not None
        ]


class Meta(Repository):
    """Facts about this database, by name."""

    def get(self, key: str) -> str | None:
        """The fact, or None."""
        row = self._session.get(MetaRow, key, populate_existing=True)
        return None if row is None else row.value

    def set(self, key: str, value: str) -> None:
        """Writes the fact, in place of what was there."""
        self._lock("meta", key)
        row = self._session.get(MetaRow, key, populate_existing=True) or MetaRow(key=key, value=value)
        row.value = value
        self._session.add(row)
        self._session.flush()
