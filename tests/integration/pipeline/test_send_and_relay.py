"""Deliveries and events, on both databases, to a real sink."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from monitor.alerts.channels.signing import new_secret
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.bus.inprocess import InProcessBus
from monitor.events import Event, Subject
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, Filter, NewAlert
from monitor.model.timing import Timing
from monitor.net.client import guarded_client
from monitor.net.guard import Guard
from monitor.pipeline.relay import Relay
from monitor.pipeline.send import Sender
from storage.engine import Database
from tests.contract.storage.values import message
from tests.integration.pipeline.walking import NOW
from tests.sinks import Answer, HttpSink


def queue(database: Database, target: str, count: int = 1) -> list[str]:
    """Alerts with deliveries to a webhook; their ids."""
    with database.work() as work:
        subscription = work.subscriptions.add("desk", ChannelName.WEBHOOK, target, Filter(), new_secret(), NOW)
        ids = []
        for number in range(count):
            told = message(text="t", html="<p>t</p>", payload=f'{{"n": {number}}}', actor=None, issue=f"i{number}")
            ids += work.alerts.add(
                told, [NewAlert(subscription=subscription, dedup=f"n{number}")], AlertKind.MATCH, NOW
            )
    return ids


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def test_a_failed_delivery_is_tried_again_with_the_same_id_and_body(database: Database) -> None:
    clock = Hands()
    with HttpSink() as sink:
        sink.answers(Answer(status=500, body=b"not now"), Answer())
        (alert,) = queue(database, f"{sink.url}/hook")
        async with guarded_client(Guard(["127.0.0.0/8"])) as client:
            sender = Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, clock)
            assert (await sender.step(clock.now)).delivered == 0
            assert (await sender.step(clock.now)).attempted == 0  # not due yet
            clock.now += timedelta(seconds=10)
            assert (await sender.step(clock.now)).delivered == 1
        first, second = sink.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == alert
    assert first.body == second.body
    with database.view() as work:
        (delivery,) = work.alerts.deliveries()
        assert [(a.ok, a.status) for a in work.alerts.attempts(delivery.id)] == [(False, 500), (True, 200)]
        subjects = [event.subject for event in work.events.after(0, 100)]
    assert Subject.ALERT_DELIVERED in subjects


async def test_410_disables_the_endpoint_and_leaves_a_dead_letter_that_can_be_sent_again(database: Database) -> None:
    with HttpSink() as sink:
        sink.answers(Answer(status=410), Answer())
        queue(database, f"{sink.url}/hook")
        async with guarded_client(Guard(["127.0.0.0/8"])) as client:
            sender = Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, Hands())
            assert (await sender.step(NOW)).dead == 1
            with database.work() as work:
                (subscription,) = work.subscriptions.all(active_only=False)
                assert subscription.disabled_at is not None
                (delivery,) = work.alerts.deliveries(DeliveryStatus.DEAD)
                work.subscriptions.enable(subscription.id)
                work.alerts.retry(delivery.id, NOW)
            assert (await sender.step(NOW)).delivered == 1
        assert sink.requests[0].body == sink.requests[1].body


async def test_a_channel_that_is_not_set_up_loses_no_alert(database: Database) -> None:
    queue(database, "https://hook.example/x")
    await Sender(database, {}, Hands()).step(NOW)
    with database.view() as work:
        (delivery,) = work.alerts.deliveries()
    assert delivery.status is DeliveryStatus.PENDING
    assert "not set up" in (delivery.last_error or "")


async def test_a_worker_that_died_while_sending_is_followed_by_another(database: Database) -> None:
    with HttpSink() as sink:
        queue(database, f"{sink.url}/hook")
        with database.work() as work:
            assert len(work.alerts.claim_due(NOW, 10, timedelta(minutes=2))) == 1  # and then it is killed
        async with guarded_client(Guard(["127.0.0.0/8"])) as client:
            sender = Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, Hands())
            assert (await sender.step(NOW + timedelta(minutes=1))).attempted == 0
            assert (await sender.step(NOW + timedelta(minutes=3))).delivered == 1


async def test_webhooks_into_private_networks_are_refused_by_default(database: Database) -> None:
    with HttpSink() as sink:
        queue(database, f"{sink.url}/hook")
        async with guarded_client(Guard()) as client:
            await Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, Hands()).step(NOW)
        assert sink.requests == []


async def test_events_are_relayed_in_order_and_kept_until_a_handler_took_them(database: Database) -> None:
    with database.work() as work:
        for number in range(3):
            work.events.add(Subject.ITEMS_ADMITTED, {"n": number}, NOW)
    bus, heard = InProcessBus(), []
    broken = [True]

    async def handler(event: Event) -> None:
        if event.data["n"] == 1 and broken[0]:
            raise RuntimeError("not yet")
        heard.append(event.data["n"])

    bus.subscribe(frozenset({Subject.ITEMS_ADMITTED}), handler)
    relay = Relay(database, bus)
    with pytest.raises(RuntimeError):
        await relay.step(NOW)
    broken[0] = False
    assert await relay.step(NOW) == 2
    assert heard == [0, 1, 2]
    assert await relay.step(NOW) == 0


async def test_what_is_due_at_night_waits_for_the_morning_and_keeps_its_attempts(database: Database) -> None:
    """A retry, or the backlog of a worker that was down: quiet hours hold for whatever was queued before them."""
    clock = Hands()
    quiet = Timing(zone="Europe/Berlin", quiet=(time(22), time(7)))
    with HttpSink() as sink:
        sink.answers(Answer(status=500), Answer())
        with database.work() as work:
            where = f"{sink.url}/hook"
            subscription = work.subscriptions.add(
                "desk", ChannelName.WEBHOOK, where, Filter(), new_secret(), NOW, timing=quiet
            )
            work.alerts.add(message(), [NewAlert(subscription=subscription, dedup="n")], AlertKind.CHANGE, NOW)
        async with guarded_client(Guard(["127.0.0.0/8"])) as client:
            sender = Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, clock)
            assert (await sender.step(clock.now)).attempted == 1
            clock.now = NOW.replace(hour=20, minute=0)  # ten in the evening in Berlin
            assert (await sender.step(clock.now)).attempted == 0
            with database.view() as work:
                (delivery,) = work.alerts.deliveries()
                assert (delivery.attempts, delivery.next_attempt_at) == (1, NOW.replace(hour=5) + timedelta(days=1))
            clock.now = NOW.replace(hour=4, minute=59) + timedelta(days=1)
            assert (await sender.step(clock.now)).attempted == 0
            clock.now += timedelta(minutes=1)
            assert (await sender.step(clock.now)).delivered == 1
        assert len(sink.requests) == 2
