"""What every channel must do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.channels import protocol
from monitor.alerts.channels.protocol import Channel
from tests.contract.channels.ends import IMPATIENT_S, PATIENT_S, End, opened

NOW = datetime.now(UTC)


async def test_an_alert_arrives_once_with_its_id(end: End) -> None:
    channel: Channel = end.channel()
    result = await channel.send(end.delivery(), NOW)
    assert result.ok and result.error is None and not result.permanent
    assert [arrived.alert_id for arrived in end.arrived()] == [end.delivery().alert_id]


async def test_a_repeat_has_the_same_id_and_the_same_bytes(end: End) -> None:
    channel = end.channel()
    for attempt in (1, 2, 3):
        delivery = replace(end.delivery(), attempt=attempt, lease_token=f"lease {attempt}")
        assert (await channel.send(delivery, NOW + timedelta(hours=attempt))).ok
    arrived = end.arrived()
    assert len(arrived) == 3
    assert len(set(arrived)) == 1


async def test_a_refusal_for_now_is_transient_and_the_next_attempt_succeeds(end: End) -> None:
    end.refuse_for_now()
    channel = end.channel()
    failed = await channel.send(end.delivery(), NOW)
    assert not failed.ok and not failed.permanent and not failed.disable_target
    assert failed.error
    assert (await channel.send(end.delivery(), NOW)).ok


async def test_attempts_at_the_same_time_do_not_mix(end: End) -> None:
    channel = end.channel()
    ids = [f"alert_{number}" for number in range(25)]
    results = await asyncio.gather(*(channel.send(replace(end.delivery(), alert_id=one), NOW) for one in ids))
    assert all(result.ok for result in results)
    assert sorted(arrived.alert_id for arrived in end.arrived()) == sorted(ids)


@pytest.mark.parametrize(
    "subject", ["", "x\r\nBcc: eve@example.org", "\x00\x1b[31m", "=?utf-8?q?x=0D=0ABcc:=20eve?=", "\ud800", "é" * 5_000]
)
async def test_no_subject_loses_the_alert(end: End, subject: str) -> None:
    assert (await end.channel().send(replace(end.delivery(), subject=subject), NOW)).ok
    assert len(end.arrived()) == 1


async def test_a_target_that_is_none_is_an_answer_not_an_exception(end: End) -> None:
    for target in end.bad_targets():
        result = await end.channel().send(replace(end.delivery(), target=target), NOW)
        assert not result.ok and result.permanent and result.error, target
    assert end.arrived() == []


async def test_an_end_that_hangs_costs_a_deadline_and_no_more(remote: End) -> None:
    remote.hang()
    result = await remote.channel(IMPATIENT_S).send(remote.delivery(), NOW)
    assert not result.ok and not result.permanent
    assert result.error is not None and "0.3 s" in result.error


@pytest.mark.parametrize("kind", ["webhook", "email", "apprise"])
async def test_twenty_ends_that_hang_do_not_hold_up_a_healthy_one(kind: str) -> None:
    async with opened(kind) as hanging, opened(kind) as healthy:
        hanging.hang()
        # A webhook's connections all come from one client; a mail server is one for all.
        channel = hanging.channel()
        stuck = [asyncio.create_task(channel.send(hanging.delivery(), NOW)) for _ in range(20)]
        async with asyncio.timeout(PATIENT_S):
            while hanging.hanging() < 20:
                await asyncio.sleep(0.01)
        to_healthy = healthy.channel() if kind == "email" else channel
        assert (await to_healthy.send(healthy.delivery(), NOW)).ok
        assert not any(task.done() for task in stuck)
        for task in stuck:
            task.cancel()
        ends = await asyncio.gather(*stuck, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ends)


def test_the_limits_are_those_of_the_design() -> None:
    assert protocol.ATTEMPT_DEADLINE_S == 15
    assert protocol.MOST_ANSWER_BYTES == 64 * 1024
    assert protocol.KEPT_ANSWER_CHARS == 1_000
