"""The outbox: domain events in the order in which they were committed to rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.repository import Repository, chunks
from storage.tables import EventRow
from storage.values import StoredEvent


class Events(Repository):
    """The events. One is written in the transaction of what it tells of, and dispatched afterwards at least once."""

    def add(self, subject: str, data: Mapping[str, Any], now: datetime) -> int:
        """Writes an event and gives its id."""
        # On PostgreSQL ids are taken before the commit, so that a reader going by `after` could see 8 before 7 is
        # there and never look back for 7. Writers therefore follow one another, from here to their commit.
        self._lock("events")
        row = EventRow(subject=subject, data=dict(data), at=now)
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        return row.id

    def add_all(self, told: Sequence[tuple[str, Mapping[str, Any]]], now: datetime) -> None:
        """Writes events, each a subject and its data, in this order."""
        if told:
            self._lock("events")  # as above
            ids = self._new_ids("event", len(told))
            rows = [
                {"id": i, "subject": s, "data": dict(data), "at": now} for i, (s, data) in zip(ids, told, strict=True)
            ]
            self._insert("event", rows)

    def undispatched(self, limit: int) -> list[StoredEvent]:
        """The oldest events that were not dispatched yet."""
        query = select(EventRow).where(col(EventRow.dispatched_at).is_(None)).order_by(col(EventRow.id)).limit(limit)
        return self._load(query)

    def mark_dispatched(self, ids: Collection[int], now: datetime) -> None:
        """These events were dispatched."""
        for part in chunks(ids):
            waiting = (col(EventRow.id).in_(part), col(EventRow.dispatched_at).is_(None))
            self._session.exec(update(EventRow).where(*waiting).values(dispatched_at=now))

    def after(self, event_id: int, limit: int) -> list[StoredEvent]:
        """Events with a higher id, in order, dispatched or not."""
        return self._load(select(EventRow).where(col(EventRow.id) > event_id).order_by(col(EventRow.id)).limit(limit))

    def last_id(self) -> int:
        """The id of the newest event; 0 where there is none."""
        return self._session.exec(select(func.max(EventRow.id))).one() or 0

    def prune(self, before: datetime) -> int:
        """Removes events that were dispatched before that moment; gives how many."""
        old = (col(EventRow.dispatched_at).is_not(None), col(EventRow.dispatched_at) < before)
        return self._session.exec(delete(EventRow).where(*old)).rowcount

    def _load(self, query: SelectOfScalar[EventRow]) -> list[StoredEvent]:
        rows = self._session.exec(query.execution_options(populate_existing=True))
        return [
            StoredEvent(id=row.id, subject=row.subject, data=row.data, at=row.at) for row in rows if row.id is not None
        ]
