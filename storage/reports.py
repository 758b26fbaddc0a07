"""Reports: what readers say is wrong, until an operator has looked at it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, func, select

from monitor.model.report import Report, ReportReason
from storage.repository import Repository
from storage.tables import ReportRow


class Reports(Repository):
    """The reports. They change nothing by themselves."""

    def add(self, change_id: int, reason: ReportReason, note: str, now: datetime) -> int:
        """Notes one; gives its id."""
        row = ReportRow(change_id=change_id, reason=reason.value, note=note, at=now)
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        return row.id

    def count_since(self, since: datetime) -> int:
        """How many came since."""
        return self._session.exec(select(func.count()).where(col(ReportRow.at) >= since)).one()

    def list(self, *, open_only: bool = True, limit: int = 100) -> list[Report]:
        """The newest reports, newest first."""
        query = select(ReportRow).order_by(col(ReportRow.id).desc()).limit(limit)
        if open_only:
            query = query.where(col(ReportRow.closed_at).is_(None))
        return [report_of(row) for row in self._session.exec(query)]

    def close(self, report_id: int, who: str, now: datetime) -> None:
        """An operator is done with it; who was first stays noted. Raises NotFound."""
        row = self._row(ReportRow, report_id, "report")
        if row.closed_at is None:
            row.closed_at, row.closed_by = now, who
            self._session.add(row)
            self._session.flush()


def report_of(row: ReportRow) -> Report:
    """A row as a value."""
    assert row.id is not None
    return Report(
        id=row.id,
        change_id=row.change_id,
        reason=ReportReason(row.reason),
        note=row.note,
        at=row.at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )
