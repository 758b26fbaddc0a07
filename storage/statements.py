"""Statements: what was read from items, and what operators said of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import col, func, select

from monitor.model.item import Item
from monitor.model.statement import Evidence, Fallback, ReadStatement, Stance, Statement, fingerprint
from storage.repository import Repository, chunks
from storage.tables import ItemRevisionRow, ItemRow, ReadingRow, StatementRow, VerdictRow
from storage.values import Verdict, VerdictKind

OPERATOR_CONFIDENCE = 0.99
"""What a statement's confidence becomes once an operator confirmed or corrected it: people err too, but seldom."""

Pair = tuple[str, str]


class Statements(Repository):
    """The statements. Everything given out has the newest verdict applied: rejected ones are not there."""

    def replace_reading(
        self,
        item: Item,
        extractor: str,
        extractor_version: str,
        rule_set: str,
        statements: Sequence[ReadStatement],
        now: datetime,
        fallback: Fallback | None = None,
    ) -> set[Pair]:
        """Makes this the live reading of the item; what earlier ones said of it is no longer live.

        Gives every (holder, issue) that either reading spoke of: these have to be folded again. A verdict on an earlier
        statement goes over to the new one with the same fingerprint, so that a re-reading undoes no operator's work.
        """
        self._lock("item", item.id)
        earlier = self._live_rows(item.id)
        touched = {_pair(statement) for statement in self._applied(earlier)}
        self._retire(item.id)
        reading = ReadingRow(
            item_id=item.id,
            revision=item.revision,
            extractor=extractor,
            extractor_version=extractor_version,
            rule_set=rule_set,
            at=now,
            wanted=fallback.wanted if fallback else None,
            fallback_reason=fallback.reason if fallback else None,
            again_at=fallback.again_at if fallback else None,
        )
        self._session.add(reading)
        self._session.flush()
        assert reading.id is not None
        rows = [row_of(reading.id, item, read) for read in statements]
        self._session.add_all(rows)
        self._session.flush()
        self._carry_verdicts(
            self._rows(col(StatementRow.item_id) == item.id, col(StatementRow.reading_id) < reading.id), rows
        )
        return touched | {_pair(statement) for statement in self._applied(rows)}

    def live_for(self, issue: str, holders: Collection[str]) -> list[Statement]:
        """The live statements of these holders on the issue, in the order of said_at, then id."""
        wanted = set(holders)
        candidates: dict[int, StatementRow] = {}
        for part in chunks(sorted(wanted)):
            read_so = and_(col(StatementRow.issue) == issue, col(StatementRow.holder).in_(part))
            corrected = select(VerdictRow.statement_id).where(
                or_(col(VerdictRow.issue) == issue, col(VerdictRow.issue).is_(None)),
                or_(
                    col(VerdictRow.holder).in_(part),
                    and_(col(VerdictRow.issue) == issue, col(VerdictRow.holder).is_(None)),
                ),
                VerdictRow.kind == VerdictKind.CORRECT.value,
            )
            for condition in (read_so, col(StatementRow.id).in_(corrected)):
                candidates |= {_id(row): row for row in self._rows(condition, col(StatementRow.live).is_(True))}
        found = self._applied(candidates.values())
        chosen = [s for s in found if s.read.issue == issue and s.read.holder in wanted]
        return sorted(chosen, key=lambda statement: (statement.said_at, statement.id))

    def for_item(self, item_id: int) -> list[Statement]:
        """The live statements of an item in the order of the text."""
        found = self._applied(self._live_rows(item_id))
        return sorted(found, key=lambda s: (s.read.evidence.field != "title", s.read.evidence.start, s.id))

    def get(self, ids: Collection[int]) -> dict[int, Statement]:
        """Statements by id, live or not. Rejected ones are there as they were read, for those who have to show them."""
        found: dict[int, Statement] = {}
        for part in chunks(sorted(set(ids))):
            rows = self._rows(col(StatementRow.id).in_(part))
            found |= {statement.id: statement for statement in self._applied(rows, keep_rejected=True)}
        return found

    def pairs(self) -> list[Pair]:
        """Every (holder, issue) that a live statement speaks of."""
        plain = (
            select(StatementRow.holder, StatementRow.issue)
            .where(col(StatementRow.live).is_(True), col(StatementRow.id).not_in(select(VerdictRow.statement_id)))
            .distinct()
        )
        judged = self._rows(col(StatementRow.id).in_(select(VerdictRow.statement_id)), col(StatementRow.live).is_(True))
        return sorted({(h, i) for h, i in self._session.exec(plain)} | {_pair(s) for s in self._applied(judged)})

    def judge(
        self,
        statement_id: int,
        kind: VerdictKind,
        who: str,
        now: datetime,
        *,
        holder: str | None = None,
        issue: str | None = None,
        stance: Stance | None = None,
        note: str = "",
    ) -> set[Pair]:
        """Writes an operator's verdict; the newest one counts. A correction names what is to be put in place.

        Gives the (holder, issue) pairs from before and after, which have to be folded again. Raises NotFound, and
        ValueError for a correction that corrects nothing.
        """
        if kind is VerdictKind.CORRECT and not (holder or issue or stance):
            raise ValueError("a correction names a holder, an issue or a stance to put in place")
        row = self._row(StatementRow, statement_id, "statement")
        touched = {_pair(statement) for statement in self._applied([row])}
        correction = kind is VerdictKind.CORRECT
        self._session.add(
            VerdictRow(
                statement_id=statement_id,
                kind=kind.value,
                holder=holder if correction else None,
                issue=issue if correction else None,
                stance=stance.value if correction and stance else None,
                who=who,
                at=now,
                note=note,
            )
        )
        self._session.flush()
        return touched | {_pair(statement) for statement in self._applied([row])}

    def verdicts(self, statement_id: int) -> list[Verdict]:
        """All verdicts on a statement, oldest first."""
        query = select(VerdictRow).where(VerdictRow.statement_id == statement_id).order_by(col(VerdictRow.id))
        return [_verdict(row) for row in self._session.exec(query)]

    def _rows(self, *conditions: ColumnElement[bool]) -> list[StatementRow]:
        query = select(StatementRow).where(*conditions).execution_options(populate_existing=True)
        return list(self._session.exec(query))

    def _live_rows(self, item_id: int) -> list[StatementRow]:
        return self._rows(col(StatementRow.item_id) == item_id, col(StatementRow.live).is_(True))

    def _retire(self, item_id: int) -> None:
        for table in (StatementRow, ReadingRow):
            mine = (col(table.item_id) == item_id, col(table.live).is_(True))
            self._session.exec(update(table).where(*mine).values(live=False))

    def _carry_verdicts(self, earlier: Iterable[StatementRow], rows: Iterable[StatementRow]) -> None:
        """What was said of the newest statement in the same words counts, though a rule may have missed them since."""
        by_words = {row.fingerprint: _id(row) for row in sorted(earlier, key=_id)}
        verdicts = self._latest_verdicts(by_words.values())
        for row in rows:
            verdict = verdicts.get(by_words.get(row.fingerprint, -1))
            if verdict is not None:
                self._session.add(
                    VerdictRow(**verdict.model_dump(exclude={"id", "statement_id"}), statement_id=_id(row))
                )
        self._session.flush()

    def _latest_verdicts(self, ids: Iterable[int]) -> dict[int, VerdictRow]:
        latest: dict[int, VerdictRow] = {}
        for part in chunks(ids):
            newest = select(func.max(VerdictRow.id)).where(col(VerdictRow.statement_id).in_(part))
            query = select(VerdictRow).where(col(VerdictRow.id).in_(newest.group_by(col(VerdictRow.statement_id))))
            latest |= {row.statement_id: row for row in self._session.exec(query)}
        return latest

    def _applied(self, rows: Iterable[StatementRow], *, keep_rejected: bool = False) -> list[Statement]:
        """The rows as values, with the newest verdicts applied."""
        kept = list(rows)
        verdicts = self._latest_verdicts(_id(row) for row in kept)
        sources = self._sources(kept)
        found: list[Statement] = []
        for row in kept:
            verdict = verdicts.get(_id(row))
            if verdict is None or verdict.kind != VerdictKind.REJECT or keep_rejected:
                found.append(statement_of(row, verdict, *sources[row.item_id, row.revision]))
        return found

    def _sources(self, rows: Iterable[StatementRow]) -> dict[tuple[int, int], tuple[ItemRow, ItemRevisionRow]]:
        sources: dict[tuple[int, int], tuple[ItemRow, ItemRevisionRow]] = {}
        for part in chunks(sorted({row.item_id for row in rows})):
            query = (
                select(ItemRow, ItemRevisionRow)
                .join(ItemRevisionRow, col(ItemRevisionRow.item_id) == col(ItemRow.id))
                .where(col(ItemRow.id).in_(part))
            )
            for item, revision in self._session.exec(query):
                sources[revision.item_id, revision.revision] = item, revision
        return sources


