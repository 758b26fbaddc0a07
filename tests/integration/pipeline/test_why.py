"""One line of reason for every change and subscription: what became of the alert, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.alerts.timing import first_digest
from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus, Filter, Subscription
from monitor.model.position import Change, ChangeKind
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.digests import Digests
from monitor.pipeline.subscribing import edit, enable
from monitor.pipeline.why import Why, why, why_all
from storage.engine import Database
from tests.integration.pipeline.walking import AGAINST, FOR, Walk

DAY = timedelta(days=1)
BEFORE = datetime(2025, 6, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)

Subscribes = Callable[..., Subscription]


@pytest.fixture
def walk(sqlite_database: Database, tmp_path: Path) -> Walk:
    return Walk(sqlite_database, tmp_path / "pack")


@pytest.fixture
def subscribes(walk: Walk) -> Subscribes:
    def subscribe(
        timing: Timing = Timing(),  # noqa: B008
        channel: ChannelName = ChannelName.EMAIL,
        now: datetime = BEFORE,
        *,
        confirmed: bool = True,
        **wanted: object,
    ) -> Subscription:
        target = {ChannelName.EMAIL: "kay@example.org", ChannelName.WEBHOOK: "https://hook.example/secret"}[channel]
        with walk.database.work() as work:
            return work.subscriptions.add(
                "kay", channel, target, Filter(**wanted), None, now, timing=timing, confirmed=confirmed,  # type: ignore[arg-type]
                next_digest_at=first_digest(timing, channel, now),
            )  # fmt: skip

    return subscribe


def found(walk: Walk, now: datetime = NOW, **more: bool) -> Change:
    """A confirmed reversal of Astrid Holm, found at this moment."""
    walk.says("Holm", FOR, 1, **more)
    walk.says("Holm", AGAINST, 20, **more)
    walk.reader.step(now, limit=1000)
    return reversal(walk)


def reversal(walk: Walk) -> Change:
    (change,) = [c for c in walk.changes() if c.found.kind is ChangeKind.REVERSED]
    return change


def said(walk: Walk, change: Change, subscription: Subscription) -> str:
    return told(walk, change, subscription).line


def told(walk: Walk, change: Change, subscription: Subscription) -> Why:
    with walk.database.view() as work:
        return why(work, change, work.subscriptions.get(subscription.id), work.rules.current())


def attempt(walk: Walk, result: AttemptResult, status: DeliveryStatus, now: datetime, again: datetime | None) -> None:
    """Every delivery that is due is attempted once, with this result."""
    with walk.database.work() as work:
        while claimed := work.alerts.claim_due(now, 99, HOUR):
            for delivery in claimed:
                work.alerts.record(delivery, result, status, again, now)


WELL = AttemptResult(ok=True, status=250)
ILL = AttemptResult(ok=False, status=451, error="mail.example is busy (451)")


def test_queued_then_tried_then_sent(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes(channel=ChannelName.WEBHOOK)
    change = found(walk)
    assert said(walk, change, subscription) == "queued by webhook to https://hook.example/…, due 2025-06-02 12:00 UTC"
    attempt(walk, ILL, DeliveryStatus.PENDING, NOW, NOW + HOUR)
    assert said(walk, change, subscription) == (
        "tried once by webhook to https://hook.example/…, again on 2025-06-02 13:00 UTC: mail.example is busy (451)"
    )
    attempt(walk, WELL, DeliveryStatus.DELIVERED, NOW + HOUR, None)
    line = said(walk, change, subscription)
    assert line == "sent on 2025-06-02 13:00 UTC by webhook to https://hook.example/…"
    assert "secret" not in line
    assert told(walk, change, subscription).alert is not None


def test_a_dead_letter_since_when_and_why(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    change = found(walk)
    attempt(walk, ILL, DeliveryStatus.DEAD, NOW, None)
    assert said(walk, change, subscription) == (
        "dead letter since 2025-06-02 12:00 UTC, by email to k…@example.org: mail.example is busy (451)"
    )


def test_waiting_for_a_digest_then_in_it(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes(Timing(cadence=Cadence.DAILY))
    change = found(walk)
    assert said(walk, change, subscription) == "waiting until 2025-06-03 07:00 UTC: daily digest"
    morning = datetime(2025, 6, 3, 7, tzinfo=UTC)
    Digests(walk.database).step(morning)
    attempt(walk, WELL, DeliveryStatus.DELIVERED, morning, None)
    line = said(walk, change, subscription)
    assert line.startswith("sent in digest dig_")
    assert line.endswith(" on 2025-06-03 07:00 UTC by email to k…@example.org")


def test_waiting_for_the_end_of_quiet_hours(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes(Timing(quiet=(time(11), time(15))))
    bot = subscribes(Timing(quiet=(time(11), time(15))), ChannelName.WEBHOOK)
    change = found(walk)
    assert said(walk, change, subscription) == "waiting until 2025-06-02 15:00 UTC: quiet hours"
    assert said(walk, change, bot) == (
        "queued by webhook to https://hook.example/…, due 2025-06-02 15:00 UTC (quiet hours)"
    )


def test_cancelled_before_it_was_sent(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes(Timing(cadence=Cadence.DAILY))
    walk.says("Holm", FOR, 1)
    items = walk.says("Holm", AGAINST, 20)
    walk.reader.step(NOW, limit=1000)
    change = reversal(walk)
    for item in items:
        walk.revise(item, "Nothing of the kind was said.")
    walk.reader.step(NOW + HOUR, limit=1000)
    line = said(walk, change, subscription)
    assert line == "cancelled before it was sent: the change no longer held"


def test_a_correction_is_told_beside_what_it_takes_back(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    walk.says("Holm", FOR, 1)
    items = walk.says("Holm", AGAINST, 20)
    walk.reader.step(NOW, limit=1000)
    attempt(walk, WELL, DeliveryStatus.DELIVERED, NOW, None)
    change = reversal(walk)
    for item in items:
        walk.revise(item, "Nothing of the kind was said.")
    walk.reader.step(NOW + HOUR, limit=1000)
    line = said(walk, change, subscription)
    assert line.startswith("sent on 2025-06-02 12:00 UTC by email to k…@example.org; its correction: queued by email")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"actors": frozenset({"sten-berg"})}, "filtered by actor: astrid-holm is not among sten-berg"),
        ({"issues": frozenset({"whaling"})}, "filtered by issue: seabed-mining is not among whaling"),
        ({"kinds": frozenset({ChangeKind.FIRST})}, "filtered by kind: reversed is not among first"),
        ({"least_confidence": 1.0}, "below confidence: "),
    ],
)
def test_filtered(walk: Walk, subscribes: Subscribes, wanted: dict[str, object], reason: str) -> None:
    assert said(walk, found(walk), subscribes(**wanted)).startswith(reason)


def test_pending(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    walk.says("Holm", FOR, 1)
    walk.says("Holm", AGAINST[:1], 20)
    walk.reader.step(NOW, limit=1000)
    assert said(walk, reversal(walk), subscription) == "pending, and the subscription asks for confirmed changes only"


def test_the_filter_of_that_time_counts_and_not_that_of_today(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes(actors=frozenset({"sten-berg"}))
    change = found(walk)
    with walk.database.work() as work:
        edit(work, subscription.id, Filter(), subscription.timing, who="kay", why="all of it", now=NOW + HOUR)
    assert said(walk, change, subscription) == (
        "filtered by actor: astrid-holm is not among sten-berg "
        "(by what the subscription wanted from 2025-06-01 00:00 UTC on, version 1)"
    )


def test_subscribed_later(walk: Walk, subscribes: Subscribes) -> None:
    change = found(walk)
    subscription = subscribes(now=NOW + DAY)
    assert said(walk, change, subscription) == (
        "subscribed later: on 2025-06-03 12:00 UTC, the change was found on 2025-06-02 12:00 UTC"
    )


def test_disabled_then_also_after_it_was_enabled_again(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    with walk.database.work() as work:
        work.subscriptions.disable(subscription.id, "by the operator", BEFORE + HOUR)
    change = found(walk)
    assert said(walk, change, subscription) == "subscription disabled since 2025-06-01 01:00 UTC: by the operator"
    with walk.database.work() as work:
        enable(work, subscription.id, who="cli", now=NOW + DAY)
    assert said(walk, change, subscription) == (
        "subscription disabled then, from 2025-06-01 01:00 UTC to 2025-06-03 12:00 UTC: by the operator"
    )


def test_an_alert_that_waits_for_a_subscription_that_is_off_says_so(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    change = found(walk)
    with walk.database.work() as work:
        work.subscriptions.disable(subscription.id, "by the operator", NOW + HOUR)
    assert said(walk, change, subscription).endswith("; the subscription is off since 2025-06-02 13:00 UTC")


def test_an_address_that_was_not_confirmed_yet(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes(confirmed=False)
    change = found(walk)
    assert said(walk, change, subscription) == "address not confirmed by its owner yet"
    with walk.database.work() as work:
        work.subscriptions.addresses.confirm("kay@example.org", NOW + DAY)
    assert said(walk, change, subscription) == "address confirmed by its owner only later, on 2025-06-03 12:00 UTC"


def test_a_suppressed_address(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    with walk.database.work() as work:
        work.subscriptions.addresses.suppress("kay@example.org", "no such user (550)", BEFORE)
    assert said(walk, found(walk), subscription) == (
        "address suppressed since 2025-06-01 00:00 UTC: no such user (550)"
    )


@pytest.mark.parametrize("timing", [Timing(), Timing(cadence=Cadence.DAILY)], ids=["queued", "held"])
def test_an_alert_that_waits_for_an_address_that_is_suppressed_says_so(
    walk: Walk, subscribes: Subscribes, timing: Timing
) -> None:
    subscription = subscribes(timing)
    change = found(walk)
    with walk.database.work() as work:
        work.subscriptions.addresses.suppress("kay@example.org", "no such user (550)", NOW + HOUR)
    assert said(walk, change, subscription).endswith("; the address is suppressed: no such user (550)")


def test_cancelled_after_tries_that_failed(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    walk.says("Holm", FOR, 1)
    items = walk.says("Holm", AGAINST, 20)
    walk.reader.step(NOW, limit=1000)
    attempt(walk, ILL, DeliveryStatus.PENDING, NOW, NOW + DAY)
    change = reversal(walk)
    for item in items:
        walk.revise(item, "Nothing of the kind was said.")
    walk.reader.step(NOW + HOUR, limit=1000)
    line = said(walk, change, subscription)
    assert line.startswith("cancelled after a try that failed: the change no longer held; its correction: queued")


def test_a_silent_baseline(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    change = found(walk, baseline=True)
    assert said(walk, change, subscription) == "silent: baseline of a new feed, rule or installation"


def test_told_with_another_change_by_the_same_words(walk: Walk, subscribes: Subscribes) -> None:
    subscription = subscribes()
    change = found(walk)
    state = next(c for c in walk.changes("norland") if c.found.trigger == change.found.trigger)
    lines = {said(walk, change, subscription), said(walk, state, subscription)}
    queued = "queued by email to k…@example.org, due 2025-06-02 12:00 UTC"
    assert queued in lines
    (other,) = lines - {queued}
    assert other in {
        f"told with change {change.id} (astrid-holm), by the same words: {queued}",
        f"told with change {state.id} (norland), by the same words: {queued}",
    }


def test_found_by_reading_again(walk: Walk, subscribes: Subscribes) -> None:
    """Who was there, wanted it and has no alert: the change came to light in a way that alerts nobody."""
    change = found(walk)
    subscription = subscribes(now=BEFORE)
    assert said(walk, change, subscription).startswith("not told: it was found by reading history again")


def test_every_subscription_has_its_line(walk: Walk, subscribes: Subscribes) -> None:
    made = [subscribes(), subscribes(kinds=frozenset({ChangeKind.SPLIT})), subscribes(confirmed=False)]
    change = found(walk)
    with walk.database.work() as work:
        work.subscriptions.disable(made[1].id, "", NOW)
        lines = why_all(work, change, work.rules.current())
    assert [line.subscription.id for line in lines] == [one.id for one in made]
    assert all(line.line and "\n" not in line.line for line in lines)
