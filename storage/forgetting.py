"""Which items may be forgotten: old ones that nothing rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from storage.repository import Repository, chunks
from storage.search import unindex_items
from storage.tables import (
    AlertRow,
    ArticleRow,
    ChangeRow,
    ItemRevisionRow,
    ItemRow,
    MatchRow,
    OwnWordsRow,
    PositionRow,
    ReadingRow,
    StatementRow,
    StoryRow,
    WordKeyRow,
)
from storage.values import ItemState

BATCH = 200
"""Items forgotten in one transaction: others write in between."""


class Retention(Repository):
    """Which items may be forgotten, and how."""

    def old_items(self, before: datetime, after_id: int) -> list[int]:
        """The next ids of processed items that are older and that nothing in a column rests on."""
        cited = (
            select(StatementRow.item_id).where(col(StatementRow.live).is_(True)),
            select(StatementRow.item_id).join(ChangeRow, col(ChangeRow.after_statement) == col(StatementRow.id)),
            select(StatementRow.item_id).join(ChangeRow, col(ChangeRow.before_statement) == col(StatementRow.id)),
            select(StatementRow.item_id).join(PositionRow, col(PositionRow.statement_id) == col(StatementRow.id)),
            select(AlertRow.item_id).where(col(AlertRow.item_id).is_not(None)),
        )
        query = (
            select(ItemRow.id)
            .where(
                col(ItemRow.id) > after_id,
                ItemRow.published_at < before,
                ItemRow.seen_at < before,
                col(ItemRow.processed_at) < before,  # a revision of today is young, however old its item
                col(ItemRow.state).in_((ItemState.DONE.value, ItemState.FAILED.value)),
            )
            .where(*(col(ItemRow.id).not_in(ids) for ids in cited))
            .order_by(col(ItemRow.id))
            .limit(BATCH)
            .with_for_update()
        )
        return [i for i in self._session.exec(query) if i is not None]

    def forget(self, ids: Iterable[int]) -> int:
        """Forgets those of the items that support no change; gives how many.

        Of an item whose feed is still there its identity and title stay: the feed may list it for years, and it must
        not come in as new again. Others go whole, and with them stories left without an item.
        """
        supporting = self._supporting_items()
        forgotten = 0
        for part in chunks(i for i in ids if i not in supporting):
            forgotten += len(part)
            stories = set(self._session.exec(select(ItemRow.story_id).where(col(ItemRow.id).in_(part))))
            self._session.exec(delete(ItemRow).where(col(ItemRow.id).in_(part), col(ItemRow.feed_id).is_(None)))
            left = select(ItemRow.story_id).where(col(ItemRow.story_id).in_(stories))
            self._session.exec(delete(StoryRow).where(col(StoryRow.id).in_(stories), col(StoryRow.id).not_in(left)))
            self._strip(part)
        return forgotten

    def _strip(self, ids: list[int]) -> None:
        """Leaves of the items their identity, their title and the hash of what they said last."""
        for table in (MatchRow, ReadingRow, ArticleRow, WordKeyRow, OwnWordsRow):
            self._session.exec(delete(table).where(col(table.item_id).in_(ids)))
        mine = col(ItemRevisionRow.item_id).in_(ids)
        newest = select(ItemRow.revision).where(col(ItemRow.id) == ItemRevisionRow.item_id).scalar_subquery()
        self._session.exec(
            delete(ItemRevisionRow)
            .where(mine, col(ItemRevisionRow.revision) < newest)
            .execution_options(synchronize_session=False)
        )
        unindex_items(self._session, ids)
        self._session.exec(update(ItemRevisionRow).where(mine).values(text=""))
        self._session.exec(update(ItemRow).where(col(ItemRow.id).in_(ids)).values(state=ItemState.FORGOTTEN.value))

    def _supporting_items(self) -> set[int]:
        """Items with a statement in the support of any change; these ids lie in JSON, where no query looks."""
        statements = {i for support in self._session.exec(select(ChangeRow.support)) for i in support}
        items: set[int] = set()
        for part in chunks(sorted(statements)):
            items |= set(self._session.exec(select(StatementRow.item_id).where(col(StatementRow.id).in_(part))))
        return items
