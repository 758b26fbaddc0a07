"""What a subscription would have brought is what it does bring: the same filter, the same timing, the same folding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.alerts.timing import first_digest
from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.digests import Digests
from monitor.pipeline.mailbox import Event, simulated
from monitor.pipeline.trial import Trial, trial
from storage.engine import Database
from tests.integration.pipeline.test_digests import subscribed, tell
from tests.integration.pipeline.walking import AGAINST, FOR, Walk
from tests.unit.alerts.contents import CHANGE

START = datetime(2025, 2, 24, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def asked(timing: Timing = Timing(), channel: ChannelName = ChannelName.EMAIL, **wanted: object) -> Subscription:  # noqa: B008
    return Subscription(
        id=0,
        subscriber="desk",
        channel=channel,
        target="desk@example.org",
        filter=Filter(**wanted),  # type: ignore[arg-type]
        created_at=START,
        timing=timing,
    )


def event(number: int, at: datetime, corrects: str | None = None) -> Event:
    name = {"actor": f"Actor {number}", "actor_short": f"A{number}", "at": CHANGE.at - number * MINUTE}
    return Event(at=at, key=f"{'c' if corrects else 'e'}{number}", content=replace(CHANGE, **name), corrects=corrects)


TIMINGS = [
    Timing(),
    Timing(burst=2),
    Timing(quiet=(time(22), time(7))),
    Timing(burst=1, quiet=(time(13), time(14)), zone="Europe/Berlin"),
    Timing(most_per_hour=2),
    Timing(cadence=Cadence.HOURLY, quiet=(time(0), time(5))),
    Timing(cadence=Cadence.DAILY, zone="Asia/Kolkata", at=time(7, 30)),
    Timing(cadence=Cadence.DAILY, empty=False),
    Timing(cadence=Cadence.WEEKLY, weekday=2),
]


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_trial_brings_what_the_pipeline_brings(sqlite_database: Database, timing: Timing) -> None:
    """One storm of 24 alerts, told for real and simulated: the same messages at the same minutes."""
    moments = [START + n * n * 7 * MINUTE for n in range(24)]
    until = START + 9 * DAY
    subscription, digests = subscribed(sqlite_database, timing, START), Digests(sqlite_database)
    real: dict[str, datetime] = {}
    now, waiting = START, list(enumerate(moments))
    while now <= until:
        while waiting and waiting[0][1] <= now:
            number, _ = waiting.pop(0)
            tell(sqlite_database, subscription, number, now)
        digests.step(now)
        with sqlite_database.view() as work:
            for delivery in work.alerts.deliveries(limit=10_000):
                real.setdefault(delivery.alert_id, delivery.created_at)
            following = [m for m in (*(at for _, at in waiting), *_due(work, subscription)) if m > now]
        now = min(following, default=until + MINUTE)
    sendings, _ = simulated(asked(timing), [event(n, at) for n, at in enumerate(moments)], START, until)
    assert [sending.at for sending in sendings] == sorted(real.values())


def _due(work: object, subscription: Subscription) -> list[datetime]:
    held = work.alerts.held(subscription.id)  # type: ignore[attr-defined]
    due = work.subscriptions.get(subscription.id).next_digest_at  # type: ignore[attr-defined]
    return [alert.until for alert in held] + ([due] if due else [])


def test_programs_get_each_alert_by_itself_spread_by_their_rate() -> None:
    events = [event(n, START) for n in range(5)]
    told, waiting = simulated(asked(Timing(most_per_hour=2), ChannelName.WEBHOOK), events, START, START + DAY)
    assert [(sending.at - START) // HOUR for sending in told] == [0, 0, 1, 1, 2]
    assert waiting == 0


def test_a_change_that_fell_while_it_would_have_waited_is_not_counted() -> None:
    daily = asked(Timing(cadence=Cadence.DAILY, empty=False))
    events = [event(1, START), event(2, START), event(1, START + HOUR, corrects="e1")]
    told, _ = simulated(daily, events, START, START + DAY)
    assert [(sending.alerts, sending.subject) for sending in told] == [
        (1, "Volteface, Tuesday 25 February: 1 change (A2)")
    ]
    later = [event(1, START), event(1, START + DAY, corrects="e1")]
    told, _ = simulated(daily, later, START, START + 2 * DAY)
    assert len(told) == 2


NIGHT = Timing(quiet=(time(11), time(23)))


def test_what_a_program_was_to_get_later_is_not_counted_where_it_fell_before() -> None:
    """Neither the alert nor its correction goes out, and neither takes a place within the rate."""
    hook = asked(NIGHT, ChannelName.WEBHOOK)
    events = [event(1, START), event(2, START), event(1, START + HOUR, corrects="e1")]
    told, _ = simulated(hook, events, START, START + DAY)
    assert [sending.at for sending in told] == [START + 11 * HOUR]
    assert "A2" in told[0].subject
    events = [event(1, START), event(1, START + 12 * HOUR, corrects="e1")]
    told, _ = simulated(hook, events, START, START + DAY)
    assert [sending.at - START for sending in told] == [11 * HOUR, 12 * HOUR]
    spread = asked(Timing(most_per_hour=1), ChannelName.WEBHOOK)
    events = [event(1, START), event(2, START), event(2, START + MINUTE, corrects="e2"), event(3, START + 2 * MINUTE)]
    told, _ = simulated(spread, events, START, START + DAY)
    assert [sending.at - START for sending in told] == [timedelta(), HOUR]


def test_what_fell_after_it_was_told_as_pending_is_taken_back_though_its_confirmation_was_not_sent() -> None:
    confirmed = replace(event(1, START + 10 * MINUTE), key="confirmed")
    fell = replace(event(1, START + 20 * MINUTE, corrects="confirmed"), along="e1")
    spread = asked(Timing(most_per_hour=1), ChannelName.WEBHOOK)
    told, _ = simulated(spread, [event(1, START), confirmed, fell], START, START + DAY)
    assert [sending.at - START for sending in told] == [timedelta(), HOUR]
    told, _ = simulated(asked(NIGHT, ChannelName.WEBHOOK), [event(1, START), confirmed, fell], START, START + DAY)
    assert told == []


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def read_one_by_one(walk: Walk, items: list[int]) -> datetime:
    """Reads each item an hour after the one before; gives the hour after the last."""
    now = START + 30 * DAY
    for _ in items:
        now += HOUR
        walk.reader.step(now, limit=1)
    return now + HOUR


def tried(walk: Walk, subscription: Subscription, now: datetime, days: int = 30) -> Trial:
    with walk.database.view() as work:
        return trial(work, subscription, work.rules.current(), now, days=days)


def test_stored_changes_are_counted_as_they_would_have_been_told(walk: Walk) -> None:
    """The items of the walk are dated 100 days back: what a real subscription is told is what the trial says."""
    channel = ChannelName.LOG
    with walk.database.work() as work:
        real = work.subscriptions.add("r", channel, "log", Filter(pending=True), None, START, timing=Timing())
    items = walk.says("Holm", FOR, 1) + walk.says("Holm", AGAINST, 20) + [walk.put("They ship herring.", 30)]
    now = read_one_by_one(walk, items)
    found = tried(walk, asked(channel=channel, pending=True), now, days=365)
    with walk.database.view() as work:
        told = work.alerts.of_subscription(real.id)
    assert found.alerts == len(told) > 2
    assert sorted(sending.subject for sending in found.sendings) == sorted(alert.subject for alert in told)
    none = tried(walk, asked(channel=channel, kinds=frozenset({ChangeKind.WITHDRAWN})), now, days=365)
    assert none.alerts == 0
    reversals = tried(walk, asked(channel=channel, kinds=frozenset({ChangeKind.REVERSED})), now, days=365)
    assert 0 < reversals.alerts < found.alerts


def test_what_fell_was_told_and_taken_back(walk: Walk) -> None:
    items = walk.says("Holm", FOR, 1) + walk.says("Holm", AGAINST, 20)
    now = read_one_by_one(walk, items)
    for item in items[len(FOR) :]:
        walk.revise(item, "Nothing of the kind was said.")
    walk.reader.step(now, limit=100)
    found = tried(walk, asked(kinds=frozenset({ChangeKind.REVERSED}), actors=frozenset({"astrid-holm"})), now, 365)
    assert [sending.subject.startswith("Taken back") for sending in found.sendings] == [False, True]


@pytest.mark.parametrize("quiet", [(time(12), time(23)), (time(18), time(23))])
def test_what_was_put_off_and_fell_in_time_counts_as_it_was_sent(walk: Walk, quiet: tuple[time, time]) -> None:
    """Told as pending and then as confirmed, all or the last of it put off, then taken back: what really goes out."""
    wanted = Filter(pending=True, kinds=frozenset({ChangeKind.REVERSED}), actors=frozenset({"astrid-holm"}))
    timing = Timing(quiet=quiet)
    with walk.database.work() as work:
        real = work.subscriptions.add("r", ChannelName.WEBHOOK, "https://x.example/", wanted, "s", START, timing=timing)
    items = walk.says("Holm", FOR, 1) + walk.says("Holm", AGAINST, 20)
    read_one_by_one(walk, items)
    until = START + 30 * DAY + 8 * HOUR
    assert sent_by(walk, real, until) == tried(walk, real, until, 365).alerts
    for item in items[len(FOR) :]:
        walk.revise(item, "Nothing of the kind was said.")
    walk.reader.step(until, limit=100)
    later = START + 31 * DAY
    assert sent_by(walk, real, later) == tried(walk, real, later, 365).alerts


def sent_by(walk: Walk, subscription: Subscription, now: datetime) -> int:
    """How many messages would be out by then, as the endpoint answers at once."""
    with walk.database.work() as work:
        while claimed := work.alerts.claim_due(now, 100, HOUR):
            for one in claimed:
                work.alerts.record(one, AttemptResult(ok=True), DeliveryStatus.DELIVERED, None, now)
        found = work.alerts.deliveries(DeliveryStatus.DELIVERED)
    return sum(one.subscription_id == subscription.id for one in found)


def test_a_baseline_is_no_news_in_a_trial_either(walk: Walk) -> None:
    walk.says("Holm", FOR, 1, baseline=True)
    walk.read()
    assert tried(walk, asked(pending=True), START + 200 * DAY, days=365).alerts == 0


def test_it_says_since_when_there_is_anything_to_go_by(walk: Walk) -> None:
    now = START + 200 * DAY
    assert tried(walk, asked(), now).watched_since is None
    with walk.database.work() as work:
        work.feeds.add("https://a.example/feed", "A", "", now - 3 * DAY)
    assert tried(walk, asked(), now).watched_since == now - 3 * DAY


def test_digests_that_say_that_nothing_changed_are_counted_apart(walk: Walk) -> None:
    weekly = asked(Timing(cadence=Cadence.WEEKLY))
    found = tried(walk, weekly, START)
    assert (found.alerts, found.digests, found.empty) == (0, 0, 5)
    assert first_digest(weekly.timing, weekly.channel, START - 30 * DAY) == found.sendings[0].at
    assert {sending.subject.endswith("no change") for sending in found.sendings} == {True}
