"""The queue of items: those that are new or were revised wait here for a worker."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from monitor.model.item import Item
from storage.repository import Repository, chunks, lease_token, unleased
from storage.tables import ItemRevisionRow, ItemRow, ReadingRow
from storage.values import FailedItem, ItemState

MOST_ATTEMPTS = 5
"""After so many failures an item is put aside as failed, for an operator to look at."""

CURRENT = and_(col(ItemRevisionRow.item_id) == col(ItemRow.id), col(ItemRevisionRow.revision) == col(ItemRow.revision))

_STANDS_IN = and_(
    col(ReadingRow.item_id) == col(ItemRow.id),
    col(ReadingRow.revision) == col(ItemRow.revision),
    col(ReadingRow.live).is_(True),
    col(ReadingRow.wanted).is_not(None),
)


class ItemQueue(Repository):
    """What waits to be processed. One worker has an item at a time, by a lease."""

    def claim_new(self, now: datetime, limit: int, lease: timedelta) -> list[Item]:
        """Leases up to `limit` unprocessed items in the order in which they were published."""
        query = (
            select(ItemRow.id)
            .where(ItemRow.state == ItemState.NEW.value, unleased(ItemRow.lease_until, now))
            .order_by(col(ItemRow.published_at), col(ItemRow.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = [i for i in self._session.exec(query) if i is not None]
        token = lease_token()
        items: list[Item] = []
        for part in chunks(ids):
            mine = (
                col(ItemRow.id).in_(part),
                col(ItemRow.state) == ItemState.NEW.value,
                unleased(ItemRow.lease_until, now),
            )
            self._session.exec(update(ItemRow).where(*mine).values(lease_token=token, lease_until=now + lease))
            items.extend(self._load(self._select().where(col(ItemRow.id).in_(part), ItemRow.lease_token == token)))
        return sorted(items, key=lambda item: (item.published_at, item.id))

    def claim_again(self, now: datetime, limit: int, lease: timedelta) -> list[Item]:
        """Leases items that another extractor read in place of the wanted one, and that are due to be read again."""
        query = (
            select(ItemRow.id)
            .join(ReadingRow, _STANDS_IN)
            .where(
                ItemRow.state == ItemState.DONE.value,
                col(ReadingRow.again_at) <= now,
                unleased(ItemRow.lease_until, now),
            )
            .order_by(col(ReadingRow.again_at), col(ItemRow.id))
            .limit(limit)
            .with_for_update(skip_locked=True, of=ItemRow)
        )
        token = lease_token()
        items: list[Item] = []
        for part in chunks([i for i in self._session.exec(query) if i is not None]):
            mine = (col(ItemRow.id).in_(part), unleased(ItemRow.lease_until, now))
            self._session.exec(update(ItemRow).where(*mine).values(lease_token=token, lease_until=now + lease))
            items.extend(self._load(self._select().where(col(ItemRow.id).in_(part), ItemRow.lease_token == token)))
        return sorted(items, key=lambda item: (item.published_at, item.id))

    def still_stood_in(self, item: Item) -> bool:
        """Whether this revision's live reading still stands in for another; locks the item until the work ends."""
        self._lock("item", item.id)
        query = (
            select(ItemRow.id)
            .join(ReadingRow, _STANDS_IN)
            .where(ItemRow.id == item.id, ItemRow.revision == item.revision, ItemRow.state == ItemState.DONE.value)
        )
        return self._session.exec(query).first() is not None

    def still_waits(self, item: Item) -> bool:
        """Whether this revision is still to be processed; locks the item until the transaction ends.

        Another worker may have read it meanwhile, or a newer revision, when a lease ran out or the feed was quick.
        """
        self._lock("item", item.id)
        query = select(ItemRow.id).where(
            ItemRow.id == item.id, ItemRow.revision == item.revision, ItemRow.state == ItemState.NEW.value
        )
        return self._session.exec(query).first() is not None

    def give_back(self, items: Collection[Item]) -> None:
        """Ends the leases of items that were claimed but not processed, without counting it as an attempt."""
        for item in items:
            mine = (col(ItemRow.id) == item.id, col(ItemRow.revision) == item.revision)
            self._session.exec(update(ItemRow).where(*mine).values(lease_token=None, lease_until=None))

    def mark_done(self, items: Collection[Item], now: datetime) -> None:
        """The items are processed, as far as they were not revised since they were claimed."""
        for item in items:
            self._session.exec(
                update(ItemRow)
                .where(col(ItemRow.id) == item.id, col(ItemRow.revision) == item.revision)
                .values(state=ItemState.DONE.value, processed_at=now, lease_token=None, lease_until=None, error=None)
            )

    def mark_failed(self, item_id: int, error: str, now: datetime) -> None:
        """Counts a failure. The item is tried again when its lease runs out, five times in all. Raises NotFound."""
        row = self._row(ItemRow, item_id, "item")
        row.attempts += 1
        row.error = error
        if row.attempts >= MOST_ATTEMPTS:
            row.state = ItemState.FAILED.value
            row.processed_at = now
            row.lease_token, row.lease_until = None, None
        self._session.add(row)
        self._session.flush()

    def retry(self, item_id: int) -> None:
        """Puts a failed or done item back into the queue. Raises NotFound."""
        row = self._row(ItemRow, item_id, "item")
        row.state, row.attempts, row.error = ItemState.NEW.value, 0, None
        row.lease_token, row.lease_until = None, None
        self._session.add(row)
        self._session.flush()

    def counts(self) -> dict[ItemState, int]:
        """How many items are in each state; every state is there."""
        query = select(ItemRow.state, func.count()).group_by(col(ItemRow.state))
        return dict.fromkeys(ItemState, 0) | {ItemState(state): count for state, count in self._session.exec(query)}

    def failed(self, limit: int = 100) -> list[FailedItem]:
        """Items that processing gave up on, latest first."""
        query = (
            self._select()
            .where(ItemRow.state == ItemState.FAILED.value)
            .order_by(col(ItemRow.processed_at).desc(), col(ItemRow.id).desc())
            .limit(limit)
        )
        return [
            FailedItem(item=item_of(row, revision), attempts=row.attempts, error=row.error or "")
            for row, revision in self._rows(query)
        ]

    def _select(self) -> SelectOfScalar[ItemRow]:
        return select(ItemRow, ItemRevisionRow).join(ItemRevisionRow, CURRENT)  # type: ignore[return-value]

    def _rows(self, query: SelectOfScalar[ItemRow]) -> list[tuple[ItemRow, ItemRevisionRow]]:
        found = self._session.execute(query.execution_options(populate_existing=True))
        return [(row, revision) for row, revision in found]

    def _load(self, query: SelectOfScalar[ItemRow]) -> list[Item]:
        return [item_of(row, revision) for row, revision in self._rows(query)]


def item_of(row: ItemRow, revision: ItemRevisionRow) -> Item:
    """A row and one of its revisions as a value."""
    assert row.id is not None
    return Item(
        id=row.id,
        revision=revision.revision,
        story_id=row.story_id,
        feed_id=row.feed_id,
        identity=row.identity,
        url=row.url,
        title=revision.title,
        text=revision.text,
        published_at=row.published_at,
        seen_at=row.seen_at,
        lang=row.lang,
        publisher=row.publisher,
        baseline=row.baseline,
    )
