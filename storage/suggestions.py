"""What suggestions are made of, and what operators answered to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from monitor.model.item import Item
from monitor.model.position import ChangeStatus
from monitor.model.statement import Statement
from rules.model import RuleKind
from storage.item_queue import CURRENT, item_of
from storage.statements import Statements
from storage.tables import ChangeRow, ItemRevisionRow, ItemRow, MatchRow, StatementRow, SuggestionRow, VerdictRow
from storage.values import ItemState, VerdictKind


class Answer(StrEnum):
    """What an operator made of a suggestion."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredSuggestion:
    """An answer: which suggestion, what it was about, what was said, by whom, why, and when."""

    id: str
    kind: str
    subject: str
    answer: Answer
    who: str
    why: str
    at: datetime


class Suggested(Statements):
    """Stored items and statements as suggestions look at them, and the answers."""

    def count_on_issues(self, since: datetime) -> int:
        """How many processed items were published since in which an issue was found."""
        return self._session.exec(select(func.count()).select_from(ItemRow).where(*_on_issues(since))).one()

    def on_issues(self, since: datetime, after: int, limit: int) -> list[Item]:
        """Those of them with an id above `after`, by id."""
        query = (
            columns(ItemRow, ItemRevisionRow)
            .join(ItemRevisionRow, CURRENT)
            .where(*_on_issues(since), col(ItemRow.id) > after)
            .order_by(col(ItemRow.id))
            .limit(limit)
        )
        return [item_of(row, revision) for row, revision in self._session.execute(query)]

    def confirmed(self, limit: int) -> list[Statement]:
        """The newest live statements on which a confirmed change rests, or that an operator confirmed or corrected.

        What an operator rejected is none, whatever rests on it.
        """
        ids: set[int] = set()
        changes = select(ChangeRow.support).where(ChangeRow.status == ChangeStatus.CONFIRMED.value)
        for support in self._session.exec(changes.order_by(col(ChangeRow.id).desc()).limit(limit)):
            ids.update(support)
        newest = select(func.max(VerdictRow.id)).group_by(col(VerdictRow.statement_id))
        said = select(VerdictRow.statement_id).where(
            col(VerdictRow.id).in_(newest),
            col(VerdictRow.kind).in_([VerdictKind.CONFIRM.value, VerdictKind.CORRECT.value]),
        )
        ids.update(self._session.exec(said.order_by(col(VerdictRow.id).desc()).limit(limit)))
        chosen = sorted(ids, reverse=True)[:limit]
        rows = self._rows(self._is_among(col(StatementRow.id), chosen), col(StatementRow.live).is_(True))
        return sorted(self._applied(rows), key=lambda statement: statement.id)

    def said_by(self, holder: str, since: datetime, limit: int) -> list[Statement]:
        """The latest live statements of a holder that were said since, newest first."""
        rows = select(StatementRow).where(
            StatementRow.holder == holder, col(StatementRow.live).is_(True), col(StatementRow.said_at) >= since
        )
        newest = rows.order_by(col(StatementRow.said_at).desc(), col(StatementRow.id).desc()).limit(limit)
        found = [
            statement for statement in self._applied(self._session.exec(newest)) if statement.read.holder == holder
        ]
        return sorted(found, key=lambda statement: (statement.said_at, statement.id), reverse=True)

    def answer(
        self, suggestion: str, kind: str, subject: str, answer: Answer, who: str, why: str, now: datetime
    ) -> None:
        """Writes an answer, in place of an earlier one."""
        self._lock("suggestion", suggestion)
        row = self._session.get(SuggestionRow, suggestion, populate_existing=True) or SuggestionRow(
            id=suggestion, kind=kind, subject=subject, answer="", who=who, at=now
        )
        row.kind, row.subject, row.answer, row.who, row.why, row.at = kind, subject, answer.value, who, why, now
        self._session.add(row)
        self._session.flush()

    def take_back(self, suggestion: str) -> None:
        """Forgets an answer: the suggestion may be offered again. Raises NotFound."""
        self._lock("suggestion", suggestion)
        self._session.delete(self._row(SuggestionRow, suggestion, "answer to the suggestion"))
        self._session.flush()

    def answers(self) -> dict[str, AnsweredSuggestion]:
        """All answers by suggestion, oldest first."""
        rows = self._session.exec(select(SuggestionRow).order_by(col(SuggestionRow.at), col(SuggestionRow.id)))
        return {
            row.id: AnsweredSuggestion(
                id=row.id,
                kind=row.kind,
                subject=row.subject,
                answer=Answer(row.answer),
                who=row.who,
                why=row.why,
                at=row.at,
            )
            for row in rows
        }


def _on_issues(since: datetime) -> tuple[ColumnElement[bool], ...]:
    found = select(MatchRow.id).where(
        and_(
            col(MatchRow.item_id) == col(ItemRow.id),
            col(MatchRow.revision) == col(ItemRow.revision),
            col(MatchRow.kind) == RuleKind.ISSUE.value,
        )
    )
    return (
        col(ItemRow.state) == ItemState.DONE.value,
        col(ItemRow.published_at) >= since,
        found.exists(),
    )
