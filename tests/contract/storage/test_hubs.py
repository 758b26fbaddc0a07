"""Subscriptions at hubs and the queue of what they pushed, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model.feed import FeedStatus
from monitor.model.hub import HubMode, HubState, HubSubscription
from storage.engine import Database
from tests.hubs.standing import BASE, HUB, LEASE, TOPIC, asked, standing, verified, wanted

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TRIES = 3


def claimed(database: Database, now: datetime, base: str = BASE) -> list[HubSubscription]:
    with database.work() as work:
        work.hubs.settle(now, base, TRIES)
        return [one for one, _ in work.hubs.claim_due(now, 9, LEASE, base)]


def everything(database: Database) -> list[HubSubscription]:
    with database.view() as work:
        return work.hubs.all()


def poll_at(database: Database, feed: int) -> datetime:
    with database.view() as work:
        return work.feeds.get(feed).next_poll_at


def test_a_claim_notes_what_is_pending_and_is_nobody_elses(database: Database) -> None:
    feed = wanted(database, NOW)
    with database.work() as work:
        ((one, claim),) = work.hubs.claim_due(NOW, 9, LEASE, BASE)
        assert work.hubs.claim_due(NOW, 9, LEASE, BASE) == []
    assert (one.feed_id, one.state, one.pending, one.attempts) == (feed, HubState.ASKED, HubMode.SUBSCRIBE, 1)
    assert (one.asked_at, one.base, one.topic, one.hub) == (NOW, BASE, TOPIC, HUB)
    with database.work() as work:
        work.hubs.asked(one.id, "another's claim", "no", NOW)
    assert claimed(database, NOW) == []
    with database.work() as work:
        work.hubs.asked(one.id, claim, "Down.", NOW + HOUR)
    assert claimed(database, NOW + HOUR - timedelta(seconds=1)) == []
    (again,) = claimed(database, NOW + HOUR)
    assert (again.attempts, again.last_error, again.secret) == (2, "Down.", one.secret)


def test_a_killed_worker_leaves_a_claim_that_ends(database: Database) -> None:
    wanted(database, NOW)
    assert len(claimed(database, NOW)) == 1
    assert claimed(database, NOW + LEASE - timedelta(seconds=1)) == []
    assert len(claimed(database, NOW + LEASE)) == 1


def test_a_hub_that_verifies_before_it_has_answered_is_not_asked_again(database: Database) -> None:
    feed = wanted(database, NOW)
    with database.work() as work:
        ((one, claim),) = work.hubs.claim_due(NOW, 9, LEASE, BASE)
    with database.work() as work:
        work.hubs.verified(one.id, 1_000, NOW + timedelta(seconds=800), NOW)
    with database.work() as work:
        work.hubs.asked(one.id, claim, "The hub did not answer.", NOW + HOUR)
    now = standing(database, feed)
    assert (now.state, now.last_error, now.next_attempt_at) == (
        HubState.VERIFIED,
        None,
        NOW + timedelta(seconds=800),
    )


def test_each_subscription_has_a_secret_and_a_callback_of_its_own_that_its_renewals_keep(database: Database) -> None:
    one, other = asked(database, NOW), asked(database, NOW)
    assert len({one.secret, other.secret, one.token, other.token}) == 4
    with database.view() as work:
        found = work.hubs.by_token(one.token)
        assert found is not None
        assert found.id == one.id
        assert work.hubs.by_token(one.secret) is None
        assert work.hubs.by_token(one.token.swapcase()) is None
        assert work.hubs.by_token("\ud800") is None
    later = NOW + timedelta(days=2)
    assert {(again.id, again.token) for again in claimed(database, later)} == {
        (one.id, one.token),
        (other.id, other.token),
    }


def test_nothing_happens_while_a_feed_names_the_same_hub(database: Database) -> None:
    one = verified(database, NOW)
    with database.work() as work:
        work.hubs.want(one.feed_id or 0, TOPIC, ("https://first.example/", HUB), NOW + HOUR)
    assert everything(database) == [replace(one, hubs=("https://first.example/", HUB))]


def test_another_hub_or_topic_is_another_subscription_and_the_old_one_is_given_up(database: Database) -> None:
    one = verified(database, NOW)
    feed = one.feed_id or 0
    with database.work() as work:
        work.hubs.want(feed, TOPIC, ("https://two.example/",), NOW)
    with database.work() as work:
        work.hubs.want(feed, "https://paper.example/moved", ("https://two.example/",), NOW)
    old, never_asked, new = everything(database)
    assert (old.id, old.feed_id, old.state, old.secret) == (one.id, None, HubState.LEAVING, one.secret)
    assert (never_asked.state, never_asked.feed_id) == (HubState.LEAVING, None)
    assert (new.feed_id, new.topic, new.state) == (feed, "https://paper.example/moved", HubState.WANTED)
    assert [(c.id, c.pending) for c in claimed(database, NOW)] == [
        (old.id, HubMode.UNSUBSCRIBE),
        (new.id, HubMode.SUBSCRIBE),
    ]


def test_feeds_that_are_paused_gone_or_removed_are_given_up(database: Database) -> None:
    paused, gone, removed, active = (verified(database, NOW) for _ in range(4))
    with database.work() as work:
        for one, status in ((paused, FeedStatus.PAUSED), (gone, FeedStatus.GONE)):
            work.feeds.save(replace(work.feeds.get(one.feed_id or 0), status=status))
        work.feeds.remove(removed.feed_id or 0)
    with database.view() as work:
        assert work.hubs.unsettled(NOW)
    left = claimed(database, NOW)
    assert [(one.id, one.feed_id, one.pending) for one in left] == [
        (one.id, None, HubMode.UNSUBSCRIBE) for one in (paused, gone, removed)
    ]
    with database.view() as work:
        assert not work.hubs.unsettled(NOW)
        assert list(work.hubs.of_feeds([1, 2, 3, 4])) == [active.feed_id]


def test_a_hub_that_never_lets_go_is_forgotten_after_some_tries(database: Database) -> None:
    one = verified(database, NOW)
    with database.work() as work:
        work.hubs.leave(one.feed_id or 0, NOW)
    now, tries = NOW, 0
    while everything(database):
        tries += len(claimed(database, now))
        now += HOUR
    assert tries == TRIES


def test_a_lease_that_ran_out_lapses_and_the_feed_is_due(database: Database) -> None:
    one = verified(database, NOW, lease_s=3_600)
    feed = one.feed_id or 0
    with database.work() as work:
        work.hubs.settle(NOW + HOUR - timedelta(seconds=1), BASE, TRIES)
    assert standing(database, feed).state is HubState.VERIFIED
    assert poll_at(database, feed) > NOW + HOUR
    with database.work() as work:
        work.hubs.settle(NOW + HOUR, BASE, TRIES)
    lapsed = standing(database, feed)
    assert (lapsed.state, lapsed.verified_at) == (HubState.LAPSED, None)
    assert poll_at(database, feed) == NOW + HOUR
    (again,) = claimed(database, NOW + HOUR)
    assert (again.id, again.state, again.token) == (one.id, HubState.ASKED, one.token)


def test_a_renewal_keeps_since_when_the_hub_has_pushed_and_a_gap_does_not(database: Database) -> None:
    one = verified(database, NOW, lease_s=3_600)
    with database.work() as work:
        work.hubs.verified(one.id, 3_600, NOW + HOUR, NOW + HOUR / 2)
    assert standing(database, one.feed_id or 0).verified_at == NOW
    with database.work() as work:
        work.hubs.verified(one.id, 3_600, NOW + 4 * HOUR, NOW + 3 * HOUR)
    assert standing(database, one.feed_id or 0).verified_at == NOW + 3 * HOUR


def test_at_another_public_address_all_are_asked_for_anew(database: Database) -> None:
    one = verified(database, NOW)
    assert claimed(database, NOW) == []
    (again,) = claimed(database, NOW, "https://elsewhere.example")
    assert (again.id, again.base, again.state) == (one.id, "https://elsewhere.example", HubState.ASKED)
    assert not again.live(NOW)


def test_the_next_hub_gets_neither_the_secret_nor_the_callback_of_the_last(database: Database) -> None:
    hubs = ("https://one.example/", "https://two.example/")
    one = asked(database, NOW, hubs=hubs)
    with database.work() as work:
        two = work.hubs.turn_to_next(one)
        assert (two.hub, two.attempts, two.topic) == (hubs[1], 1, one.topic)
        assert {two.secret, two.token}.isdisjoint({one.secret, one.token})
        assert work.hubs.by_token(one.token) is None
        assert work.hubs.turn_to_next(two).hub == hubs[0]


def test_pushes_of_a_feed_are_read_one_by_one_in_their_order(database: Database) -> None:
    one, other = verified(database, NOW), verified(database, NOW)
    with database.work() as work:
        for number in range(3):
            work.pushes.add(one.id, b"%d" % number, None, NOW)
        work.pushes.add(other.id, b"\x00\xff", "text/xml", NOW)
    feed = one.feed_id or 0
    with database.work() as work:
        assert work.pushes.any_waits(NOW)
        assert work.pushes.waiting_feeds(NOW, 9) == [feed, other.feed_id]
        assert work.pushes.waiting_feeds(NOW, 1) == [feed]
        first = work.pushes.claim_first(feed, NOW, LEASE)
        assert first is not None
        assert (first.body, first.attempts, first.feed_id, first.topic) == (b"0", 1, feed, TOPIC)
    with database.work() as work:
        work.pushes.again(first, NOW)
        second = work.pushes.claim_first(feed, NOW, LEASE)
        assert second is not None
        assert (second.id, second.attempts) == (first.id, 1)
        work.pushes.done(first)  # its claim is another's by now
        assert work.hubs.waiting_pushes(one.id) == 3
        work.pushes.done(second)
        assert work.hubs.waiting_pushes(one.id) == 2


def test_a_push_that_a_killed_worker_had_claimed_is_read_when_its_lease_ends(database: Database) -> None:
    one = verified(database, NOW)
    with database.work() as work:
        work.pushes.add(one.id, b"x", None, NOW)
        assert work.pushes.claim_first(one.feed_id or 0, NOW, LEASE) is not None
    with database.work() as work:
        assert not work.pushes.any_waits(NOW)
        assert work.pushes.waiting_feeds(NOW, 9) == []
        assert work.pushes.waiting_feeds(NOW + LEASE, 9) == [one.feed_id]
        assert work.end_leases(NOW) >= 1
    with database.view() as work:
        assert work.pushes.any_waits(NOW)


def test_what_is_given_up_takes_what_it_pushed_along(database: Database) -> None:
    one, other = verified(database, NOW), verified(database, NOW)
    with database.work() as work:
        for subscription in (one, other):
            work.pushes.add(subscription.id, b"x", None, NOW)
        work.hubs.leave(one.feed_id or 0, NOW)
        work.feeds.remove(other.feed_id or 0)
        work.hubs.settle(NOW, BASE, TRIES)
    with database.view() as work:
        assert not work.pushes.any_waits(NOW)
