"""How the service stands, in figures: what waits in its queues, what came in of late, how large the database is.

Bounded however much is stored: what came of late is looked for among the newest rows, by their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlmodel import col, func, select

from monitor.model.alert import DeliveryStatus
from monitor.model.feed import FeedStatus
from storage.repository import Repository
from storage.tables import DeliveryRow, EventRow, FeedRow, ItemRow, ReadingRow, ReportRow, StatementRow
from storage.values import ItemState

NEWEST = 50_000
"""Rows among which is looked for what came of late."""

_READINGS = 500


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and since when the one that waits longest does; None where none waits."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """The durable queues: feeds that are due, items not read yet, deliveries on their way, events not told yet."""

    feeds: Queue
    items: Queue
    deliveries: Queue
    events: Queue


@dataclass(frozen=True, slots=True)
class Count:
    """How many came in the hour, or on the day, that begins at this moment."""

    at: datetime
    number: int


class Overview(Repository):
    """Figures for operators."""

    def queues(self, now: datetime) -> Queues:
        """What waits at this moment."""
        due = (FeedRow.status == FeedStatus.ACTIVE.value, FeedRow.next_poll_at <= now)
        pending = (DeliveryRow.status == DeliveryStatus.PENDING.value,)
        return Queues(
            feeds=self._queue(FeedRow.id, FeedRow.next_poll_at, *due),
            # Which is the oldest is seen in the index, and ids follow time: no row is looked at but that one.
            items=self._queue(ItemRow.id, ItemRow.seen_at, ItemRow.state == ItemState.NEW.value, first=ItemRow.id),
            deliveries=self._queue(DeliveryRow.id, DeliveryRow.created_at, *pending),
            events=self._queue(EventRow.id, EventRow.at, col(EventRow.dispatched_at).is_(None)),
        )

    def items_per_hour(self, since: datetime) -> list[Count]:
        """Items that came in, by the hour; hours without any are left out."""
        newest = self._newest(ItemRow.id)
        hour = self._bucket(ItemRow.seen_at, 13, "YYYY-MM-DD HH24")
        query = select(hour, func.count()).where(newest, ItemRow.seen_at >= since).group_by(hour).order_by(hour)
        return [Count(_moment(at, "%Y-%m-%d %H"), number) for at, number in self._session.exec(query)]

    def statements_per_day(self, since: datetime) -> list[Count]:
        """Statements that were read and count, by the day of their reading in UTC; days without any are left out."""
        day = self._bucket(ReadingRow.at, 10, "YYYY-MM-DD")
        query = (
            select(day, func.count())
            .join(StatementRow, col(StatementRow.reading_id) == ReadingRow.id)
            .where(self._newest(StatementRow.id), col(StatementRow.live).is_(True), ReadingRow.at >= since)
            .group_by(day)
            .order_by(day)
        )
        return [Count(_moment(at, "%Y-%m-%d"), number) for at, number in self._session.exec(query)]

    def reading_latency(self) -> timedelta | None:
        """The median time from when an item was seen to when it was read, of the newest readings; None without any.

        Items that were read again later, after a revision or by a backfill, are left out.
        """
        query = (
            select(ReadingRow.at, ItemRow.seen_at)
            .join(ItemRow, col(ItemRow.id) == ReadingRow.item_id)
            .where(ReadingRow.revision == 1, col(ReadingRow.live).is_(True))
            .order_by(col(ReadingRow.id).desc())
            .limit(_READINGS)
        )
        waits = sorted(at - seen for at, seen in self._session.exec(query))
        return waits[len(waits) // 2] if waits else None

    def open_reports(self) -> int:
        """Notes of readers that something is wrong, which nobody closed yet."""
        return self._session.exec(select(func.count()).where(col(ReportRow.closed_at).is_(None))).one()

    def size(self) -> int:
        """Bytes that the database takes on its disk, as far as it knows itself."""
        if self._on_postgresql:
            query = "SELECT pg_database_size(current_database())"
        else:
            query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        return int(self._session.execute(text(query)).scalar_one())

    def _queue(self, row_id: Any, moment: Any, *which: Any, first: Any = None) -> Queue:
        waiting, oldest = self._session.exec(select(func.count(row_id), func.min(first or moment)).where(*which)).one()
        if first is not None and oldest is not None:
            oldest = self._session.exec(select(moment).where(row_id == oldest)).one()
        return Queue(waiting, oldest)

    def _newest(self, row_id: Any) -> ColumnElement[bool]:
        last = self._session.exec(select(func.max(row_id))).one() or 0
        return col(row_id) > last - NEWEST

    def _bucket(self, moment: Any, sqlite: int, postgresql: str) -> Any:
        if self._on_postgresql:
            return func.to_char(func.timezone("UTC", moment), postgresql)
        return func.substr(moment, 1, sqlite)  # it lies there as text


def filled(counts: Sequence[Count], since: datetime, until: datetime, step: timedelta) -> list[Count]:
    """The same with those that are left out as none, from the step that `since` is in to that of `until`. Pure."""
    known = {count.at: count.number for count in counts}
    first = datetime.fromtimestamp(since.timestamp() // step.total_seconds() * step.total_seconds(), UTC)
    steps = int((until - first) / step) + 1
    return [Count(at, known.get(at, 0)) for at in (first + number * step for number in range(steps))]


def _moment(written: str, form: str) -> datetime:
    return datetime.strptime(written, form).replace(tzinfo=UTC)
