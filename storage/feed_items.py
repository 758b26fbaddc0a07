"""What feeds brought, a few at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select as select_columns
from sqlmodel import col, func, select

from monitor.model.feed import Feed, FeedStatus
from monitor.model.item import Item
from storage.feeds import FIELDS
from storage.item_queue import CURRENT, item_of
from storage.repository import Repository
from storage.tables import FeedRow, ItemRevisionRow, ItemRow, Table
from storage.values import ItemState

_FEED = Table.metadata.tables["feed"]
_GLANCE = tuple(
    name
    for name in FIELDS
    if name
    not in {
        "etag", "last_modified", "body_hash", "added_at", "ttl_s", "moved_to", "moved_seen", "full_fetch_at",
        "baseline_done", "articles", "lang", "shortest_s", "longest_s",
    }
)  # fmt: skip
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class FeedItems(Repository):
    """Feeds as lists show them, and the items of single feeds."""

    def glance(self) -> list[Feed]:
        """All feeds, without what only polls and their own pages need: that is as it is by default."""
        rows = self._session.connection().execute(select_columns(*(_FEED.c[name] for name in _GLANCE)))
        known = (dict(zip(_GLANCE, row, strict=True)) for row in rows)
        return [Feed(**(one | {"status": FeedStatus(one["status"]), "added_at": _BEGINNING})) for one in known]

    def get(self, ids: Collection[int]) -> dict[int, Feed]:
        """Feeds by their ids; those that are gone are left out."""
        rows = self._session.connection().execute(
            select_columns(*(_FEED.c[name] for name in FIELDS)).where(_FEED.c.id.in_(list(ids)))
        )
        known = (dict(zip(FIELDS, row, strict=True)) for row in rows)
        return {one["id"]: Feed(**(one | {"status": FeedStatus(one["status"])})) for one in known}

    def folders(self) -> list[str]:
        """The folders that there are, by name."""
        query = select(FeedRow.folder).where(FeedRow.folder != "").distinct().order_by(FeedRow.folder)
        return list(self._session.exec(query))

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
