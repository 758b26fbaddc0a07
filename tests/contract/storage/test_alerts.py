"""Subscriptions, alerts and deliveries: told once, in order, at least until it arrived or was given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model.alert import AlertKind, AttemptResult, ChannelName, ClaimedDelivery, DeliveryStatus, Filter, NewAlert
from monitor.model.position import ChangeKind
from monitor.model.timing import Hold
from storage.alerts import alert_id
from storage.engine import Database
from storage.errors import NotFound
from storage.work import Work
from tests.contract.storage.values import DAY, MINUTE, NOW, alert, change, fold, message, stored_statement, subscribe

WELL = AttemptResult(ok=True, status=204, answer="thanks")
ILL = AttemptResult(ok=False, status=503, error="the server answered 503", answer="x" * 5_000)


def claim(work: Work, limit: int = 9) -> list[ClaimedDelivery]:
    return work.alerts.claim_due(NOW, limit, MINUTE)


def recorded_change(work: Work) -> int:
    said = stored_statement(work)
    return work.positions.save_fold(fold(change(said)), NOW)[0].change.id


def test_a_subscription_comes_back_as_it_was_made(database: Database) -> None:
    wanted = Filter(
        actors=frozenset({"a", "b"}),
        issues=frozenset({"i"}),
        kinds=frozenset({ChangeKind.REVERSED}),
        least_confidence=0.9,
        pending=True,
        commentators=False,
    )
    with database.work() as work:
        made = work.subscriptions.add("Ada", ChannelName.EMAIL, "ada@example.org", wanted, "secret", NOW)
        other = work.subscriptions.add("Ada", ChannelName.LOG, "", Filter(), None, NOW)
        assert work.subscriptions.subscriber("Ada", NOW) == work.subscriptions.subscriber("Ada", NOW)
    with database.work() as work:
        assert work.subscriptions.get(made.id) == made
        assert (made.subscriber, made.filter, made.secret) == ("Ada", wanted, "secret")
        assert work.subscriptions.all() == [made, other]
        work.subscriptions.disable(made.id, "answered 410", NOW)
        work.subscriptions.disable(made.id, "later reason", NOW + DAY)
        assert work.subscriptions.all() == [other]
        assert work.subscriptions.all(active_only=False)[0] == replace(
            made, disabled_at=NOW, disabled_why="answered 410"
        )
        work.subscriptions.enable(made.id)
        assert work.subscriptions.get(made.id) == made
        for call in (lambda: work.subscriptions.get(99), lambda: work.subscriptions.enable(99)):
            with pytest.raises(NotFound, match="there is no subscription 99"):
                call()


def test_one_subscription_is_told_a_thing_once_under_an_id_that_follows_from_it(database: Database) -> None:
    with database.work() as work:
        mine, other = subscribe(work), subscribe(work, "Bob")
        first = alert(work, mine, "change:1")
        assert first == alert_id(mine, "change:1")
        assert first.startswith("alt_")
        assert len(first) == 36
        again = NewAlert(subscription=work.subscriptions.get(mine), dedup="change:1")
        assert work.alerts.untold([again]) == []
        assert alert(work, other, "change:1") != first
        assert work.alerts.get(first).content == {"said": "…"}


def test_the_sequence_counts_within_actor_and_issue_whoever_is_told(database: Database) -> None:
    with database.work() as work:
        mine, other = subscribe(work), subscribe(work, "Bob")
        keys = [
            alert(work, mine, "1"),
            alert(work, mine, "2"),
            alert(work, mine, "3", issue="sanctions"),
            alert(work, other, "1"),
            alert(work, mine, "4", actor=None, issue=None),
            alert(work, mine, "5", actor=None, issue=None),
            alert(work, mine, "6"),
        ]
        assert [work.alerts.get(key).sequence for key in keys] == [1, 2, 1, 3, 1, 2, 4]


def test_a_claimed_delivery_holds_all_that_is_sent(database: Database) -> None:
    with database.work() as work:
        key = alert(work, subscribe(work), "1")
    with database.work() as work:
        (claimed,) = claim(work)
        assert claim(work) == []
    assert claimed == ClaimedDelivery(
        id=claimed.id,
        alert_id=key,
        channel=ChannelName.WEBHOOK,
        target="https://hook.example/x",
        secret="whsec_secret",
        subject="subject",
        text="text",
        html="<p>html</p>",
        payload='{"a": 1}',
        attempt=1,
        created_at=NOW,
        lease_token=claimed.lease_token,
        subscription_id=claimed.subscription_id,
        thread="minister/troops",
    )


def test_success_is_recorded_and_never_claimed_again(database: Database) -> None:
    with database.work() as work:
        key = alert(work, subscribe(work), "1")
        (claimed,) = claim(work)
        assert work.alerts.record(claimed, WELL, DeliveryStatus.DELIVERED, None, NOW)
        assert work.alerts.claim_due(NOW + 9 * DAY, 9, MINUTE) == []
        (row,) = work.alerts.deliveries(DeliveryStatus.DELIVERED)
        assert (row.alert_id, row.attempts, row.delivered_at, row.last_answer) == (key, 1, NOW, "thanks")
        assert row.first_failed_at is None
        assert row.subscriber == "Ada"
        assert [(a.n, a.ok, a.status) for a in work.alerts.attempts(row.id)] == [(1, True, 204)]
        assert work.alerts.counts() == dict.fromkeys(DeliveryStatus, 0) | {DeliveryStatus.DELIVERED: 1}
        assert work.alerts.next_due() is None
        assert work.alerts.get(key).delivery is DeliveryStatus.DELIVERED


def test_a_failure_waits_for_its_time_and_keeps_its_id_and_words(database: Database) -> None:
    with database.work() as work:
        alert(work, subscribe(work), "1")
        (first,) = claim(work)
        assert work.alerts.record(first, ILL, DeliveryStatus.PENDING, NOW + MINUTE, NOW)
        assert claim(work) == []
        assert work.alerts.next_due() == NOW + MINUTE
        (second,) = work.alerts.claim_due(NOW + MINUTE, 9, MINUTE)
        assert second == replace(first, attempt=2, lease_token=second.lease_token)
        assert work.alerts.record(second, ILL, DeliveryStatus.DEAD, None, NOW + MINUTE)
        (row,) = work.alerts.deliveries()
        assert (row.status, row.attempts, row.first_failed_at) == (DeliveryStatus.DEAD, 2, NOW)
        assert (row.last_status, row.last_error) == (503, "the server answered 503")
        assert len(row.last_answer or "") == 1_000


def test_who_lost_the_lease_writes_nothing(database: Database) -> None:
    with database.work() as work:
        alert(work, subscribe(work), "1")
        (first,) = claim(work)
        (second,) = work.alerts.claim_due(NOW + MINUTE, 9, MINUTE)
        assert work.alerts.record(first, WELL, DeliveryStatus.DELIVERED, None, NOW) is False
        assert work.alerts.deliveries()[0].status is DeliveryStatus.PENDING
        assert work.alerts.attempts(first.id) == []
        assert work.alerts.record(second, WELL, DeliveryStatus.DELIVERED, None, NOW)
        assert work.alerts.record(second, WELL, DeliveryStatus.DELIVERED, None, NOW) is False


def test_a_lease_that_ran_out_still_writes_while_nobody_else_has_it(database: Database) -> None:
    with database.work() as work:
        alert(work, subscribe(work), "1")
        (claimed,) = claim(work)
        assert work.alerts.record(claimed, WELL, DeliveryStatus.DELIVERED, None, NOW + DAY)


def test_a_dead_letter_is_sent_again_under_its_id(database: Database) -> None:
    with database.work() as work:
        alert(work, subscribe(work), "1")
        (first,) = claim(work)
        with pytest.raises(ValueError, match="only a dead one"):
            work.alerts.retry(first.id, NOW)
        work.alerts.record(first, ILL, DeliveryStatus.DEAD, None, NOW)
        work.alerts.retry(first.id, NOW + DAY)
        (again,) = work.alerts.claim_due(NOW + DAY, 9, MINUTE)
        assert again == replace(first, lease_token=again.lease_token)
        work.alerts.record(again, WELL, DeliveryStatus.DELIVERED, None, NOW + DAY)
        assert [(a.n, a.ok) for a in work.alerts.attempts(first.id)] == [(1, False), (2, True)]
        with pytest.raises(NotFound, match="there is no delivery 99"):
            work.alerts.retry(99, NOW)


def test_first_attempts_keep_their_order_and_retries_hold_up_nobody(database: Database) -> None:
    with database.work() as work:
        mine, other = subscribe(work), subscribe(work, "Bob")
        one, two = alert(work, mine, "1"), alert(work, mine, "2")
        elsewhere, loose = alert(work, mine, "3", issue="sanctions"), alert(work, other, "1")
    with database.work() as work:
        claimed = {c.alert_id: c for c in claim(work)}
        assert set(claimed) == {one, elsewhere, loose}
        assert claim(work) == []  # the second waits for the first, which is on its way
        work.alerts.record(claimed[one], ILL, DeliveryStatus.PENDING, NOW + DAY, NOW)
        assert [c.alert_id for c in claim(work)] == [two]


def test_alerts_that_belong_to_no_actor_wait_for_nothing(database: Database) -> None:
    with database.work() as work:
        mine = subscribe(work)
        keys = {alert(work, mine, str(n), actor=None, issue=None, kind=AlertKind.MATCH) for n in range(3)}
        assert {c.alert_id for c in claim(work)} == keys


def test_nothing_is_sent_to_a_disabled_subscription_until_it_is_enabled(database: Database) -> None:
    with database.work() as work:
        mine = subscribe(work)
        alert(work, mine, "1")
        work.subscriptions.disable(mine, "gone", NOW)
        assert claim(work) == []
        assert work.alerts.next_due() is None
        work.subscriptions.enable(mine)
        assert len(claim(work)) == 1


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


def test_an_endpoint_fails_since_its_first_failure_after_its_last_success(database: Database) -> None:
    with database.work() as work:
        mine, other = subscribe(work), subscribe(work, "Bob")
        for n in range(2):
            alert(work, mine, str(n), issue=f"i{n}")
        alert(work, other, "x")
        for n, claimed in enumerate(claim(work)):
            result = WELL if n == 0 else ILL
            work.alerts.record(claimed, result, DeliveryStatus.PENDING, NOW, NOW + n * MINUTE)
        assert work.alerts.failing_since(mine) == NOW + MINUTE
        assert work.alerts.failing_since(other) == NOW + 2 * MINUTE
        (again, *_) = work.alerts.claim_due(NOW + DAY, 1, timedelta(minutes=1))
        work.alerts.record(again, WELL, DeliveryStatus.DELIVERED, None, NOW + DAY)
        assert work.alerts.failing_since(mine) is None


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


def test_an_endpoint_that_hangs_does_not_take_the_place_of_others(database: Database) -> None:
    with database.work() as work:
        hanging, healthy = subscribe(work, "hangs"), subscribe(work, "healthy")
        for number in range(20):
            alert(work, hanging, f"h{number}", issue=f"issue {number}")
        alert(work, healthy, "one", issue="issue 1")
        first = work.alerts.claim_due(NOW, 10, MINUTE, at_once=2)
        assert len(first) == 3
        assert len({work.alerts.get(d.alert_id).subscription_id for d in first}) == 2
        assert work.alerts.claim_due(NOW, 10, MINUTE, at_once=2) == []
        assert len(work.alerts.claim_due(NOW + 2 * MINUTE, 10, MINUTE, at_once=2)) == 3


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
