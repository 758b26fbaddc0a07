"""Alerts that are held, folded into digests, or taken back: only what may have arrived is corrected."""

from __future__ import annotations

import pytest

from monitor.model.alert import AlertKind, DeliveryStatus
from monitor.model.timing import Hold
from storage.engine import Database
from storage.work import Work
from tests.contract.storage.values import (
    DAY,
    ILL,
    MINUTE,
    NOW,
    WELL,
    alert,
    claim,
    message,
    recorded_change,
    subscribe,
)


def test_only_what_surely_did_not_arrive_is_cancelled(database: Database) -> None:
    with database.work() as work:
        about = recorded_change(work)
        people = {name: subscribe(work, name) for name in ("told", "sending", "failed", "waiting", "dead")}
        keys = {name: alert(work, person, "c", change_id=about) for name, person in people.items()}
        claimed = {c.alert_id: c for c in claim(work)}
        work.alerts.record(claimed[keys["told"]], WELL, DeliveryStatus.DELIVERED, None, NOW)
        work.alerts.record(claimed[keys["failed"]], ILL, DeliveryStatus.PENDING, NOW + DAY, NOW)
        work.alerts.record(claimed[keys["dead"]], ILL, DeliveryStatus.DEAD, None, NOW)
        keys["new"] = alert(work, subscribe(work, "new"), "c", change_id=about)
        other = alert(work, people["told"], "other")
    with database.work() as work:
        assert set(work.alerts.cancel_undelivered(about, NOW)) == {keys["failed"], keys["new"]}
        assert work.alerts.cancel_undelivered(about, NOW) == []
        status = {a.id: a.delivery for a in work.alerts.alerts_for_change(about)}
    assert status == {
        keys["told"]: DeliveryStatus.DELIVERED,
        keys["sending"]: DeliveryStatus.PENDING,
        keys["waiting"]: DeliveryStatus.PENDING,
        keys["dead"]: DeliveryStatus.DEAD,
        keys["failed"]: DeliveryStatus.CANCELLED,
        keys["new"]: DeliveryStatus.CANCELLED,
    }
    with database.view() as work:
        assert work.alerts.get(other).delivery is DeliveryStatus.PENDING


def test_an_alert_that_is_held_has_no_delivery_until_it_is_released(database: Database) -> None:
    hold = Hold(until=NOW + MINUTE, why="quiet hours")
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        key = alert(work, mine, "d", change_id=about, hold=hold)
        (stored,) = work.alerts.alerts_for_change(about)
        assert (stored.id, stored.delivery, stored.content, stored.hold) == (key, None, {"said": "…"}, hold)
        assert work.alerts.due_holds(NOW) == []
        assert work.alerts.due_holds(NOW + MINUTE) == [mine]
        (held,) = work.alerts.held(mine)
        assert (held.id, held.subject, held.why) == (key, "subject", "quiet hours")
        assert work.alerts.paces([mine], NOW)[mine].hold == hold
        work.alerts.release(work.subscriptions.get(mine), [key], NOW + MINUTE)
        assert work.alerts.held(mine) == []
        (claimed,) = work.alerts.claim_due(NOW + MINUTE, 9, MINUTE)
        assert (claimed.alert_id, claimed.subject) == (key, "subject")
        assert work.alerts.get(key).hold_why == "quiet hours"


def test_a_digest_carries_its_alerts_and_is_taken_apart_when_one_of_them_falls(database: Database) -> None:
    hold = Hold(until=NOW + MINUTE, why="daily digest")
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        falls, stays = alert(work, mine, "1", change_id=about, hold=hold), alert(work, mine, "2", hold=hold)
        digest = work.alerts.add_digest(
            work.subscriptions.get(mine), message(subject="two"), [falls, stays], "digest:1", NOW + MINUTE
        )
        assert [work.alerts.get(key).digest_id for key in (falls, stays)] == [digest, digest]
        assert work.alerts.held(mine) == []
    with database.work() as work:
        assert work.alerts.cancel_undelivered(about, NOW + MINUTE) == [falls]
        assert work.alerts.get(falls).delivery is DeliveryStatus.CANCELLED
        assert work.alerts.get(digest).delivery is DeliveryStatus.CANCELLED
        assert [held.id for held in work.alerts.held(mine, NOW + MINUTE)] == [stays]
        again = work.alerts.add_digest(
            work.subscriptions.get(mine), message(subject="one"), [stays], "digest:2", NOW + MINUTE
        )
        (claimed,) = work.alerts.claim_due(NOW + MINUTE, 9, MINUTE)
        assert (claimed.alert_id, claimed.subject) == (again, "one")
        work.alerts.record(claimed, WELL, DeliveryStatus.DELIVERED, None, NOW + MINUTE)
        assert work.alerts.get(stays).delivery is DeliveryStatus.DELIVERED


def test_a_digest_that_was_attempted_may_have_arrived_and_stays(database: Database) -> None:
    hold = Hold(until=NOW, why="daily digest")
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        falls = alert(work, mine, "1", change_id=about, hold=hold)
        work.alerts.add_digest(work.subscriptions.get(mine), message(), [falls], "digest:1", NOW)
        (claimed,) = claim(work)
        work.alerts.record(claimed, ILL, DeliveryStatus.PENDING, NOW + DAY, NOW)
        assert work.alerts.cancel_undelivered(about, NOW) == []
        assert (work.alerts.get(falls).delivery, work.alerts.get(falls).attempts) == (DeliveryStatus.PENDING, 1)


