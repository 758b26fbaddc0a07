"""Work is claimed once, however many claim at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection

import pytest

from monitor.model.alert import AlertKind, AttemptResult, DeliveryStatus, NewAlert
from storage.engine import Database
from storage.work import Work
from tests.contract.storage.values import (
    MINUTE,
    NOW,
    alert,
    change,
    fold,
    message,
    new_item,
    stored_statement,
    subscribe,
)

CLAIMERS = 6
ROWS = 60


def feeds(work: Work) -> Collection[int]:
    return [feed.id for feed in work.feeds.claim_due(NOW, 7, MINUTE)]


def items(work: Work) -> Collection[int]:
    return [item.id for item in work.items.claim_new(NOW, 7, MINUTE)]


def deliveries(work: Work) -> Collection[int]:
    return [delivery.id for delivery in work.alerts.claim_due(NOW, 7, MINUTE)]


def together(database: Database, act: Callable[[Work], Collection[int]]) -> list[int]:
    """Many threads act at once until each has twice got nothing; gives all that they got."""
    start = threading.Barrier(CLAIMERS)
    got: list[int] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            start.wait()
            nothing = 0
            while nothing < 2:
                with database.work() as work:
                    found = act(work)
                nothing = 0 if found else nothing + 1
                got.extend(found)
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=run) for _ in range(CLAIMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    return got


@pytest.mark.parametrize("claim", [feeds, items, deliveries])
def test_each_row_is_claimed_once(database: Database, claim: Callable[[Work], Collection[int]]) -> None:
    with database.work() as work:
        subscription = subscribe(work)
        for n in range(ROWS):
            work.feeds.add(f"https://news.example/{n}", "", "", NOW)
            work.items.add(new_item(str(n)), None)
            alert(work, subscription, str(n), issue=f"issue {n}")
    got = together(database, claim)
    assert len(got) == ROWS
    assert set(Counter(got).values()) == {1}


def test_an_outcome_is_recorded_once(database: Database) -> None:
    with database.work() as work:
        alert(work, subscribe(work), "1")
        (claimed,) = work.alerts.claim_due(NOW, 1, MINUTE)
    well = AttemptResult(ok=True, status=200)

    def record(work: Work) -> Collection[int]:
        return [1] if work.alerts.record(claimed, well, DeliveryStatus.DELIVERED, None, NOW) else []

    assert together(database, record) == [1]


def test_a_thing_is_told_once_and_numbered_without_gaps(database: Database) -> None:
    with database.work() as work:
        subscription = subscribe(work)
    things = iter([str(n % 20) for n in range(60)])
    guard = threading.Lock()

    def tell(work: Work) -> Collection[int]:
        with guard:
            thing = next(things, None)
        if thing is None:
            return []
        new = work.alerts.untold([NewAlert(subscription=work.subscriptions.get(subscription), dedup=thing)])
        numbered = message(sequence=work.alerts.next_sequence("minister", "troops"))
        return [work.alerts.get(key).sequence for key in work.alerts.add(numbered, new, AlertKind.CHANGE, NOW)]

    told: list[int] = []
    while len(told) < 20:
        told += together(database, tell)
    assert sorted(told) == list(range(1, 21))


def test_one_change_is_recorded_once_by_workers_that_fold_at_once(database: Database) -> None:
    with database.work() as work:
        said = stored_statement(work)

    def save(work: Work) -> Collection[int]:
        work.positions.lock([("minister", "troops"), ("rival", "troops")])
        return [t.change.id for t in work.positions.save_fold(fold(change(said)), NOW) if t.was is None]

    assert len(together(database, save)) == 1


def test_a_name_a_feed_and_a_fact_are_made_once(database: Database) -> None:
    def make(work: Work) -> Collection[int]:
        work.meta.set("k", "v")
        subscriber = work.subscriptions.subscriber("Ada", NOW)
        assert subscriber == work.subscriptions.subscriber("Ada", NOW)
        if work.feeds.by_url("https://one.example/") is None:
            try:
                return [work.feeds.add("https://one.example/", "", "", NOW).id]
            except Exception as error:  # somebody was quicker
                assert "is there already" in str(error)
        return []

    assert len(together(database, make)) == 1


def test_events_are_seen_in_the_order_of_their_ids(database: Database) -> None:
    """A reader that goes by the last id it saw must not miss one that commits late under a lower id."""
    seen: list[int] = []
    stop = threading.Event()

    def follow() -> None:
        last = 0
        while True:
            finished = stop.is_set()
            with database.view() as work:
                new = [event.id for event in work.events.after(last, 1_000)]
            seen.extend(new)
            last = new[-1] if new else last
            if finished and not new:
                return

    counter = iter(range(60))
    guard = threading.Lock()

    def write(work: Work) -> Collection[int]:
        with guard:
            if next(counter, None) is None:
                return []
        return [work.events.add("s", {}, NOW)]

    reader = threading.Thread(target=follow)
    reader.start()
    written = together(database, write)
    stop.set()
    reader.join()
    assert seen == sorted(written)
    assert len(seen) == 60