def _id(row: StatementRow) -> int:
    assert row.id is not None
    return row.id


def _pair(statement: Statement) -> Pair:
    return statement.read.holder, statement.read.issue


def row_of(reading_id: int, item: Item, read: ReadStatement) -> StatementRow:
    """A statement of this item as a row, without an id."""
    return StatementRow(
        reading_id=reading_id,
        item_id=item.id,
        revision=item.revision,
        holder=read.holder,
        issue=read.issue,
        stance=read.stance.value,
        field=read.evidence.field,
        start=read.evidence.start,
        end=read.evidence.end,
        text=read.evidence.text,
        confidence=read.confidence,
        said_at=read.said_at,
        speaker=read.speaker,
        claimed_by=read.claimed_by,
        quoted=read.quoted,
        withdraws=read.withdraws,
        why=read.why,
        fingerprint=fingerprint(read.holder, read.issue, read.stance, read.evidence.text),
    )


def _read(row: StatementRow) -> ReadStatement:
    return ReadStatement(
        holder=row.holder,
        issue=row.issue,
        stance=Stance(row.stance),
        evidence=Evidence(row.field, row.start, row.end, row.text),
        confidence=row.confidence,
        said_at=row.said_at,
        speaker=row.speaker,
        claimed_by=row.claimed_by,
        quoted=row.quoted,
        withdraws=row.withdraws,
        why=row.why,
    )


