"""Statements and positions over time, in as few columns as the pictures and their data need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, or_
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from monitor.model.course import Spoken, Stand
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.model.statement import Stance, Statement
from storage.repository import chunks
from storage.statement_rows import statement_of
from storage.statements import Statements
from storage.tables import (
    ChangeRow,
    HolderMoveRow,
    ItemRevisionRow,
    ItemRow,
    PositionRow,
    StatementRow,
    VerdictRow,
)
from storage.values import VerdictKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is known of one actor, or of one issue.

    `standing` are the positions that stand, by stance, `statements` all that count for its positions. `changed_at` is
    when the last confirmed change was said, None where there was none.
    """

    standing: dict[Stance, int]
    positions: int
    statements: int
    changed_at: datetime | None


_STANDS = (
    ChangeRow.id, ChangeRow.actor, ChangeRow.issue, ChangeRow.after, ChangeRow.at, ChangeRow.posterior,
    ChangeRow.status, ChangeRow.after_statement,
)  # fmt: skip
_SPOKEN = (
    StatementRow.id, StatementRow.item_id, StatementRow.fingerprint, StatementRow.holder, StatementRow.issue,
    StatementRow.stance, StatementRow.said_at, StatementRow.withdraws, StatementRow.claimed_by,
)  # fmt: skip


