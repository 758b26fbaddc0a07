"""Whatever an end answers, an attempt ends, raises nothing, and says in plain words what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.channels.apprise import AppriseChannel
from monitor.alerts.channels.apprise_nursery import AppriseNursery, NurseryConfig
from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from monitor.alerts.channels.protocol import KEPT_ANSWER_CHARS
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.model.alert import AttemptResult
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from tests.contract.channels.deliveries import SECRET, to_chat, to_mailbox, to_webhook
from tests.sinks import Answer, HttpSink, Manner, SmtpSink, SmtpStage

NOW = datetime(2025, 2, 17, 12, tzinfo=UTC)
DEADLINE_S = 2.0
PATH = "/room-5f2a9c/token-8d31e0"

_lines = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 410 Gone",
        b"HTTP/1.1 503 Busy",
        b"HTTP/1.1 99 Odd",
        b"HTTP/1.1 101 Switch",
        b"HTTP/1.1 302 Found",
        b"HTTP/9.9 200 OK",
        b"HTTP/1.1 100 Continue",
        b"content-length: 5",
        b"content-length: -1",
        b"content-length: 99999999999999999999",
        b"transfer-encoding: chunked",
        b"transfer-encoding: gzip",
        b"content-encoding: gzip",
        b"connection: close",
        b"retry-after: \xff",
        b"location: /elsewhere",
        b": nothing",
        b"",
        b"5",
        b"hello",
        b"0",
    ]
)
answers = st.one_of(
    st.binary(max_size=200), st.lists(st.one_of(_lines, st.binary(max_size=20)), max_size=8).map(b"\r\n".join)
)
few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def sink() -> Iterator[HttpSink]:
    with HttpSink() as one:
        yield one


@pytest.fixture(scope="module")
def nursery() -> Iterator[AppriseNursery]:
    one = AppriseNursery(NurseryConfig(allow=["127.0.0.0/8"]))
    yield one
    one.close()


def check(result: AttemptResult) -> None:
    assert result.ok is (result.error is None)
    assert not result.ok or (not result.permanent and not result.disable_target)
    assert result.error is None or (result.error.strip() and result.error.isprintable() and len(result.error) < 400)
    assert result.answer is None or len(result.answer) <= KEPT_ANSWER_CHARS
    assert result.status is None or 100 <= result.status <= 999
    assert result.permanent is (result.status == 410)
    for secret in (SECRET.removeprefix("whsec_"), "5f2a9c", "8d31e0"):
        assert secret not in (result.error or "")


@few
@given(answer=answers)
def test_webhooks(sink: HttpSink, answer: bytes) -> None:
    sink.answers(Answer(manner=Manner.RAW, body=answer))

    async def send() -> AttemptResult:
        async with webhook_client(Guard(["127.0.0.0/8"])) as client, asyncio.timeout(DEADLINE_S + 60):
            channel = WebhookChannel(client, deadline_s=DEADLINE_S)
            return await channel.send(to_webhook(sink.url + PATH), NOW)

    check(asyncio.run(send()))


@few
@given(answer=answers)
def test_apprise(sink: HttpSink, nursery: AppriseNursery, answer: bytes) -> None:
    sink.answers(Answer(manner=Manner.RAW, body=answer))

    async def send() -> AttemptResult:
        async with asyncio.timeout(DEADLINE_S + 60):
            channel = AppriseChannel(nursery, schemes=frozenset({"json"}), deadline_s=DEADLINE_S)
            return await channel.send(to_chat(sink.port, PATH), NOW)

    check(asyncio.run(send()))


@few
@given(target=st.text(max_size=80).map(lambda tail: f"json://127.0.0.1:1/{tail}"))
def test_apprise_targets_of_any_kind(nursery: AppriseNursery, target: str) -> None:
    async def send() -> AttemptResult:
        async with asyncio.timeout(DEADLINE_S + 60):
            channel = AppriseChannel(nursery, schemes=frozenset({"json"}), deadline_s=DEADLINE_S)
            return await channel.send(replace(to_chat(1), target=target), NOW)

    result = asyncio.run(send())
    assert not result.ok and result.error and result.error.isprintable()


@few
@given(stage=st.sampled_from(SmtpStage), reply=st.text(max_size=60), code=st.integers(400, 599), plain=st.booleans())
def test_mail(stage: SmtpStage, reply: str, code: int, plain: bool) -> None:
    said = reply if plain else f"{code} {reply}"

    async def send(one: SmtpSink) -> AttemptResult:
        config = SmtpConfig(host=one.host, port=one.port, security=Security.PLAIN, sender="a@volteface.example")
        async with asyncio.timeout(DEADLINE_S + 60):
            return await EmailChannel(config, deadline_s=DEADLINE_S).send(to_mailbox(), NOW)

    with SmtpSink() as one:
        one.says(stage, said.encode("ascii", "replace").decode() or None)
        result = asyncio.run(send(one))
    assert result.ok is (result.error is None)
    assert result.error is None or (result.error.strip() and len(result.error) < 700)
    assert not result.disable_target or result.permanent
    assert not result.permanent or stage in (SmtpStage.RECIPIENT, SmtpStage.DATA, SmtpStage.MESSAGE)
