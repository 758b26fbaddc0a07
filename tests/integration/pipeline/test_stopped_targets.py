"""Targets that take nothing any more, on both databases, to real sinks: what is stopped, and who hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from monitor.alerts.channels.signing import new_secret
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.alerts.retry import MAIL_LIFETIME
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, Filter, NewAlert, Subscription
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from monitor.pipeline.send import Sender
from monitor.pipeline.stop import FAILED_FOR
from storage.engine import Database
from storage.values import StoredDelivery
from tests.contract.storage.values import message
from tests.integration.pipeline.test_send_and_relay import Hands
from tests.integration.pipeline.walking import NOW
from tests.sinks import HANG_UP, Answer, HttpSink, SmtpSink, SmtpStage

DAY = timedelta(days=1)


@pytest.fixture
def hook() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


@pytest.fixture
def mail() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


def subscribe(database: Database, channel: ChannelName, target: str, who: str = "desk") -> Subscription:
    with database.work() as work:
        secret = new_secret() if channel is ChannelName.WEBHOOK else None
        return work.subscriptions.add(who, channel, target, Filter(), secret, NOW)


def tell(database: Database, subscription: Subscription, name: str, clock: Hands) -> None:
    with database.work() as work:
        new = NewAlert(subscription=subscription, dedup=name)
        told = message(text="t", html="<p>t</p>", payload="{}", actor=None, issue=name)
        work.alerts.add(told, [new], AlertKind.MATCH, clock.now)


@asynccontextmanager
async def sender(database: Database, clock: Hands, mail: SmtpSink | None = None) -> AsyncIterator[Sender]:
    async with webhook_client(Guard(["127.0.0.0/8"])) as client:
        channels = {ChannelName.WEBHOOK: WebhookChannel(client)}
        if mail is not None:
            config = SmtpConfig(host=mail.host, port=mail.port, security=Security.PLAIN, sender="a@volteface.example")
            channels[ChannelName.EMAIL] = EmailChannel(config)  # type: ignore[assignment]
        yield Sender(database, channels, clock)  # type: ignore[arg-type]


async def run(database: Database, one: Sender, clock: Hands, span: timedelta) -> None:
    """Step whenever something is due; the clock is moved there, and nothing takes the time that passes."""
    end = clock.now + span
    while True:
        while (await one.step(clock.now)).attempted:
            pass
        with database.view() as work:
            due = work.alerts.next_due()
        if due is None or due > end:
            break
        clock.now = max(due, clock.now)
    clock.now = end


def stored(database: Database, subscription: Subscription) -> tuple[Subscription, list[StoredDelivery]]:
    with database.view() as work:
        deliveries = [d for d in work.alerts.deliveries() if d.subscription_id == subscription.id]
        return work.subscriptions.get(subscription.id), deliveries


async def test_an_endpoint_that_is_gone_is_told_over_another_channel(
    database: Database, hook: HttpSink, mail: SmtpSink
) -> None:
    clock = Hands()
    hook.answers(Answer(status=410))
    endpoint = subscribe(database, ChannelName.WEBHOOK, f"{hook.url}/room-5f2a9c/token-8d31e0")
    subscribe(database, ChannelName.EMAIL, "desk@example.org")
    subscribe(database, ChannelName.EMAIL, "desk@example.org")  # told once, however many
    subscribe(database, ChannelName.EMAIL, "other@example.org", who="somebody else")
    tell(database, endpoint, "a", clock)
    async with sender(database, clock, mail) as one:
        await run(database, one, clock, timedelta(minutes=1))
    assert len(hook.requests) == 1
    assert stored(database, endpoint)[0].disabled_why == "given up: answered 410 Gone: the endpoint wants no more"
    (notice,) = mail.mails
    assert notice.recipients == ("desk@example.org",)
    assert "webhook" in notice.message["Subject"]
    text = notice.message.get_body(preferencelist=("plain",)).get_content()  # type: ignore[union-attr]
    assert "410 Gone" in text and f"{hook.url}/…" in text
    assert b"5f2a9c" not in notice.content and b"8d31e0" not in notice.content


async def test_an_endpoint_that_fails_for_five_days_disables_itself(
    database: Database, hook: HttpSink, mail: SmtpSink
) -> None:
    clock = Hands()
    hook.answers(Answer(status=500))
    endpoint = subscribe(database, ChannelName.WEBHOOK, f"{hook.url}/hook")
    subscribe(database, ChannelName.EMAIL, "desk@example.org")
    async with sender(database, clock, mail) as one:
        for day in range(4):
            tell(database, endpoint, f"day {day}", clock)
            await run(database, one, clock, DAY)
        assert stored(database, endpoint)[0].disabled_at is None and mail.mails == []
        tell(database, endpoint, "the last", clock)
        await run(database, one, clock, 3 * DAY)
        after, deliveries = stored(database, endpoint)
        assert after.disabled_at is not None and FAILED_FOR <= after.disabled_at - NOW < FAILED_FOR + DAY
        assert "every attempt failed since" in (after.disabled_why or "")
        assert len(mail.mails) == 1
        # What waits stays, and goes out once an operator has enabled it.
        waiting = [d for d in deliveries if d.status is DeliveryStatus.PENDING]
        assert waiting
        tried = len(hook.requests)
        await run(database, one, clock, DAY)
        assert len(hook.requests) == tried
        hook.answers(Answer())
        with database.work() as work:
            work.subscriptions.enable(endpoint.id)
        await run(database, one, clock, DAY)
    _, deliveries = stored(database, endpoint)
    assert {d.id for d in waiting} <= {d.id for d in deliveries if d.status is DeliveryStatus.DELIVERED}


async def test_one_success_within_the_five_days_keeps_an_endpoint(database: Database, hook: HttpSink) -> None:
    clock = Hands()
    endpoint = subscribe(database, ChannelName.WEBHOOK, f"{hook.url}/hook")
    async with sender(database, clock) as one:
        for day in range(9):
            hook.answers(Answer(status=200 if day == 4 else 500))
            tell(database, endpoint, f"day {day}", clock)
            await run(database, one, clock, DAY)
    assert stored(database, endpoint)[0].disabled_at is None


async def test_an_address_that_is_refused_is_suppressed_for_all_its_subscriptions(
    database: Database, hook: HttpSink, mail: SmtpSink
) -> None:
    clock = Hands()
    first = subscribe(database, ChannelName.EMAIL, "gone@example.org")
    second = subscribe(database, ChannelName.EMAIL, "gone@example.org")
    well = subscribe(database, ChannelName.EMAIL, "here@example.org", who="somebody else")
    subscribe(database, ChannelName.WEBHOOK, f"{hook.url}/hook")
    mail.says(SmtpStage.RECIPIENT, "550 5.1.1 no such user", None)
    tell(database, first, "a", clock)
    async with sender(database, clock, mail) as one:
        await one.step(clock.now)
        tell(database, second, "b", clock)
        tell(database, well, "c", clock)
        await run(database, one, clock, DAY)
    for subscription in (first, second):
        after, _ = stored(database, subscription)
        assert "no such user" in (after.suppressed_why or "") and after.disabled_at is None
    assert [m.recipients for m in mail.mails] == [("here@example.org",)]
    (notice,) = hook.requests
    assert b"subscription.stopped" in notice.body and b"no such user" in notice.body
    # Once its owner has confirmed it anew, what waited goes there.
    with database.work() as work:
        work.subscriptions.addresses.confirm("gone@example.org", clock.now)
    async with sender(database, clock, mail) as one:
        await one.step(clock.now)
    assert mail.mails[-1].recipients == ("gone@example.org",)


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        (SmtpStage.SENDER, "550 5.1.8 sender unknown"),
        (SmtpStage.GREETING, "554 5.7.1 your address is listed"),
        (SmtpStage.RECIPIENT, "530 5.7.0 log in first"),
        (SmtpStage.RECIPIENT, "450 4.2.1 mailbox busy"),
    ],
)
async def test_what_passes_or_is_ours_is_tried_for_five_days_and_suppresses_nobody(
    sqlite_database: Database, mail: SmtpSink, stage: SmtpStage, reply: str
) -> None:
    clock = Hands()
    subscription = subscribe(sqlite_database, ChannelName.EMAIL, "reader@example.org")
    tell(sqlite_database, subscription, "a", clock)
    mail.says(stage, reply)
    async with sender(sqlite_database, clock, mail) as one:
        await run(sqlite_database, one, clock, MAIL_LIFETIME - timedelta(hours=2))
        assert stored(sqlite_database, subscription)[1][0].status is DeliveryStatus.PENDING
        await run(sqlite_database, one, clock, timedelta(hours=6))
    after, (delivery,) = stored(sqlite_database, subscription)
    assert delivery.status is DeliveryStatus.DEAD and reply.split(" ", 1)[1] in (delivery.last_error or "")
    assert after.suppressed_why is None and after.disabled_at is None


async def test_a_mail_server_that_is_down_for_an_hour_costs_no_mail_and_doubles_none(
    database: Database, mail: SmtpSink
) -> None:
    clock = Hands()
    subscriptions = [subscribe(database, ChannelName.EMAIL, f"reader{n}@example.org", who=f"r{n}") for n in range(10)]
    mail.says(SmtpStage.GREETING, HANG_UP)
    async with sender(database, clock, mail) as one:
        for number, subscription in enumerate(subscriptions):
            tell(database, subscription, f"alert {number}", clock)
        await run(database, one, clock, timedelta(hours=1))
        assert mail.mails == []
        mail.says(SmtpStage.GREETING, None)
        await run(database, one, clock, timedelta(hours=4))
    assert sorted(m.recipients[0] for m in mail.mails) == sorted(s.target for s in subscriptions)
    assert len({m.message["Message-ID"] for m in mail.mails}) == 10
