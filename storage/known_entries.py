"""What the parser remembers of the entries that feeds showed, so that it need not read them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import col

from storage.repository import Repository, chunks
from storage.tables import KnownEntriesRow, Table

_KNOWN = Table.metadata.tables["known_entries"]
_DATA = select(_KNOWN.c.feed_id, _KNOWN.c.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChange:
    """What was handed to the parser for a feed, and what it came back with; None is nothing."""

    feed_id: int
    was: bytes | None
    known: bytes | None


class KnownEntries(Repository):
    """One value to a feed, which only the parser understands. To lose one costs time, and nothing else."""

    def get(self, feed_id: int) -> bytes | None:
        """What is remembered of the feed's entries."""
        return self.of([feed_id]).get(feed_id)

    def of(self, feed_ids: Collection[int]) -> dict[int, bytes]:
        """The same of several feeds; those of which nothing is remembered are left out."""
        found: dict[int, bytes] = {}
        for part in chunks(feed_ids):
            rows = self._session.connection().execute(_DATA.where(_KNOWN.c.feed_id.in_(part)))
            found.update((feed_id, data) for feed_id, data in rows)
        return found

    def replace_all(self, changes: Sequence[KnownChange]) -> None:
        """Writes what polls came back with; to be done in the transaction that stores what they brought.

        Where something else is stored by now than a poll began with, another poll came between: what the two know does
        not go together, and nothing is kept.
        """
        stored = self.of([change.feed_id for change in changes])
        kept = {c.feed_id: c.known for c in changes if stored.get(c.feed_id) == c.was and c.known is not None}
        for part in chunks(feed_id for feed_id in stored if feed_id not in kept):
            self._session.exec(delete(KnownEntriesRow).where(col(KnownEntriesRow.feed_id).in_(part)))
        fresh = [{"feed_id": feed_id, "data": known} for feed_id, known in kept.items() if feed_id not in stored]
        if fresh:
            self._session.connection().execute(insert(_KNOWN), fresh)
        other = [{"feed": i, "known": known} for i, known in kept.items() if i in stored and stored[i] != known]
        if other:
            newer = update(_KNOWN).where(_KNOWN.c.feed_id == bindparam("feed")).values(data=bindparam("known"))
            self._session.connection().execute(newer, other)
