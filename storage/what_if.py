"""What a preview looks at: all stored texts, quickly, and statements as they would be if items were read anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select as columns
from sqlmodel import col, func, select

from monitor.model.item import Item
from monitor.model.statement import ReadStatement, Statement
from storage.history import ReadBy, read_by
from storage.item_queue import CURRENT, item_of
from storage.repository import chunks
from storage.statement_rows import row_of, statement_of
from storage.statements import Statements
from storage.tables import ItemRevisionRow, ItemRow, StatementRow
from storage.values import ItemState, VerdictKind

RawText = tuple[int, str | None, str, str]
"""Id, language, title and text of an item."""
_AT_ONCE = 2_000


class WhatIf(Statements):
    """Reads only: nothing that is made here gets a row."""

    def texts(self, since: datetime) -> Iterator[RawText]:
        """All processed items that were published since, as they are now."""
        query = (
            columns(col(ItemRow.id), col(ItemRow.lang), col(ItemRevisionRow.title), col(ItemRevisionRow.text))
            .join(ItemRevisionRow, CURRENT)
            .where(col(ItemRow.published_at) >= since, col(ItemRow.state) == ItemState.DONE.value)
            .execution_options(yield_per=_AT_ONCE)
        )
        yield from self._session.execute(query)

    def items(self, ids: Collection[int]) -> list[Item]:
        """The items in the order of publication."""
        found: list[Item] = []
        for part in chunks(sorted(ids)):
            query = select(ItemRow, ItemRevisionRow).join(ItemRevisionRow, CURRENT).where(col(ItemRow.id).in_(part))
            found += [item_of(row, revision) for row, revision in self._session.execute(query)]
        return sorted(found, key=lambda item: (item.published_at, item.id))

    def count_read_otherwise(self, by: ReadBy, ids: Collection[int]) -> int:
        """How many of the items were last read by other rules, or by another extractor."""
        mine = col(ItemRow.id).in_(sorted(ids))
        return self._session.exec(select(func.count()).select_from(ItemRow).where(mine, ~read_by(by))).one()

    def live_in(self, ids: Collection[int]) -> dict[int, list[Statement]]:
        """The live statements of the items, with verdicts applied."""
        found: dict[int, list[Statement]] = defaultdict(list)
        for part in chunks(sorted(ids)):
            rows = self._rows(col(StatementRow.item_id).in_(part), col(StatementRow.live).is_(True))
            for statement in self._applied(rows):
                found[statement.item_id].append(statement)
        return found

    def as_if_read(self, item: Item, read: Sequence[ReadStatement], first_id: int) -> list[Statement]:
        """What these would be as statements, with the verdicts that they would take over.

        The same words keep the id of the statement that is live now; others count down from `first_id`.
        """
        earlier = sorted(self._rows(col(StatementRow.item_id) == item.id), key=lambda row: row.id or 0)
        verdicts = self._latest_verdicts(row.id for row in earlier if row.id is not None)
        judged = {row.fingerprint: verdicts.get(row.id or 0) for row in earlier}
        live: dict[str, list[int]] = defaultdict(list)
        for row in earlier:
            if row.live and row.id is not None:
                live[row.fingerprint].append(row.id)
        rows = [row_of(0, item, statement) for statement in read]
        for number, row in enumerate(rows):
            known = live[row.fingerprint]
            row.id = known.pop(0) if known else first_id - number
        sources, holders = self._sources(rows), self.holders([item.id])
        return [
            statement_of(row, verdict, holders, sources[row.item_id, row.revision])
            for row in rows
            if (verdict := judged.get(row.fingerprint)) is None or verdict.kind != VerdictKind.REJECT
        ]