def statement_of(row: StatementRow, verdict: VerdictRow | None, item: ItemRow, revision: ItemRevisionRow) -> Statement:
    """The row as a value, with what the verdict puts in place."""
    read = _read(row)
    if verdict is not None and verdict.kind != VerdictKind.REJECT:
        read = replace(
            read,
            holder=verdict.holder or read.holder,
            issue=verdict.issue or read.issue,
            stance=Stance(verdict.stance) if verdict.stance else read.stance,
            confidence=OPERATOR_CONFIDENCE,
        )
    return Statement(
        id=_id(row),
        item_id=row.item_id,
        revision=row.revision,
        story_id=item.story_id,
        publisher=item.publisher,
        url=item.url,
        item_title=revision.title,
        seen_at=revision.seen_at,
        baseline=item.baseline,
        fingerprint=fingerprint(read.holder, read.issue, read.stance, read.evidence.text),
        read=read,
        live=row.live,
        lang=item.lang,
    )


def _verdict(row: VerdictRow) -> Verdict:
    assert row.id is not None
    return Verdict(
        id=row.id,
        statement_id=row.statement_id,
        kind=VerdictKind(row.kind),
        holder=row.holder,
        issue=row.issue,
        stance=Stance(row.stance) if row.stance else None,
        who=row.who,
        at=row.at,
        note=row.note,
    )