class Timelines(Statements):
    """What pictures over time are drawn from. Bounded: whoever asks says how much at most, and gets the newest."""

    def stands(
        self,
        *,
        actor: str | None = None,
        issues: Collection[str] | None = None,
        until: datetime | None = None,
        pending: bool = False,
    ) -> list[Stand]:
        """What was held from when on, by all confirmed changes, in the order of time; splits are no positions.

        With `pending` also what is not certain enough yet.
        """
        statuses = [ChangeStatus.CONFIRMED.value, *([ChangeStatus.PENDING.value] if pending else [])]
        query = (
            columns(*map(col, _STANDS))
            .where(col(ChangeRow.status).in_(statuses), col(ChangeRow.kind) != ChangeKind.SPLIT.value)
            .order_by(col(ChangeRow.at), col(ChangeRow.id))
        )
        if actor is not None:
            query = query.where(col(ChangeRow.actor) == actor)
        if issues is not None:
            query = query.where(self._is_among(col(ChangeRow.issue), sorted(issues)))
        if until is not None:
            query = query.where(col(ChangeRow.at) <= until)
        return [
            Stand(
                actor=who, issue=issue, stance=None if after is None else Stance(after), since=at, probability=sure,
                change=number, statement=statement, pending=status == ChangeStatus.PENDING.value,
            )
            for number, who, issue, after, at, sure, status, statement in self._session.execute(query)
        ]  # fmt: skip

    def spoken(
        self, issues: Collection[str], holders: Collection[str] | None, most: int, *, until: datetime | None = None
    ) -> list[Spoken]:
        """The newest live statements of these holders (None: of anybody) on the issues, newest first."""
        found = list(self._session.execute(self._newest(_SPOKEN, issues, holders, most, until)))
        verdicts = self._verdicts_on(found)
        who = self.holders(row.item_id for row in found)
        spoken = []
        for row in found:
            verdict = verdicts.get(row.id)
            if verdict is not None and verdict.kind == VerdictKind.REJECT.value:
                continue
            word = (verdict.holder, verdict.at) if verdict is not None else (None, None)
            spoken.append(
                Spoken(
                    id=row.id,
                    holder=who.of((row.item_id, row.fingerprint), row.holder, *word),
                    issue=(verdict.issue if verdict is not None else None) or row.issue,
                    stance=Stance((verdict.stance if verdict is not None else None) or row.stance),
                    said_at=row.said_at,
                    withdraws=row.withdraws,
                    claimed_by=None if row.claimed_by is None else who.now(row.claimed_by),
                )
            )
        asked, those = set(issues), None if holders is None else set(holders)
        return [s for s in spoken if s.issue in asked and (those is None or s.holder in those)]

    def statements(
        self, issues: Collection[str], holders: Collection[str] | None, most: int, *, until: datetime | None = None
    ) -> list[Statement]:
        """The same with their words and sources. Texts of articles are not loaded for it."""
        wanted = (
            *(column for column in StatementRow.__table__.columns),  # type: ignore[attr-defined]
            ItemRow.story_id, ItemRow.publisher, ItemRow.url, ItemRow.baseline, ItemRow.lang,
            ItemRevisionRow.title, ItemRevisionRow.seen_at,
        )  # fmt: skip
        query = (
            self._newest(wanted, issues, holders, most, until)
            .join(ItemRow, col(ItemRow.id) == col(StatementRow.item_id))
            .join(
                ItemRevisionRow,
                and_(
                    col(ItemRevisionRow.item_id) == col(StatementRow.item_id),
                    col(ItemRevisionRow.revision) == col(StatementRow.revision),
                ),
            )
        )
        found = list(self._session.execute(query))
        verdicts = self._verdicts_on(found)
        who = self.holders(row.item_id for row in found)
        said = []
        for row in found:
            verdict = verdicts.get(row.id)
            if verdict is None or verdict.kind != VerdictKind.REJECT.value:
                shape = cast(Any, row)  # it has the columns of all three tables
                said.append(statement_of(shape, verdict, who, shape))
        asked, those = set(issues), None if holders is None else set(holders)
        return [s for s in said if s.read.issue in asked and (those is None or s.read.holder in those)]

    def stamp(self) -> tuple[object, ...]:
        """Another one whenever `stands` would give something else: what is reckoned from them keeps till then."""
        query = columns(func.count(), func.max(ChangeRow.id), func.max(ChangeRow.updated_at))
        return tuple(self._session.execute(query).one())

    def of_actors(self) -> dict[str, Tally]:
        """What is known of each actor of whom anything is known."""
        return self._tallies(col(PositionRow.actor), col(ChangeRow.actor))

    def of_issues(self) -> dict[str, Tally]:
        """What is known on each issue on which anything is known."""
        return self._tallies(col(PositionRow.issue), col(ChangeRow.issue))

    def _newest(
        self,
        wanted: Sequence[Any],
        issues: Collection[str],
        holders: Collection[str] | None,
        most: int,
        until: datetime | None,
    ) -> Select[Any]:
        query = (
            columns(*wanted)
            .where(col(StatementRow.live).is_(True), self._spoken_by(issues, holders))
            .order_by(col(StatementRow.said_at).desc(), col(StatementRow.id).desc())
            .limit(most)
        )
        return query if until is None else query.where(col(StatementRow.said_at) <= until)

    def _spoken_by(self, issues: Collection[str], holders: Collection[str] | None) -> ColumnElement[bool]:
        """Read so, made so by an operator's correction, or by a split; more than that is looked at afterwards."""
        on = self._is_among(col(StatementRow.issue), sorted(issues))
        corrected = select(VerdictRow.statement_id).where(VerdictRow.kind == VerdictKind.CORRECT.value)
        if holders is None:
            return or_(on, col(StatementRow.id).in_(corrected.where(self._is_among(col(VerdictRow.issue), [*issues]))))
        known = self.holders().counting_as(holders)
        conditions = [
            and_(on, self._is_among(col(StatementRow.holder), sorted(known))),
            col(StatementRow.id).in_(
                corrected.where(
                    or_(
                        self._is_among(col(VerdictRow.holder), sorted(known)),
                        and_(col(VerdictRow.holder).is_(None), self._is_among(col(VerdictRow.issue), sorted(issues))),
                    )
                )
            ),
        ]
        if splits := self.splits_into(set(holders)):
            went = select(HolderMoveRow.item_id).where(col(HolderMoveRow.actor_verdict_id).in_(splits))
            conditions.append(and_(on, col(StatementRow.item_id).in_(went)))
        return or_(*conditions)

    def _verdicts_on(self, rows: Iterable[Any]) -> dict[int, VerdictRow]:
        """The newest verdict on each of these statements; most have none, so that few rows come back."""
        latest: dict[int, VerdictRow] = {}
        for part in chunks([row.id for row in rows]):
            query = select(VerdictRow).where(self._is_among(col(VerdictRow.statement_id), part))
            for verdict in self._session.exec(query.order_by(col(VerdictRow.id))):
                latest[verdict.statement_id] = verdict
        return latest

    def _tallies(self, of: Any, changed: Any) -> dict[str, Tally]:
        last = columns(changed, func.max(ChangeRow.at)).where(
            col(ChangeRow.status) == ChangeStatus.CONFIRMED.value, col(ChangeRow.kind) != ChangeKind.SPLIT.value
        )
        changed_at: dict[str, datetime] = {row[0]: row[1] for row in self._session.execute(last.group_by(changed))}
        counts = [func.sum(case((col(PositionRow.stance) == stance.value, 1), else_=0)) for stance in Stance]
        query = columns(of, func.count(), func.sum(PositionRow.statements), *counts).group_by(of)
        return {
            name: Tally(
                standing=dict(zip(Stance, map(int, standing), strict=True)), positions=positions,
                statements=int(statements or 0), changed_at=changed_at.get(name),
            )
            for name, positions, statements, *standing in self._session.execute(query)
        }  # fmt: skip
