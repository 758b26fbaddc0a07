"""Reports: what readers say is wrong, until an operator has looked at it."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, func, select

from monitor.model.report import Report, ReportReason
from storage.repository import Repository
from storage.tables import AuditRow, ReportRow

AGREED, DISMISSED = "report agreed", "report dismissed"
"""What the audit trail calls the two ways in which an operator can be done with one."""


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

    def get(self, report_id: int) -> Report:
        """The report. Raises NotFound."""
        return report_of(self._row(ReportRow, report_id, "report"))

    def page(self, limit: int, before: int | None = None, *, closed: bool = False) -> builtins.list[Report]:
        """The reports that wait, or those that somebody is done with, newest first; from before the one on."""
        done = col(ReportRow.closed_at).is_not(None)
        query = select(ReportRow).where(done if closed else ~done).order_by(col(ReportRow.id).desc()).limit(limit)
        if before is not None:
            query = query.where(col(ReportRow.id) < before)
        return [report_of(row) for row in self._session.exec(query)]

    def open_count(self) -> int:
        """How many wait for an operator."""
        return self._session.exec(select(func.count()).where(col(ReportRow.closed_at).is_(None))).one()

    def open_on(self, change_id: int) -> builtins.list[int]:
        """The ids of those on a change that wait for an operator, oldest first."""
        query = select(ReportRow.id).where(ReportRow.change_id == change_id, col(ReportRow.closed_at).is_(None))
        return [one for one in self._session.exec(query.order_by(col(ReportRow.id))) if one is not None]

    def close_open(self, report_id: int, who: str, now: datetime) -> bool:
        """An operator is done with it; False, with nothing written, where somebody was before. Raises NotFound."""
        self._row(ReportRow, report_id, "report")
        mine = (col(ReportRow.id) == report_id, col(ReportRow.closed_at).is_(None))
        closed = self._session.exec(update(ReportRow).where(*mine).values(closed_at=now, closed_by=who))
        return closed.rowcount == 1

    def decisions(self, ids: Sequence[int]) -> dict[int, tuple[str, Mapping[str, Any]]]:
        """What the audit trail says of how these were decided, by their ids."""
        query = select(AuditRow).where(
            self._is_among(col(AuditRow.target), [str(one) for one in ids]),
            col(AuditRow.what).in_([AGREED, DISMISSED]),
        )
        return {int(row.target): (row.what, row.detail) for row in self._session.exec(query.order_by(col(AuditRow.id)))}


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
