"""The last polls of each feed: bounded, written with what a poll brought, and kept in one row for each feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from monitor.model.feed import FetchOutcome
from monitor.model.polled import Polled
from storage.repository import Repository, chunks
from storage.tables import Table

KEPT = 60
"""Polls that are remembered of a feed: two days of a feed that is asked every 50 minutes."""

_LONGEST_ERROR = 300
_SAME = "="
"""Stands for the error of the poll before: a feed that fails for days says the same each time."""

_LOG = Table.metadata.tables["poll_log"]
_ROWS = select(_LOG.c.feed_id, _LOG.c.polls)


class PollLogs(Repository):
    """The logs. A feed is leased while it is polled, so that nobody else writes its log meanwhile."""

    def of(self, feed_ids: Collection[int]) -> dict[int, tuple[Polled, ...]]:
        """The last polls of these feeds, oldest first; feeds that were never polled are left out."""
        found: dict[int, tuple[Polled, ...]] = {}
        for part in chunks(feed_ids):
            rows = self._session.connection().execute(_ROWS.where(_LOG.c.feed_id.in_(part)))
            found.update((feed_id, tuple(_read(polls))) for feed_id, polls in rows)
        return found

    def add_all(self, polled: Mapping[int, Polled]) -> None:
        """Adds a poll of each of these feeds; the oldest go where there are more than are kept."""
        known = self.of(list(polled))
        rows = [
            {"feed": feed_id, "log": _written((*known.get(feed_id, ()), poll)[-KEPT:])}
            for feed_id, poll in polled.items()
        ]
        fresh = [{"feed_id": row["feed"], "polls": row["log"]} for row in rows if row["feed"] not in known]
        later = [row for row in rows if row["feed"] in known]
        if fresh:
            self._session.connection().execute(insert(_LOG), fresh)
        if later:
            query = update(_LOG).where(_LOG.c.feed_id == bindparam("feed")).values(polls=bindparam("log"))
            self._session.connection().execute(query, later)


def _written(polls: Sequence[Polled]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    before: str | None = None
    for poll in polls:
        error = poll.error[:_LONGEST_ERROR] if poll.error else None
        shown = _SAME if error is not None and error == before else error
        rows.append([int(poll.at.timestamp()), poll.outcome.value, poll.new, poll.revised, shown])
        before = error
    return rows


def _read(rows: Iterable[Sequence[Any]]) -> Iterable[Polled]:
    error: str | None = None
    for at, outcome, new, revised, said in rows:
        error = error if said == _SAME else said
        moment = datetime.fromtimestamp(at, UTC)
        yield Polled(at=moment, outcome=FetchOutcome(outcome), new=new, revised=revised, error=error)
