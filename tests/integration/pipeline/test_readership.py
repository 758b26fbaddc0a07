"""What a worker keeps of the subscriptions is never older than the transaction that asks."""

from __future__ import annotations

import pytest

from monitor.pipeline.readership import Readership
from storage.engine import Database
from storage.errors import NotFound
from tests.contract.storage.values import NOW, subscribe


def test_it_is_read_once_until_a_subscription_changes(database: Database) -> None:
    readership = Readership()
    with database.work() as work:
        one = subscribe(work)
    with database.view() as work:
        first = readership.all(work)
        assert readership.all(work) is first
    with database.work() as work:
        two = subscribe(work, "Bob")
        assert [s.id for s in readership.all(work)] == [one, two]  # within the very transaction
        work.subscriptions.disable(one, "gone", NOW)
        assert [s.id for s in readership.all(work)] == [two]


def test_what_a_transaction_that_failed_had_seen_is_not_kept(database: Database) -> None:
    readership = Readership()
    with database.work() as work:
        one = subscribe(work)
    with pytest.raises(NotFound), database.work() as work:
        subscribe(work, "Bob")
        assert len(readership.all(work)) == 2
        work.subscriptions.get(99)
    with database.work() as work:
        assert [s.id for s in readership.all(work)] == [one]
