"""Edits: what waits comes by the new timing, and what was asked for when is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from monitor.model.alert import ChannelName, DeliveryStatus, Filter, Subscription
from monitor.model.timing import Cadence, Hold, Timing
from monitor.pipeline.digests import Digests, Released
from monitor.pipeline.subscribing import edit, enable
from storage.engine import Database
from tests.integration.pipeline.test_digests import (
    DAILY,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    SEVEN,
    alert,
    sent,
    subscribed,
    tell,
)

WEEKLY = Timing(cadence=Cadence.WEEKLY)


def test_what_waited_for_sunday_comes_tomorrow_once_digests_are_daily(database: Database) -> None:
    subscription = subscribed(database, WEEKLY)
    key = tell(database, subscription, 1, NOON)
    with database.work() as work:
        made = edit(work, subscription.id, subscription.filter, DAILY, who="kay", why="", now=NOON + HOUR)
    assert made.next_digest_at == SEVEN
    assert alert(database, key).hold == Hold(until=SEVEN, why="daily digest")
    assert Digests(database).step(SEVEN) == Released(digests=1, folded=1)


def test_what_waited_for_a_digest_comes_at_once_when_alerts_do(database: Database) -> None:
    subscription = subscribed(database, WEEKLY)
    key = tell(database, subscription, 1, NOON)
    with database.work() as work:
        made = edit(work, subscription.id, subscription.filter, Timing(), who="kay", why="", now=NOON + HOUR)
    assert made.next_digest_at is None
    assert Digests(database).step(NOON + HOUR) == Released(alone=1)
    assert sent(database) == [(key, "alone 1")]


def test_what_waited_does_not_come_in_quiet_hours_that_come_with_the_edit(database: Database) -> None:
    subscription = subscribed(database, WEEKLY)
    tell(database, subscription, 1, NOON)
    quiet = Timing(quiet=(time(12), time(15)))
    with database.work() as work:
        edit(work, subscription.id, subscription.filter, quiet, who="kay", why="", now=NOON + HOUR)
    assert Digests(database).step(NOON + 3 * HOUR - MINUTE) == Released()
    assert Digests(database).step(NOON + 3 * HOUR) == Released(alone=1)


def test_another_filter_leaves_the_next_digest_where_it_was(database: Database) -> None:
    subscription = subscribed(database, DAILY)
    key = tell(database, subscription, 1, NOON)
    with database.work() as work:
        made = edit(work, subscription.id, Filter(pending=True), DAILY, who="kay", why="more", now=NOON + HOUR)
        versions = work.subscriptions.versions(subscription.id)
    assert made.next_digest_at == SEVEN
    assert alert(database, key).hold == Hold(until=SEVEN, why="daily digest")
    assert [(v.n, v.filter.pending, v.who, v.why, v.at) for v in versions] == [
        (1, False, "", "", NOON),
        (2, True, "kay", "more", NOON + HOUR),
    ]


def test_an_edit_that_changes_nothing_is_no_version(database: Database) -> None:
    subscription = subscribed(database, DAILY)
    with database.work() as work:
        assert edit(work, subscription.id, Filter(), DAILY, who="kay", why="", now=NOON + HOUR) == subscription
        assert len(work.subscriptions.versions(subscription.id)) == 1


def test_a_webhook_has_no_digest_and_keeps_what_is_on_its_way(database: Database) -> None:
    with database.work() as work:
        made = work.subscriptions.add("bot", ChannelName.WEBHOOK, "https://x.example", Filter(), "whsec_x", NOON)
    key = tell(database, made, 1, NOON)
    with database.work() as work:
        made = edit(work, made.id, Filter(), Timing(most_per_hour=5), who="kay", why="", now=NOON + HOUR)
    assert made.next_digest_at is None
    assert alert(database, key).delivery is DeliveryStatus.PENDING


def test_a_subscription_that_was_off_for_days_reports_from_when_it_is_on_again(database: Database) -> None:
    subscription = subscribed(database, replace(DAILY, empty=True))
    with database.work() as work:
        work.subscriptions.disable(subscription.id, "holidays", NOON)
    later = SEVEN + 3 * DAY + HOUR
    with database.work() as work:
        made = enable(work, subscription.id, who="cli", now=later)
        assert enable(work, subscription.id, who="cli", now=later + HOUR) == made, "it is on already"
        (entry,) = work.audit.of("subscription enabled", str(subscription.id))
    assert (made.next_digest_at, made.last_digest_at) == (SEVEN + 4 * DAY, later)
    assert (entry.at, entry.detail["why"]) == (later, "holidays")
    assert Digests(database).step(later) == Released()


def hook(database: Database, timing: Timing) -> Subscription:
    with database.work() as work:
        return work.subscriptions.add(
            "bot", ChannelName.WEBHOOK, "https://x.example", Filter(), "whsec_x", NOON, timing=timing
        )


def due(database: Database) -> list[datetime]:
    """When what is on its way goes out, earliest first."""
    with database.view() as work:
        return sorted(d.next_attempt_at for d in work.alerts.deliveries() if d.next_attempt_at is not None)


def test_a_rate_holds_for_days_and_for_what_comes_in_the_meantime(database: Database) -> None:
    subscription = hook(database, Timing(most_per_hour=1))
    for number in range(60):
        tell(database, subscription, number, NOON)
    with database.work() as work:
        assert len(work.alerts.claim_due(NOON, 99, HOUR)) == 1, "and none that is due in more than two days"
    tell(database, subscription, 60, NOON + 2 * DAY)
    assert due(database) == [NOON + n * HOUR for n in range(61)]


def test_what_a_rate_or_quiet_hours_put_off_goes_by_the_new_timing(database: Database) -> None:
    subscription = hook(database, Timing(most_per_hour=1))
    for number in range(60):
        tell(database, subscription, number, NOON)
    with database.work() as work:
        assert len(work.alerts.claim_due(NOON, 1, HOUR)) == 1
        edit(work, subscription.id, Filter(), Timing(most_per_hour=30), who="kay", why="", now=NOON)
    assert due(database) == [NOON] * 30 + [NOON + HOUR] * 30
    with database.work() as work:
        edit(work, subscription.id, Filter(), Timing(), who="kay", why="", now=NOON + MINUTE)
    assert due(database) == [NOON] + [NOON + MINUTE] * 59
