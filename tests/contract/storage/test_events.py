"""The outbox, the audit trail and the facts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.engine import Database
from storage.types import storable_json
from tests.contract.storage.values import DAY, NOW


def test_events_are_dispatched_in_order_and_once(database: Database) -> None:
    with database.work() as work:
        assert work.events.last_id() == 0
        ids = [work.events.add(f"change.{n}", {"n": n}, NOW) for n in range(3)]
        assert ids == sorted(ids)
    with database.work() as work:
        first, second = work.events.undispatched(2)
        assert (first.id, first.subject, first.data, first.at) == (ids[0], "change.0", {"n": 0}, NOW)
        work.events.mark_dispatched([first.id, second.id], NOW)
        assert [e.id for e in work.events.undispatched(9)] == ids[2:]
        assert [e.id for e in work.events.after(ids[0], 9)] == ids[1:]
        assert work.events.last_id() == ids[-1]


def test_only_old_dispatched_events_are_pruned_and_ids_are_not_used_again(database: Database) -> None:
    with database.work() as work:
        old, young, waiting = (work.events.add("s", {}, NOW - 9 * DAY) for _ in range(3))
        work.events.mark_dispatched([old], NOW - 2 * DAY)
        work.events.mark_dispatched([young], NOW)
        work.events.mark_dispatched([old], NOW)  # the first time counts
        assert work.events.prune(NOW - DAY) == 1
        assert [e.id for e in work.events.after(0, 9)] == [young, waiting]
        work.events.mark_dispatched([waiting], NOW)
        assert work.events.prune(NOW + DAY) == 2
    with database.work() as work:
        assert work.events.add("s", {}, NOW) > waiting


def test_an_event_goes_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError, match="stop"), database.work() as work:
        work.events.add("s", {}, NOW)
        raise RuntimeError("stop")
    with database.view() as work:
        assert work.events.undispatched(9) == []


def test_the_audit_trail_is_read_backwards(database: Database) -> None:
    with database.work() as work:
        work.audit.add("op", "feeds.add", "feed 1", {"url": "u"}, NOW)
        work.audit.add("op", "feeds.remove", "feed 1", {}, NOW + DAY)
        newest, oldest = work.audit.list()
        assert (newest.what, newest.at) == ("feeds.remove", NOW + DAY)
        assert (oldest.who, oldest.target, oldest.detail) == ("op", "feed 1", {"url": "u"})
        assert work.audit.list(1) == [newest]


def test_a_fact_is_overwritten(database: Database) -> None:
    with database.work() as work:
        assert work.meta.get("k") is None
        work.meta.set("k", "1")
        work.meta.set("k", "2")
    with database.view() as work:
        assert work.meta.get("k") == "2"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.dictionaries(st.text(st.characters(), max_size=8), values, max_size=4))
def test_json_comes_back(database: Database, data: dict[str, object]) -> None:
    with database.work() as work:
        event_id = work.events.add("s", data, NOW)
    with database.view() as work:
        assert work.events.after(event_id - 1, 1)[0].data == storable_json(data)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moment=st.datetimes(timezones=st.timezones()).filter(lambda m: 1 < m.year < 9999))
def test_moments_come_back(database: Database, moment: datetime) -> None:
    with database.work() as work:
        event_id = work.events.add("s", {}, moment)
    with database.view() as work:
        assert work.events.after(event_id - 1, 1)[0].at == moment.astimezone(
            UTC
        )  # an hour that a zone has twice equals nothing else
