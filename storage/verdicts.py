"""What operators' verdicts say of the readings: counts by issue, holder, source and extractor."""

from __future__ import annotations

from enum import StrEnum

from sqlmodel import case, col, func, select

from monitor.model.share import Precision
from storage.repository import Repository
from storage.tables import ItemRow, ReadingRow, StatementRow, VerdictRow
from storage.values import VerdictKind


class JudgedBy(StrEnum):
    """By what precision is counted."""

    ISSUE = "issue"
    ACTOR = "actor"
    SOURCE = "source"
    EXTRACTOR = "extractor"
    LANGUAGE = "language"


class Verdicts(Repository):
    """The verdicts as measurements. The newest verdict on a statement counts; a correction says it was read wrong."""

    def precision(self, by: JudgedBy) -> list[Precision]:
        """Precision by what was read: the issue and holder as the extractor had them. Most judged first.

        A verdict that was carried over to a re-reading of the same words counts once, on the live statement.
        """
        newest = select(func.max(VerdictRow.id)).group_by(col(VerdictRow.statement_id))
        of = {
            JudgedBy.ISSUE: col(StatementRow.issue),
            JudgedBy.ACTOR: col(StatementRow.holder),
            JudgedBy.SOURCE: col(ItemRow.publisher),
            JudgedBy.EXTRACTOR: col(ReadingRow.extractor),
            JudgedBy.LANGUAGE: func.coalesce(ItemRow.lang, "und"),
        }[by]
        right = func.sum(case((col(VerdictRow.kind) == VerdictKind.CONFIRM.value, 1), else_=0))
        query = (
            select(of, right, func.count())
            .select_from(VerdictRow)
            .join(StatementRow, col(StatementRow.id) == col(VerdictRow.statement_id))
            .join(ItemRow, col(ItemRow.id) == col(StatementRow.item_id))
            .join(ReadingRow, col(ReadingRow.id) == col(StatementRow.reading_id))
            .where(col(VerdictRow.id).in_(newest), col(StatementRow.live).is_(True))
            .group_by(of)
        )
        rows = [
            Precision(of=str(name), right=int(count), judged=total) for name, count, total in self._session.exec(query)
        ]
        return sorted(rows, key=lambda row: (-row.judged, row.of))
