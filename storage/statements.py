"""Statements: what was read from items, and what operators said of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy import select as sql_select
from sqlmodel import col, func, select

from monitor.model.item import Item
from monitor.model.statement import Fallback, ReadStatement, Stance, Statement
from storage.actor_verdicts import Identified
from storage.errors import JudgedMeanwhile
from storage.holders import Holders
from storage.repository import chunks
from storage.statement_rows import Source, id_of, row_of, statement_of, verdict_of
from storage.tables import HolderMoveRow, ItemRevisionRow, ItemRow, ReadingRow, StatementRow, VerdictRow
from storage.values import Verdict, VerdictKind

Pair = tuple[str, str]


class Statements(Identified):
    """The statements. Everything given out has the newest verdict applied: rejected ones are not there.

    Holders are those whom operators made of them: see `storage/holders.py`.
    """

    def replace_reading(
        self,
        item: Item,
        extractor: str,
        extractor_version: str,
        rule_set: str,
        statements: Sequence[ReadStatement],
        now: datetime,
        fallback: Fallback | None = None,
        records: Mapping[str, Any] | None = None,
    ) -> set[Pair]:
        """Makes this the live reading of the item; what earlier ones said of it is no longer live.

        Gives every (holder, issue) that either reading spoke of: these have to be folded again. A verdict on an earlier
        statement goes over to the new one with the same fingerprint, so that a re-reading undoes no operator's work.
        """
        self._lock("item", item.id)
        self.hold_identities()
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
            records=dict(records) if records else None,
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
        conditions: list[ColumnElement[bool]] = []
        for part in chunks(sorted(self.holders().counting_as(wanted))):
            read_so = and_(col(StatementRow.issue) == issue, col(StatementRow.holder).in_(part))
            corrected = select(VerdictRow.statement_id).where(
                or_(col(VerdictRow.issue) == issue, col(VerdictRow.issue).is_(None)),
                or_(
                    col(VerdictRow.holder).in_(part),
                    and_(col(VerdictRow.issue) == issue, col(VerdictRow.holder).is_(None)),
                ),
                VerdictRow.kind == VerdictKind.CORRECT.value,
            )
            conditions += [read_so, col(StatementRow.id).in_(corrected)]
        if splits := self.splits_into(wanted):
            conditions.append(and_(col(StatementRow.issue) == issue, went_with(splits)))
        for condition in conditions:
            candidates |= {id_of(row): row for row in self._rows(condition, col(StatementRow.live).is_(True))}
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
        live = col(StatementRow.live).is_(True)
        apart: ColumnElement[bool] = col(StatementRow.id).in_(select(VerdictRow.statement_id))
        if splits := self.splits_into():
            apart = or_(apart, went_with(splits))
        holders = self.holders()
        plain = self._session.exec(select(StatementRow.holder, StatementRow.issue).where(live, ~apart).distinct())
        return sorted(
            {(holders.now(h), i) for h, i in plain} | {_pair(s) for s in self._applied(self._rows(apart, live))}
        )

    def live_of(self, holder: str) -> list[Statement]:
        """All live statements of a holder, by issue, then in the order of said_at."""
        issues = [issue for who, issue in self.pairs() if who == holder]
        return [statement for issue in issues for statement in self.live_for(issue, [holder])]

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
        seen: int | None = None,
    ) -> set[Pair]:
        """Writes an operator's verdict; the newest one counts. A correction names what is to be put in place.

        Gives the (holder, issue) pairs from before and after, which have to be folded again. `seen` is the number of
        the last verdict that the operator knew of, 0 for none; None: whatever was said counts no more. Raises NotFound,
        ValueError for a correction that corrects nothing, and with `seen` JudgedMeanwhile, also where the item was read
        again.
        """
        if kind is VerdictKind.CORRECT and not (holder or issue or stance):
            raise ValueError("a correction names a holder, an issue or a stance to put in place")
        row = self._row(StatementRow, statement_id, "statement")
        # As whoever reads the item again, who takes verdicts over to the new statements: neither misses the other.
        self._lock("item", row.item_id)
        self.hold_identities()
        row = self._row(StatementRow, statement_id, "statement")
        if seen is not None:
            self._must_be_known(row, seen)
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
        return [verdict_of(row) for row in self._session.exec(query)]

    def _must_be_known(self, row: StatementRow, seen: int) -> None:
        last = self._latest_verdicts([id_of(row)]).get(id_of(row))
        known = 0 if last is None or last.id is None else last.id
        if known != seen or not row.live:
            raise JudgedMeanwhile(id_of(row), known)

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
        by_words = {row.fingerprint: id_of(row) for row in sorted(earlier, key=id_of)}
        verdicts = self._latest_verdicts(by_words.values())
        for row in rows:
            verdict = verdicts.get(by_words.get(row.fingerprint, -1))
            if verdict is not None:
                self._session.add(
                    VerdictRow(**verdict.model_dump(exclude={"id", "statement_id"}), statement_id=id_of(row))
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
        verdicts = self._latest_verdicts(id_of(row) for row in kept)
        sources = self._sources(kept)
        holders = self.holders(row.item_id for row in kept) if kept else Holders()
        found: list[Statement] = []
        for row in kept:
            verdict = verdicts.get(id_of(row))
            if verdict is None or verdict.kind != VerdictKind.REJECT or keep_rejected:
                found.append(statement_of(row, verdict, holders, sources[row.item_id, row.revision]))
        return found

    def _sources(self, rows: Iterable[StatementRow]) -> dict[tuple[int, int], Source]:
        """Where the statements stand, by item and revision; without the articles, which may be thousands."""
        sources: dict[tuple[int, int], Source] = {}
        for part in chunks(sorted({row.item_id for row in rows})):
            query = _SOURCES.where(col(ItemRevisionRow.item_id).in_(part))
            for item, revision, *source in self._session.execute(query):
                sources[item, revision] = Source(*source)
        return sources


_SOURCES = (
    sql_select(
        col(ItemRevisionRow.item_id),
        col(ItemRevisionRow.revision),
        col(ItemRow.story_id),
        col(ItemRow.publisher),
        col(ItemRow.url),
        col(ItemRow.baseline),
        col(ItemRow.lang),
        col(ItemRevisionRow.title),
        col(ItemRevisionRow.seen_at),
    )
    .select_from(ItemRevisionRow)
    .join(ItemRow, col(ItemRow.id) == col(ItemRevisionRow.item_id))
)
"""The columns of a `Source`, in its order, behind the item and the revision."""


def went_with(splits: Collection[int]) -> ColumnElement[bool]:
    """Whether a statement went with one of these splits."""
    return (
        select(HolderMoveRow.item_id)
        .where(
            col(HolderMoveRow.item_id) == col(StatementRow.item_id),
            col(HolderMoveRow.fingerprint) == col(StatementRow.fingerprint),
            col(HolderMoveRow.actor_verdict_id).in_(splits),
        )
        .exists()
    )


def _pair(statement: Statement) -> Pair:
    return statement.read.holder, statement.read.issue
