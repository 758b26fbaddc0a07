"""Twenty endpoints that hang, each with a queue, and a healthy one: who waits for whom, by order and not by time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from monitor.alerts.channels.apprise import AppriseChannel
from monitor.alerts.channels.apprise_nursery import AppriseNursery, NurseryConfig
from monitor.alerts.channels.protocol import Channel
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, NewAlert
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from monitor.pipeline import send
from monitor.pipeline.send import Sender
from storage.engine import Database
from tests.contract.storage.values import message
from tests.integration.pipeline.test_send_and_relay import Hands
from tests.integration.pipeline.test_stopped_targets import subscribe
from tests.integration.pipeline.walking import NOW
from tests.sinks import Answer, HttpSink, Manner

HANGING, EACH, HEALTHY = 20, 3, 12
FOR_EVER_S = 900.0


def queue(database: Database, channel: ChannelName, target: str, who: str, count: int) -> None:
    subscription = subscribe(database, channel, target, who)
    with database.work() as work:
        for number in range(count):
            told = replace(message(text="t", html="<p>t</p>", payload="{}", actor=None, issue=f"{who} {number}"))
            work.alerts.add(told, [NewAlert(subscription=subscription, dedup=f"{number}")], AlertKind.MATCH, NOW)


@pytest.mark.parametrize("kind", [ChannelName.WEBHOOK, ChannelName.APPRISE])
async def test_all_of_a_healthy_endpoint_arrives_before_any_that_hangs_has_ended(
    sqlite_database: Database, kind: ChannelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "_ATTEMPT_DEADLINE_S", FOR_EVER_S)
    scheme = "http" if kind is ChannelName.WEBHOOK else "json"
    nursery = AppriseNursery(NurseryConfig(allow=["127.0.0.0/8"]))
    with HttpSink() as hanging, HttpSink() as healthy:
        hanging.answers(Answer(manner=Manner.HANG))
        # The queues of those that hang are older: they would be first wherever anything is first come, first served.
        for number in range(HANGING):
            queue(sqlite_database, kind, f"{scheme}://127.0.0.1:{hanging.port}/h{number}", f"hangs {number}", EACH)
        queue(sqlite_database, kind, f"{scheme}://127.0.0.1:{healthy.port}/hook", "healthy", HEALTHY)
        async with webhook_client(Guard(["127.0.0.0/8"])) as client:
            channels: Mapping[ChannelName, Channel] = {
                ChannelName.WEBHOOK: WebhookChannel(client, deadline_s=FOR_EVER_S),
                ChannelName.APPRISE: AppriseChannel(nursery, schemes={"json"}, deadline_s=FOR_EVER_S),
            }
            sender, steps = Sender(sqlite_database, channels, Hands()), set[asyncio.Task[object]]()
            async with asyncio.timeout(120):  # until each of those that hang is under way, too
                while len(healthy.requests) < HEALTHY or len(hanging.requests) < HANGING:
                    steps.add(asyncio.create_task(sender.step(NOW)))
                    await asyncio.sleep(0.05)
            with sqlite_database.view() as work:
                done = [d for d in work.alerts.deliveries() if d.attempts]
            assert {d.subscriber for d in done} == {"healthy"}
            assert all(d.status is DeliveryStatus.DELIVERED for d in done)
            for task in steps:
                task.cancel()
            await asyncio.gather(*steps, return_exceptions=True)
    nursery.close()
