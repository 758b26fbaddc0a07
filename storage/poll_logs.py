"""The last polls of each feed: bounded, written with what a poll brought, and kept in one row for each feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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

Log = list[list[Any]]
"""The polls of one feed as they are written: seconds, outcome, new items, revised ones, error."""

_LOG = Table.metadata.tables["poll_log"]
_ROWS = select(_LOG.c.feed_id, _LOG.c.polls)


class PollLogs(Repository):
    """The logs. A feed is leased while it is polled, so that nobody else writes its log meanwhile."""

    def of(self, feed_ids: Collection[int]) -> dict[int, tuple[Polled, ...]]:
        """The last polls of these feeds, oldest first; feeds that were never polled are left out."""
        return {feed_id: tuple(_read(log)) for feed_id, log in self._logs(feed_ids).items()}

    def _logs(self, feed_ids: Collection[int]) -> dict[int, Log]:
        found: dict[int, Log] = {}
        for part in chunks(feed_ids):
            rows = self._session.connection().execute(_ROWS.where(_LOG.c.feed_id.in_(part)))
            found.update((feed_id, log) for feed_id, log in rows)
        return found

    def add_all(self, polled: Mapping[int, Polled]) -> None:
        """Adds a poll of each of these feeds; the oldest go where there are more than are kept."""
        known = self._logs(list(polled))
        rows = [{"feed": feed_id, "log": _with(known.get(feed_id, []), poll)} for feed_id, poll in polled.items()]
        fresh = [{"feed_id": row["feed"], "polls": row["log"]} for row in rows if row["feed"] not in known]
        later = [row for row in rows if row["feed"] in known]
        if fresh:
            self._session.connection().execute(insert(_LOG), fresh)
        if later:
            query = update(_LOG).where(_LOG.c.feed_id == bindparam("feed")).values(polls=bindparam("log"))
            self._session.connection().execute(query, later)


def _with(log: Log, poll: Polled) -> Log:
    """The log with one poll more. The others stay as they are written, for there are many and nobody reads them now."""
    error = poll.error[:_LONGEST_ERROR] if poll.error else None
    same = error is not None and error == _error(log, len(log) - 1)
    row = [int(poll.at.timestamp()), poll.outcome.value, poll.new, poll.revised, _SAME if same else error]
    if not log:
        return [row]
    gone = max(0, len(log) + 1 - KEPT)
    oldest = [*log[gone][:-1], _error(log, gone)]  # the poll whose error it has may be gone
    return [oldest, *log[gone + 1 :], row]


def _error(log: Log, number: int) -> str | None:
    """The error of the poll with that number, in full; None where it has none, or where there is no such poll."""
    while number >= 0 and log[number][-1] == _SAME:
        number -= 1
    return log[number][-1] if number >= 0 else None


def _read(log: Log) -> Iterable[Polled]:
    error: str | None = None
    for at, outcome, new, revised, said in log:
        error = error if said == _SAME else said
        moment = datetime.fromtimestamp(at, UTC)
        yield Polled(at=moment, outcome=FetchOutcome(outcome), new=new, revised=revised, error=error)
