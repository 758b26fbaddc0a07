"""The stamp of the subscriptions is another one after anything changed that decides who is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from monitor.model.alert import ChannelName, Filter
from monitor.model.timing import Cadence, Timing
from storage.engine import Database
from storage.work import Work
from tests.contract.storage.values import DAY, NOW, subscribe

EDITS: dict[str, Callable[[Work, int], object]] = {
    "another": lambda work, _: subscribe(work, "Bob"),
    "off": lambda work, one: work.subscriptions.disable(one, "gone", NOW),
    "edited": lambda work, one: work.subscriptions.edit(
        one, Filter(pending=True), Timing(cadence=Cadence.DAILY), None, "ada", "", NOW
    ),
    "rotated": lambda work, one: work.subscriptions.rotate_secret(one, "whsec_new", NOW + DAY),
    "suppressed": lambda work, _: work.subscriptions.addresses.suppress("ada@x.example", "answered 550", NOW),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_gives_another_stamp(database: Database, edit: Callable[[Work, int], object]) -> None:
    with database.work() as work:
        one = subscribe(work)
        work.subscriptions.add("Ada", ChannelName.EMAIL, "ada@x.example", Filter(), None, NOW)
    with database.view() as work:
        before = work.subscriptions.stamp()
    with database.work() as work:
        edit(work, one)
    with database.view() as work:
        assert before is not None
        assert work.subscriptions.stamp() not in (None, before)


def test_it_is_written_by_the_database_whoever_writes(database: Database) -> None:
    with database.work() as work:
        subscribe(work)
    with database.view() as work:
        before = work.subscriptions.stamp()
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET disabled_why = 'by hand'"))
    with database.view() as work:
        assert work.subscriptions.stamp() != before


def test_a_digest_that_went_out_leaves_the_stamp(database: Database) -> None:
    with database.work() as work:
        one = subscribe(work)
    with database.view() as work:
        before = work.subscriptions.stamp()
    with database.work() as work:
        work.subscriptions.digest_sent(one, NOW + DAY, NOW)
    with database.view() as work:
        assert work.subscriptions.stamp() == before
