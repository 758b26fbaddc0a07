"""A worker that knows it is alone takes over at once what another had claimed."""

from __future__ import annotations

from storage.engine import Database
from tests.contract.storage.values import DAY, MINUTE, NOW, alert, new_item, subscribe


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


def test_a_clock_that_went_back_holds_up_neither_items_nor_alerts(database: Database) -> None:
    """For a minute it was next year: what was put off or claimed then must not wait for a year."""
    year = 400 * DAY
    with database.work() as work:
        work.items.add(new_item(), None)
        alert(work, subscribe(work), "a", now=NOW + year)
        assert work.items.claim_new(NOW + year, 10, 5 * MINUTE)
        assert work.alerts.claim_due(NOW + year, 10, 5 * MINUTE)
    with database.work() as work:
        assert len(work.items.claim_new(NOW, 10, MINUTE)) == 1
        assert len(work.alerts.claim_due(NOW, 10, MINUTE)) == 1


def test_a_wait_of_a_day_is_no_mistake_of_the_clock(database: Database) -> None:
    with database.work() as work:
        alert(work, subscribe(work), "a", now=NOW + 1.2 * DAY)
        assert work.alerts.claim_due(NOW, 10, MINUTE) == []
        assert len(work.alerts.claim_due(NOW + 1.2 * DAY, 10, MINUTE)) == 1
