"""What is measured of the service, counted in the database, so that all processes on it say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, DeliveryStatus
from monitor.model.feed import FeedStatus, FetchOutcome
from monitor.model.position import ChangeStatus
from storage.overview import Overview, Queues
from storage.poll_logs import PollLogs
from storage.tables import AlertRow, AttemptRow, ChangeRow, DeliveryRow, FeedRow, ItemRow, StatementRow
from storage.values import ItemState

OF_LATE = timedelta(hours=1)
"""What polls and failures are counted over."""

_NEWEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Counts of what is stored now, by state; polls are those of the last hour. Durations are medians of the newest."""

    queues: Queues
    feeds: Mapping[str, int]
    failing: int
    polls: Mapping[str, int]
    items: Mapping[str, int]
    statements: int
    changes: Mapping[str, int]
    alerts: Mapping[str, int]
    deliveries: Mapping[str, int]
    attempts: Mapping[str, int]
    reading: timedelta | None
    delivering: timedelta | None


class Measures(Overview):
    """Figures for programs that watch the service."""

    def measured(self, now: datetime) -> Measured:
        """Everything at this moment."""
        failing = select(func.count()).where(col(FeedRow.failures) > 0, FeedRow.status == FeedStatus.ACTIVE.value)
        live = select(func.count()).where(col(StatementRow.live).is_(True))
        attempts = self._by(AttemptRow.ok)
        return Measured(
            queues=self.queues(now),
            feeds=_each(FeedStatus, self._by(FeedRow.status)),
            failing=self._session.exec(failing).one(),
            polls=_each(FetchOutcome, self._polls(now)),
            items=_each(ItemState, self._by(ItemRow.state)),
            statements=self._session.exec(live).one(),
            changes=_each(ChangeStatus, self._by(ChangeRow.status)),
            alerts=_each(AlertKind, self._by(AlertRow.kind)),
            deliveries=_each(DeliveryStatus, self._by(DeliveryRow.status)),
            attempts={"ok": attempts.get(True, 0), "failed": attempts.get(False, 0)},
            reading=self.reading_latency(),
            delivering=self._delivering(),
        )

    def _by(self, column: Any) -> dict[Any, int]:
        return dict(self._session.exec(select(column, func.count()).group_by(column)).all())

    def _polls(self, now: datetime) -> dict[str, int]:
        of_late = select(FeedRow.id).where(col(FeedRow.last_poll_at) > now - OF_LATE)
        feeds = [one for one in self._session.exec(of_late) if one is not None]
        logs = PollLogs(self._session).of(feeds)
        return Counter(poll.outcome.value for log in logs.values() for poll in log if now - OF_LATE < poll.at <= now)

    def _delivering(self) -> timedelta | None:
        """The median time from an alert's release to its arrival."""
        newest = (
            select(DeliveryRow.created_at, DeliveryRow.delivered_at)
            .where(DeliveryRow.status == DeliveryStatus.DELIVERED.value)
            .order_by(col(DeliveryRow.id).desc())
            .limit(_NEWEST)
        )
        took = sorted(arrived - made for made, arrived in self._session.exec(newest) if arrived is not None)
        return took[len(took) // 2] if took else None


def _each(kinds: Any, found: Mapping[Any, int]) -> dict[str, int]:
    """Every state is there, those without any too: a graph of what never happened yet is a line at 0."""
    return {kind.value: found.get(kind.value, 0) for kind in kinds}
