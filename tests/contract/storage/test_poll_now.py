"""An operator asks for a poll while a worker may be at it."""

from __future__ import annotations

from storage.engine import Database
from tests.contract.storage.values import DAY, MINUTE, NOW


def test_feeds_that_are_asked_for_are_due_and_leases_stay(database: Database) -> None:
    with database.work() as work:
        held, free, other = (
            work.feeds.add(f"https://{name}.example/feed", "", "", NOW, due=NOW + DAY) for name in ("a", "b", "c")
        )
        assert work.feeds.claim([held.id], NOW, 5 * MINUTE)
        work.feeds.poll_now([held.id, free.id], NOW)
        assert work.feeds.get(other.id).next_poll_at == NOW + DAY
        assert [f.id for f in work.feeds.claim_due(NOW, 10, 5 * MINUTE)] == [free.id]
