"""What readers say of changes."""

from __future__ import annotations

from datetime import datetime

from storage.tables.base import NUMBERED, Table, moment, refers, row_id, string


class ReportRow(Table, table=True):
    """A reader's word that a change is wrong, for operators to look at. Nobody asks who the reader is."""

    __tablename__ = "report"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    change_id: int = refers("change.id", "CASCADE", index=True)
    reason: str = string()
    note: str = string()
    at: datetime = moment(index=True)
    closed_at: datetime | None = moment(None)
    closed_by: str | None = string(None)
