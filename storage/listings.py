"""Long lists, page by page: each goes on after the last place that was seen, so that what comes in moves nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from monitor.model.alert import DeliveryStatus
from monitor.model.item import Item
from monitor.model.position import Change, ChangeStatus
from monitor.model.report import Report
from monitor.model.statement import Statement
from storage.deliveries import delivery_of, whole_deliveries
from storage.item_queue import item_of
from storage.positions import change_of, changes_among
from storage.reports import report_of
from storage.search import found_by
from storage.statements import Statements, went_with
from storage.tables import (
    AuditRow,
    ChangeRow,
    DeliveryRow,
    ItemRevisionRow,
    ItemRow,
    ReportRow,
    StatementRow,
    VerdictRow,
)
from storage.values import AuditEntry, ItemState, StoredDelivery

Place = tuple[datetime, int]
"""Where a page ended in a list by time: the moment and the id of its last entry."""


class Listings(Statements):
    """Pages of long lists, newest first. `before` is the place, or the id, of the last entry that was seen."""

    def changes(
        self,
        limit: int,
        before: Place | None = None,
        *,
        since: datetime | None = None,
        actor: str | None = None,
        issue: str | None = None,
        status: ChangeStatus | None = None,
    ) -> list[Change]:
        """Changes, by the moment at which they took place."""
        query = select(ChangeRow).where(*changes_among(since, actor, issue, status))
        query = query.order_by(col(ChangeRow.at).desc(), col(ChangeRow.id).desc()).limit(limit)
        if before is not None:
            query = query.where(_older(col(ChangeRow.at), col(ChangeRow.id), before))
        return [change_of(row) for row in self._session.exec(query)]

    def items(
        self,
        limit: int,
        before: Place | None = None,
        *,
        words: str | None = None,
        feed: int | None = None,
        story: int | None = None,
    ) -> list[Item]:
        """Items, by the moment of publishing. No words are a syntax error: see `found_by`."""
        query = (
            select(ItemRow, ItemRevisionRow)
            .join(
                ItemRevisionRow,
                and_(col(ItemRevisionRow.item_id) == ItemRow.id, col(ItemRevisionRow.revision) == ItemRow.revision),
            )
            .where(ItemRow.state != ItemState.FORGOTTEN.value)
            .order_by(col(ItemRow.published_at).desc(), col(ItemRow.id).desc())
            .limit(limit)
        )
        if words is not None and words.strip():
            condition = found_by(self._session, words)
            if condition is None:
                return []
            query = query.where(condition)
        if feed is not None:
            query = query.where(ItemRow.feed_id == feed)
        if story is not None:
            query = query.where(ItemRow.story_id == story)
        if before is not None:
            query = query.where(_older(col(ItemRow.published_at), col(ItemRow.id), before))
        return [item_of(item, revision) for item, revision in self._session.exec(query)]

    def statements(
        self, limit: int, before: int | None = None, *, actor: str | None = None, issue: str | None = None
    ) -> tuple[list[Statement], int | None]:
        """Live statements, by id, with the newest verdicts applied; and the id to go on before, None at the end.

        A page has fewer than asked for where operators rejected some, or gave them to others.
        """
        query = select(StatementRow).where(col(StatementRow.live).is_(True)).order_by(col(StatementRow.id).desc())
        if before is not None:
            query = query.where(col(StatementRow.id) < before)
        if actor is not None:
            query = query.where(self._may_be_of(actor))
        if issue is not None:
            corrected = select(VerdictRow.statement_id).where(VerdictRow.issue == issue)
            query = query.where(or_(col(StatementRow.issue) == issue, col(StatementRow.id).in_(corrected)))
        rows = list(self._session.exec(query.limit(limit + 1).execution_options(populate_existing=True)))
        more, rows = len(rows) > limit, rows[:limit]
        found = [
            one
            for one in self._applied(rows)
            if (actor is None or one.read.holder == actor) and (issue is None or one.read.issue == issue)
        ]
        return found, rows[-1].id if more else None

    def deliveries(
        self, limit: int, before: int | None = None, *, status: DeliveryStatus | None = None
    ) -> list[StoredDelivery]:
        """Deliveries, by id."""
        query = whole_deliveries().order_by(col(DeliveryRow.id).desc()).limit(limit)
        if status is not None:
            query = query.where(DeliveryRow.status == status.value)
        if before is not None:
            query = query.where(col(DeliveryRow.id) < before)
        return [delivery_of(*row) for row in self._session.execute(query)]

    def reports(self, limit: int, before: int | None = None, *, open_only: bool = True) -> list[Report]:
        """What readers say is wrong, by id."""
        query = select(ReportRow).order_by(col(ReportRow.id).desc()).limit(limit)
        if open_only:
            query = query.where(col(ReportRow.closed_at).is_(None))
        if before is not None:
            query = query.where(col(ReportRow.id) < before)
        return [report_of(row) for row in self._session.exec(query)]

    def audit(
        self, limit: int, before: int | None = None, *, who: str | None = None, what: str | None = None
    ) -> list[AuditEntry]:
        """What was done, by id."""
        query = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
        if who is not None:
            query = query.where(AuditRow.who == who)
        if what is not None:
            query = query.where(AuditRow.what == what)
        if before is not None:
            query = query.where(col(AuditRow.id) < before)
        return [
            AuditEntry(id=row.id, at=row.at, who=row.who, what=row.what, target=row.target, detail=row.detail)
            for row in self._session.exec(query)
            if row.id is not None
        ]

    def _may_be_of(self, actor: str) -> ColumnElement[bool]:
        """Whether a statement can be this actor's: as it was read, corrected, or split off."""
        names = sorted(self.holders().counting_as({actor}))
        corrected = select(VerdictRow.statement_id).where(col(VerdictRow.holder).in_(names))
        may: list[ColumnElement[bool]] = [col(StatementRow.holder).in_(names), col(StatementRow.id).in_(corrected)]
        if splits := self.splits_into({actor}):
            may.append(went_with(splits))
        return or_(*may)


def _older(moment: Any, number: Any, before: Place) -> ColumnElement[bool]:
    at, last = before
    return or_(moment < at, and_(moment == at, number < last))
