"""Subscriptions, alerts and deliveries: told once, in order, at least until it arrived or was given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model.alert import AlertKind, ChannelName, ClaimedDelivery, DeliveryStatus, Filter, NewAlert
from monitor.model.position import ChangeKind
from storage.alerts import alert_id
from storage.engine import Database
from storage.errors import NotFound
from tests.contract.storage.values import (
    DAY,
    ILL,
    MINUTE,
    NOW,
    WELL,
    alert,
    claim,
    subscribe,
)


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