def test_a_held_alert_of_a_change_that_falls_is_never_sent(database: Database) -> None:
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        key = alert(work, mine, "1", change_id=about, hold=Hold(until=NOW, why="quiet hours"))
        assert work.alerts.cancel_undelivered(about, NOW) == [key]
        assert work.alerts.due_holds(NOW + DAY) == []
        assert work.alerts.get(key).delivery is DeliveryStatus.CANCELLED


def test_a_digest_keeps_its_place_among_single_alerts(database: Database) -> None:
    with database.work() as work:
        mine = subscribe(work)
        before = alert(work, mine, "1")
        held = alert(work, mine, "2", hold=Hold(until=NOW, why="burst"))
        digest = work.alerts.add_digest(work.subscriptions.get(mine), message(), [held], "digest:1", NOW)
        after = alert(work, mine, "3", issue="sanctions")
        order = []
        while claimed := claim(work):
            order.append([c.alert_id for c in claimed])
            for one in claimed:
                work.alerts.record(one, WELL, DeliveryStatus.DELIVERED, None, NOW)
    assert order == [[before], [digest], [after]]


def test_a_correction_that_waits_is_not_cancelled_with_the_change(database: Database) -> None:
    with database.work() as work:
        subscription, change_id = subscribe(work), recorded_change(work)
        told = alert(work, subscription, "change", change_id=change_id)
        owed = alert(work, subscription, "correction", change_id=change_id, kind=AlertKind.CORRECTION)
        assert work.alerts.cancel_undelivered(change_id, NOW) == [told]
        assert work.alerts.get(owed).delivery is DeliveryStatus.PENDING


def owed(work: Work, subscription: int, told: str, change_id: int, hold: Hold | None = None) -> str:
    """The correction of an alert."""
    return alert(work, subscription, f"correction:{told}", change_id=change_id, kind=AlertKind.CORRECTION, hold=hold)


def test_what_was_taken_back_while_it_was_attempted_is_not_tried_again(database: Database) -> None:
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        told = alert(work, mine, "change", change_id=about)
        (sending,) = claim(work)
        assert work.alerts.cancel_undelivered(about, NOW) == [], "it may have arrived"
        correction = owed(work, mine, told, about)
        assert claim(work) == []
        work.alerts.record(sending, ILL, DeliveryStatus.PENDING, NOW + MINUTE, NOW)
        assert work.alerts.get(told).delivery is DeliveryStatus.CANCELLED
        assert [c.alert_id for c in work.alerts.claim_due(NOW + MINUTE, 9, MINUTE)] == [correction]


@pytest.mark.parametrize("folded", [False, True])
def test_a_correction_does_not_overtake_a_digest_that_is_tried_again(database: Database, folded: bool) -> None:
    hold = Hold(until=NOW, why="daily digest")
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        told = alert(work, mine, "change", change_id=about, hold=hold)
        first = work.alerts.add_digest(work.subscriptions.get(mine), message(), [told], "digest:1", NOW)
        (sending,) = claim(work)
        work.alerts.record(sending, ILL, DeliveryStatus.PENDING, NOW + MINUTE, NOW)
        correction = owed(work, mine, told, about, hold if folded else None)
        if folded:
            correction = work.alerts.add_digest(work.subscriptions.get(mine), message(), [correction], "digest:2", NOW)
        assert claim(work) == []
        (again,) = work.alerts.claim_due(NOW + MINUTE, 1, MINUTE)
        assert again.alert_id == first
        work.alerts.record(again, ILL, DeliveryStatus.DEAD, None, NOW + MINUTE)
        assert correction in {c.alert_id for c in work.alerts.claim_due(NOW + MINUTE, 9, MINUTE)}


@pytest.mark.parametrize("folded", [False, True])
def test_a_dead_letter_of_what_was_taken_back_stays_dead(database: Database, folded: bool) -> None:
    hold = Hold(until=NOW, why="daily digest")
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        told = alert(work, mine, "change", change_id=about, hold=hold if folded else None)
        if folded:
            work.alerts.add_digest(work.subscriptions.get(mine), message(), [told], "digest:1", NOW)
        (gone,) = claim(work)
        work.alerts.record(gone, ILL, DeliveryStatus.DEAD, None, NOW)
        assert work.alerts.dead(mine) == [gone.id]
        owed(work, mine, told, about)
        assert work.alerts.dead(mine) == []
        with pytest.raises(ValueError, match="taken back since"):
            work.alerts.retry(gone.id, NOW)
        alert(work, mine, "change again", change_id=about)
        assert work.alerts.delivery(gone.id).status is DeliveryStatus.DEAD


def test_what_still_holds_of_a_change_is_not_cancelled_with_the_rest(database: Database) -> None:
    with database.work() as work:
        mine, about = subscribe(work), recorded_change(work)
        pending = alert(work, mine, "pending", change_id=about)
        confirmed = alert(work, mine, "confirmed", change_id=about)
        assert work.alerts.cancel_undelivered(about, NOW, [confirmed]) == [confirmed]
        assert work.alerts.get(pending).delivery is DeliveryStatus.PENDING
