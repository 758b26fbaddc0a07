"""What feeds brought, a few at a time."""

from __future__ import annotations

from sqlmodel import col, func, select

from monitor.model.item import Item
from storage.item_queue import CURRENT, item_of
from storage.repository import Repository
from storage.tables import ItemRevisionRow, ItemRow
from storage.values import ItemState


class FeedItems(Repository):
    """The items of single feeds."""

    def count(self, feed_id: int) -> int:
        """How many items of this feed are kept."""
        return self._session.exec(select(func.count()).where(ItemRow.feed_id == feed_id)).one()

    def newest(self, feed_id: int, limit: int) -> list[Item]:
        """The items that came last, newest first; of forgotten ones nothing is left to show."""
        query = (
            select(ItemRow, ItemRevisionRow)
            .join(ItemRevisionRow, CURRENT)
            .where(ItemRow.feed_id == feed_id, ItemRow.state != ItemState.FORGOTTEN.value)
            .order_by(col(ItemRow.id).desc())
            .limit(limit)
        )
        return [item_of(row, revision) for row, revision in self._session.exec(query)]
