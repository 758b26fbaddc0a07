"""What operators' verdicts say of the readings: counts by issue, holder, source and extractor."""

from __future__ import annotations

from enum import StrEnum

from sqlmodel import case, col, func, select

from monitor.model.share import Precision
from storage.actor_verdicts import Identified
from storage.holders import Holders
from storage.tables import ItemRow, ReadingRow, StatementRow, VerdictRow
from storage.values import VerdictKind


class JudgedBy(StrEnum):
    """By what precision is counted."""

    ISSUE = "issue"
    ACTOR = "actor"
    SOURCE = "source"
    EXTRACTOR = "extractor"
    LANGUAGE = "language"


class Verdicts(Identified):
    """The verdicts as measurements. The newest verdict on a statement counts; a correction says it was read wrong."""

    def precision(self, by: JudgedBy) -> list[Precision]:
        """Precision by what was read: the issue and holder as the extractor had them. Most judged first.

        Who was merged into another counts as that one.

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
            .where(
                col(VerdictRow.id).in_(newest),
                VerdictRow.kind != VerdictKind.UNDO.value,
                col(StatementRow.live).is_(True),
            )
            .group_by(of)
        )
        holders = self.holders() if by is JudgedBy.ACTOR else Holders()
        counts: dict[str, tuple[int, int]] = {}
        for name, count, total in self._session.exec(query):
            named = holders.now(str(name))
            earlier = counts.get(named, (0, 0))
            counts[named] = earlier[0] + int(count), earlier[1] + total
        rows = [Precision(of=name, right=number, judged=judged) for name, (number, judged) in counts.items()]
        return sorted(rows, key=lambda row: (-row.judged, row.of))
