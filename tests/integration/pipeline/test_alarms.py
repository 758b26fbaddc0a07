"""Operators are told of each trouble once, and when it is over; nobody else hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.model.alert import AlertKind, AttemptResult, Audience, ChannelName, DeliveryStatus, Filter, Subscription
from monitor.model.feed import Feed, FeedStatus
from monitor.pipeline.alarms import AlarmStep
from monitor.pipeline.troubles import endpoint_troubles
from rules.model import ActorKind, ActorRule, Office
from storage.engine import Database
from storage.values import StoredAlert
from tests.contract.storage.values import DAY, MINUTE, NOW, alert

HOUR = timedelta(hours=1)
ROOMY = (10**12, 0, 10**12)


class Watch:
    """A service with one operator and one subscriber, and a feed that is well."""

    def __init__(self, database: Database) -> None:
        self.database, self.free = database, ROOMY
        with database.work() as work:
            self.operator = work.subscriptions.add(
                "ops", ChannelName.LOG, "ops", Filter(), None, NOW, audience=Audience.OPERATIONS
            )
            self.reader = work.subscriptions.add("Ada", ChannelName.LOG, "ada", Filter(), None, NOW)
            self.feed = work.feeds.add("https://paper.example/feed", "Paper", "", NOW)
        self.set(last_poll_at=NOW, last_success_at=NOW, next_poll_at=NOW + HOUR)
        self.step = AlarmStep(database, disk=self._disk)

    def _disk(self, _where: Path) -> tuple[int, int, int]:
        return self.free

    def set(self, **changes: object) -> Feed:
        with self.database.work() as work:
            work.feeds.save(replace(work.feeds.get(self.feed.id), **changes))  # type: ignore[arg-type]
            return work.feeds.get(self.feed.id)

    def told(self) -> list[StoredAlert]:
        with self.database.view() as work:
            assert work.alerts.of_subscription(self.reader.id) == []
            return sorted(work.alerts.of_subscription(self.operator.id), key=lambda a: (a.created_at, a.sequence))


@pytest.fixture
def watch(database: Database) -> Watch:
    return Watch(database)


def test_while_all_is_well_nobody_hears_anything(watch: Watch) -> None:
    assert watch.step.look(NOW + MINUTE) == 0
    assert watch.told() == []


def test_a_feed_that_is_gone_is_told_once_and_when_it_is_back(watch: Watch) -> None:
    watch.set(status=FeedStatus.GONE, last_error="the server says it is gone for good (410)", errors_since=NOW)
    assert watch.step.look(NOW + MINUTE) == 1
    assert watch.step.look(NOW + 2 * MINUTE) == 0
    (first,) = watch.told()
    assert first.kind is AlertKind.ALARM
    assert first.subject == "Volteface operations: feed gone: Paper"
    assert first.delivery is DeliveryStatus.PENDING
    watch.set(status=FeedStatus.ACTIVE, last_error=None, errors_since=None)
    assert watch.step.look(NOW + 3 * MINUTE) == 1
    assert [a.subject for a in watch.told()][1] == "Volteface operations: over: feed gone: Paper"
    watch.set(status=FeedStatus.GONE, last_error="gone", errors_since=NOW)
    watch.step.look(NOW + 4 * MINUTE)
    assert len(watch.told()) == 3  # a new trouble is told anew


def test_a_feed_that_fails_is_told_after_a_day_and_not_before(watch: Watch) -> None:
    watch.set(failures=9, last_error="the server has an internal error (500)", errors_since=NOW)
    later = NOW + DAY
    watch.set(last_poll_at=later, next_poll_at=later + HOUR)
    assert watch.step.look(later - MINUTE) == 0
    assert watch.step.look(later) == 1
    assert "internal error" in str(watch.told()[0].content)


def test_a_feed_that_is_silent_against_its_rhythm_is_told(watch: Watch) -> None:
    later = NOW + 5 * DAY
    watch.set(rhythm_s=3_600, newest_entry_at=NOW, last_new_at=NOW, last_poll_at=later, next_poll_at=later + HOUR)
    assert watch.step.look(later) == 1
    assert watch.told()[0].subject == "Volteface operations: feed silent: Paper"


def test_nothing_polled_for_an_hour_though_feeds_are_overdue(watch: Watch) -> None:
    assert watch.step.look(NOW + 2 * HOUR - MINUTE) == 0
    assert watch.step.look(NOW + 2 * HOUR + MINUTE) == 1
    assert "Nothing was polled" in str(watch.told()[0].content)


def test_a_disk_that_is_nearly_full(watch: Watch) -> None:
    watch.free = (10**11, 0, 400 * 2**20)
    assert watch.step.look(NOW) == 1
    watch.free = (10**9, 0, 200 * 2**20)  # a small disk with a fifth of it free
    assert watch.step.look(NOW) == 1
    assert [a.subject for a in watch.told()] == [
        "Volteface operations: disk: disk",
        "Volteface operations: over: disk: disk",
    ]


def test_dead_letters_and_endpoints_that_nothing_reaches(watch: Watch) -> None:
    with watch.database.work() as work:
        hook = work.subscriptions.add("bot", ChannelName.WEBHOOK, "https://x.example/", Filter(), "whsec_x", NOW)
        alert(work, hook.id, "one")
        (claimed,) = work.alerts.claim_due(NOW, 9, MINUTE)
        gone = AttemptResult(ok=False, status=410, error="answered 410 Gone")
        work.alerts.record(claimed, gone, DeliveryStatus.DEAD, None, NOW)
        work.subscriptions.disable(hook.id, "given up, trying again would not help: answered 410 Gone", NOW)
    assert watch.step.look(NOW) == 2
    (told,) = watch.told()  # one message for what came up together
    assert told.subject == "Volteface operations: 2 troubles (bot by webhook, bot by webhook)"
    assert "1 delivery was given up" in str(told.content)


def test_mail_that_does_not_go_out_for_an_hour_is_told_until_one_does(watch: Watch) -> None:
    with watch.database.work() as work:
        ada = work.subscriptions.add("Ada", ChannelName.EMAIL, "ada@x.example", Filter(), None, NOW)
        alert(work, ada.id, "one")
        (claimed,) = work.alerts.claim_due(NOW, 9, MINUTE)
        down = AttemptResult(ok=False, error="the mail server refuses connections")
        work.alerts.record(claimed, down, DeliveryStatus.PENDING, NOW + MINUTE, NOW)
    later = NOW + HOUR
    watch.set(last_poll_at=later, next_poll_at=later + HOUR)
    assert watch.step.look(later - MINUTE) == 0
    assert watch.step.look(later) == 1
    assert "refuses connections" in str(watch.told()[0].content)
    with watch.database.work() as work:
        (again,) = [c for c in work.alerts.claim_due(later, 9, MINUTE) if c.channel is ChannelName.EMAIL]
        work.alerts.record(again, AttemptResult(ok=True), DeliveryStatus.DELIVERED, None, later)
    assert watch.step.look(later) == 1
    assert watch.told()[1].subject == "Volteface operations: over: mail: mail"


def test_what_an_operator_switched_off_is_no_trouble(watch: Watch) -> None:
    with watch.database.work() as work:
        work.subscriptions.disable(watch.reader.id, "by the operator", NOW)
    assert watch.step.look(NOW) == 0


def test_an_office_without_a_successor_is_told_until_there_is_one(watch: Watch) -> None:
    today = NOW.date()
    office = Office(title="Fisheries Minister", until=today - timedelta(days=2))
    former = ActorRule(id="sten-berg", name="Sten Berg", kind=ActorKind.PERSON, offices=(office,))
    with watch.database.work() as work:
        work.rules.save(former, "ada", "test", NOW)
    assert watch.step.look(NOW) == 1
    assert watch.told()[0].subject == "Volteface operations: office ended: Sten Berg, Fisheries Minister"
    successor = replace(
        former, id="liv-dahl", name="Liv Dahl", offices=(Office(title="Fisheries Minister", since=today),)
    )
    with watch.database.work() as work:
        work.rules.save(successor, "ada", "test", NOW)
    assert watch.step.look(NOW) == 1
    assert len(watch.told()) == 1  # it needs no word that an edit did what it was meant to do


def test_offices_that_ended_long_ago_are_no_news(watch: Watch) -> None:
    former = ActorRule(
        id="a", name="A B", kind=ActorKind.PERSON, offices=(Office(title="Mayor", until=date(2020, 1, 1)),)
    )
    with watch.database.work() as work:
        work.rules.save(former, "ada", "test", NOW)
    assert watch.step.look(NOW) == 0


def test_troubles_are_on_record_where_no_operator_is_subscribed(database: Database) -> None:
    step = AlarmStep(database, disk=lambda _where: (10**12, 0, 1))
    assert step.look(NOW) == 1
    assert step.look(NOW) == 0
    with database.view() as work:
        (open_one,) = work.alarms.open()
    assert (open_one.kind, open_one.over_at) == ("disk", None)


def test_when_the_network_is_away_operators_get_one_message_for_all_feeds(watch: Watch) -> None:
    with watch.database.work() as work:
        for n in range(120):
            feed = work.feeds.add(f"https://p{n}.example/feed", f"Paper {n}", "", NOW)
            work.feeds.save(
                replace(feed, failures=3, last_error="no network", errors_since=NOW - 2 * DAY, last_poll_at=NOW)
            )
    assert watch.step.look(NOW) == 120
    (told,) = watch.told()
    assert told.subject == "Volteface operations: 120 troubles (Paper 0, Paper 1, Paper 10, +117)"


def test_the_remedy_for_a_suppressed_address_is_to_ask_its_owner_anew(database: Database) -> None:
    with database.work() as work:
        mail = work.subscriptions.add("kay", ChannelName.EMAIL, "kay@example.org", Filter(), None, NOW)
        hook = work.subscriptions.add("bot", ChannelName.WEBHOOK, "https://hook.example/x", Filter(), "whsec_x", NOW)
        work.subscriptions.addresses.suppress(mail.target, "given up: no such user (550)", NOW)
        work.subscriptions.disable(hook.id, "given up: answered 410", NOW)
        found = [trouble.remedy for trouble in endpoint_troubles(work.subscriptions.all(active_only=False), NOW)]
    assert found == [
        f"When the target works again: `volteface subscriptions send-confirmation {mail.id}`.",
        f"When the target works again: `volteface subscriptions enable {hook.id}`.",
    ]


def operator(database: Database, name: str, channel: ChannelName = ChannelName.LOG) -> Subscription:
    with database.work() as work:
        target = f"{name}@x.example" if channel is ChannelName.EMAIL else name
        return work.subscriptions.add(
            name,
            channel,
            target,
            Filter(),
            None,
            NOW,
            audience=Audience.OPERATIONS,
            confirmed=channel is not ChannelName.EMAIL,
        )


def told_to(database: Database, subscription: Subscription) -> list[str]:
    with database.view() as work:
        return [a.subject for a in work.alerts.of_subscription(subscription.id)][::-1]


def test_whoever_becomes_an_operator_while_a_trouble_stands_is_told_of_it_once(watch: Watch) -> None:
    gone = "Volteface operations: feed gone: Paper"
    watch.set(status=FeedStatus.GONE, last_error="gone", errors_since=NOW)
    watch.step.look(NOW)
    late = operator(watch.database, "late")
    assert told_to(watch.database, late) == []
    assert watch.step.look(NOW + MINUTE) == 0  # nothing began
    watch.step.look(NOW + 2 * MINUTE)
    assert told_to(watch.database, late) == [gone]
    assert [a.subject for a in watch.told()] == [gone]
    watch.free = (10**11, 0, 400 * 2**20)
    last = operator(watch.database, "last")
    assert watch.step.look(NOW + 3 * MINUTE) == 1
    assert told_to(watch.database, late) == [gone, "Volteface operations: disk: disk"]
    assert told_to(watch.database, last) == ["Volteface operations: 2 troubles (Paper, disk)"]


def test_an_operator_who_is_reached_again_is_told_of_what_came_meanwhile_and_stands(watch: Watch) -> None:
    mail = operator(watch.database, "kay", ChannelName.EMAIL)
    watch.free = (10**11, 0, 400 * 2**20)
    watch.step.look(NOW)
    assert told_to(watch.database, mail) == []  # not confirmed yet
    with watch.database.work() as work:
        work.subscriptions.addresses.confirm(mail.target, NOW)
    watch.step.look(NOW + MINUTE)
    disk = "Volteface operations: disk: disk"
    assert told_to(watch.database, mail) == [disk]
    with watch.database.work() as work:
        work.subscriptions.disable(mail.id, "by the operator", NOW)
    watch.set(status=FeedStatus.GONE, last_error="gone", errors_since=NOW)
    watch.step.look(NOW + 2 * MINUTE)
    assert told_to(watch.database, mail) == [disk]
    with watch.database.work() as work:
        work.subscriptions.enable(mail.id)
    watch.step.look(NOW + 3 * MINUTE)
    assert told_to(watch.database, mail) == [disk, "Volteface operations: 2 troubles (disk, Paper)"]


def test_whoever_becomes_an_operator_while_all_is_well_hears_nothing(watch: Watch) -> None:
    late = operator(watch.database, "late")
    assert watch.step.look(NOW + MINUTE) == 0
    assert told_to(watch.database, late) == []
    assert watch.step.look(NOW + MINUTE) == 0
