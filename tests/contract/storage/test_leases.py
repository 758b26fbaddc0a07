"""A worker that knows it is alone takes over at once what another had claimed."""

from __future__ import annotations

from storage.engine import Database
from tests.contract.storage.values import MINUTE, NOW, alert, new_item, subscribe


def test_what_a_killed_worker_held_is_due_at_once(database: Database) -> None:
    with database.work() as work:
        work.feeds.add("https://news.example/feed", "", "", NOW)
        work.items.add(new_item(), None)
        alert(work, subscribe(work), "a")
        assert work.feeds.claim_due(NOW, 10, 5 * MINUTE)
        assert work.items.claim_new(NOW, 10, 5 * MINUTE)
        assert work.alerts.claim_due(NOW, 10, 5 * MINUTE)
    with database.work() as work:
        assert work.end_leases(NOW + MINUTE) == 3
        assert len(work.feeds.claim_due(NOW + MINUTE, 10, MINUTE)) == 1
        assert len(work.items.claim_new(NOW + MINUTE, 10, MINUTE)) == 1
        assert len(work.alerts.claim_due(NOW + MINUTE, 10, MINUTE)) == 1
        assert work.end_leases(NOW + 10 * MINUTE) == 0
