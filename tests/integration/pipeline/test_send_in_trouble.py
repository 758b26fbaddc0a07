"""Trouble on our side and on the other: a locked database, a mail server that is down for an hour."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from monitor.alerts.channels.protocol import Channel
from monitor.alerts.channels.signing import new_secret
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, Filter, NewAlert
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from monitor.pipeline.send import Sender
from storage.engine import Database
from storage.errors import DatabaseBusy
from tests.contract.storage.values import message
from tests.integration.pipeline.test_send_and_relay import Hands
from tests.integration.pipeline.walking import NOW
from tests.sinks import HttpSink, SmtpSink, closed_port

MINUTE = timedelta(minutes=1)


def queue(database: Database, channel: ChannelName, target: str, count: int) -> list[str]:
    with database.work() as work:
        secret = new_secret() if channel is ChannelName.WEBHOOK else None
        made = work.subscriptions.add("desk", channel, target, Filter(), secret, NOW)
        return [
            key
            for n in range(count)
            for key in work.alerts.add(
                message(issue=f"i{n}"), [NewAlert(subscription=made, dedup=f"n{n}")], AlertKind.CHANGE, NOW
            )
        ]


def mail_by(port: int) -> EmailChannel:
    sender = "alerts@volteface.example"
    return EmailChannel(SmtpConfig(host="127.0.0.1", port=port, security=Security.PLAIN, sender=sender))


async def test_a_database_that_is_locked_for_long_neither_loses_nor_doubles_an_alert(tmp_path: Path) -> None:
    """The lock is taken while the posts are under way, so that what was sent cannot be written down for a while."""
    file = tmp_path / "locked.db"
    database = Database(f"sqlite:///{file}", busy_timeout_ms=100)
    database.upgrade()
    locker = sqlite3.connect(file, isolation_level=None, timeout=10, check_same_thread=False)
    locked: list[bool] = []

    class Locks(WebhookChannel):
        """Locks the database after the receiver has answered, and lets go after a while."""

        async def send(self, delivery, now):  # type: ignore[no-untyped-def]
            result = await super().send(delivery, now)
            if not locked:
                locked.append(True)
                locker.execute("BEGIN IMMEDIATE")
                asyncio.get_running_loop().call_later(1.5, locker.rollback)
            return result

    with HttpSink() as sink:
        ids = queue(database, ChannelName.WEBHOOK, f"{sink.url}/hook", 6)
        async with webhook_client(Guard(["127.0.0.0/8"])) as client:
            sender = Sender(database, {ChannelName.WEBHOOK: Locks(client)}, Hands())
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with contextlib.suppress(DatabaseBusy):  # the worker logs it and ticks on
                    if not (await sender.step(NOW)).attempted:
                        break
        arrived = [request.headers["webhook-id"] for request in sink.requests]
    locker.close()
    assert sorted(arrived) == sorted(ids)
    with database.view() as work:
        assert {d.status for d in work.alerts.deliveries()} == {DeliveryStatus.DELIVERED}
    database.close()


async def test_a_mail_server_that_is_down_for_an_hour_costs_nobody_an_alert(database: Database) -> None:
    clock = Hands()
    channels: dict[ChannelName, Channel] = {ChannelName.EMAIL: mail_by(closed_port())}
    queue(database, ChannelName.EMAIL, "ada@paper.example", 3)
    sender = Sender(database, channels, clock)
    attempts = 0
    while clock.now < NOW + 60 * MINUTE:
        attempts += (await sender.step(clock.now)).attempted
        clock.now += MINUTE
    assert 6 <= attempts <= 15  # at once, and then ever more seldom; never by the minute
    with SmtpSink() as sink:
        channels[ChannelName.EMAIL] = mail_by(sink.port)
        while clock.now < NOW + 300 * MINUTE:
            await sender.step(clock.now)
            clock.now += MINUTE
        mails = list(sink.mails)
    assert len(mails) == len({mail.message["Message-ID"] for mail in mails}) == 3
    with database.view() as work:
        assert {d.status for d in work.alerts.deliveries()} == {DeliveryStatus.DELIVERED}
        (address,) = {s.suppressed_why for s in work.subscriptions.all()}
    assert address is None
