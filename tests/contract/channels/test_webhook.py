"""Webhooks: signed by the standard, and every way in which an endpoint can misbehave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from monitor.alerts.channels.protocol import KEPT_ANSWER_CHARS
from monitor.alerts.channels.signing import new_secret
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.net.client import guarded_client
from monitor.net.guard import Guard
from tests.contract.channels.deliveries import SECRET, to_webhook
from tests.contract.channels.ends import IMPATIENT_S, WebhookEnd
from tests.sinks import Answer, Manner, closed_port


# The library that verifies compares with the clock of the machine.
def now() -> datetime:
    """The present: the standard library refuses timestamps that are minutes old."""
    return datetime.now(UTC)


async def test_the_signature_is_what_the_standard_library_verifies(webhook_end: WebhookEnd) -> None:
    await webhook_end.channel().send(webhook_end.delivery(), now())
    request = webhook_end.sink.requests[0]
    assert request.method == "POST" and request.path == "/hook"
    assert request.body == webhook_end.delivery().payload.encode()
    verified = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert verified["type"] == "change.confirmed"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(new_secret()).verify(request.body, dict(request.headers))
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(request.body + b" ", dict(request.headers))


async def test_a_retry_keeps_id_and_body_and_has_a_timestamp_of_its_own(webhook_end: WebhookEnd) -> None:
    webhook_end.sink.answers(Answer(status=500), Answer())
    channel = webhook_end.channel()
    await channel.send(webhook_end.delivery(), now())
    await channel.send(replace(webhook_end.delivery(), attempt=2), now() + timedelta(seconds=100))
    first, second = webhook_end.sink.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "alert_2sFh7Kq0x"
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 100
    for request in (first, second):
        Webhook(SECRET).verify(request.body, dict(request.headers))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_success(webhook_end: WebhookEnd, status: int) -> None:
    webhook_end.sink.answers(Answer(status=status, body=b""))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert result.ok and result.status == status


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(webhook_end: WebhookEnd, status: int) -> None:
    elsewhere = f"{webhook_end.sink.url}/elsewhere"
    webhook_end.sink.answers(Answer(status=status, headers={"location": elsewhere}), Answer())
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert not result.ok and not result.permanent and result.status == status
    assert result.error is not None and "final address" in result.error
    assert [request.path for request in webhook_end.sink.requests] == ["/hook"]


@pytest.mark.parametrize("status", [400, 404, 429, 500, 502, 503])
async def test_other_failures_are_retried(webhook_end: WebhookEnd, status: int) -> None:
    webhook_end.sink.answers(Answer(status=status, body=b"because"))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert not result.ok and not result.permanent and not result.disable_target
    assert result.status == status and result.answer == "because"


async def test_410_disables_the_endpoint(webhook_end: WebhookEnd) -> None:
    webhook_end.sink.answers(Answer(status=410))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert result.permanent and result.disable_target and result.status == 410


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("Mon, 17 Feb 2025 13:00:00 GMT", 3600),
        ("Mon, 17 Feb 2025 11:00:00 GMT", None),
        ("9" * 30, 86400),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
async def test_retry_after_is_read(webhook_end: WebhookEnd, asked: str, seconds: int | None) -> None:
    webhook_end.sink.answers(Answer(status=429, headers={"retry-after": asked}))
    result = await webhook_end.channel().send(webhook_end.delivery(), datetime(2025, 2, 17, 12, tzinfo=UTC))
    assert result.retry_after_s == seconds


@pytest.mark.parametrize("manner", [Manner.HANG, Manner.DRIP_HEAD])
async def test_no_head_within_the_deadline_is_a_failure(webhook_end: WebhookEnd, manner: Manner) -> None:
    webhook_end.sink.answers(Answer(manner=manner))
    result = await webhook_end.channel(IMPATIENT_S).send(webhook_end.delivery(), now())
    assert not result.ok and not result.permanent and result.status is None
    assert result.error == "no answer within 0.3 s"


@pytest.mark.parametrize(("status", "ok"), [(200, True), (500, False)])
async def test_a_body_that_drips_ends_with_the_deadline_and_the_status_decides(
    webhook_end: WebhookEnd, status: int, ok: bool
) -> None:
    webhook_end.sink.answers(Answer(status=status, manner=Manner.DRIP))
    result = await webhook_end.channel(IMPATIENT_S).send(webhook_end.delivery(), now())
    assert result.ok is ok and result.status == status


@pytest.mark.parametrize("manner", [Manner.RESET, Manner.CLOSE, Manner.GARBAGE])
async def test_a_connection_that_breaks_is_a_failure(webhook_end: WebhookEnd, manner: Manner) -> None:
    webhook_end.sink.answers(Answer(manner=manner))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert not result.ok and not result.permanent and result.error


async def test_a_break_after_the_head_leaves_the_status_standing(webhook_end: WebhookEnd) -> None:
    webhook_end.sink.answers(Answer(status=202, body=b"taken", manner=Manner.RESET_IN_BODY))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert result.ok and result.status == 202


async def test_nobody_listening_is_a_failure(webhook_end: WebhookEnd) -> None:
    result = await webhook_end.channel().send(to_webhook(f"http://127.0.0.1:{closed_port()}/x"), now())
    assert not result.ok and not result.permanent
    assert result.error is not None and result.error.startswith("could not connect")


async def test_of_a_long_answer_the_beginning_is_kept(webhook_end: WebhookEnd) -> None:
    webhook_end.sink.answers(Answer(status=500, body=b"x" * 2**20))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert result.answer == "x" * KEPT_ANSWER_CHARS


async def test_an_answer_is_kept_without_control_characters(webhook_end: WebhookEnd) -> None:
    webhook_end.sink.answers(Answer(status=500, body=b"a\x1b[31m\x00b\xff\r\nc"))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert result.answer is not None
    assert "\x1b" not in result.answer and "\x00" not in result.answer
    assert result.answer.endswith("\nc")


async def test_a_compressed_answer_is_not_unpacked(webhook_end: WebhookEnd) -> None:
    bomb = b"\x1f\x8b" + b"\x00" * 100
    webhook_end.sink.answers(Answer(status=500, headers={"content-encoding": "gzip"}, body=bomb))
    result = await webhook_end.channel().send(webhook_end.delivery(), now())
    assert result.status == 500
    assert webhook_end.sink.requests[0].headers["accept-encoding"] == "identity"


async def test_cookies_are_not_kept(webhook_end: WebhookEnd) -> None:
    webhook_end.sink.answers(Answer(headers={"set-cookie": "who=you; Path=/"}))
    channel = webhook_end.channel()
    await channel.send(webhook_end.delivery(), now())
    await channel.send(webhook_end.delivery(), now())
    assert len(webhook_end.sink.requests) == 2
    assert all("cookie" not in request.headers for request in webhook_end.sink.requests)


async def test_proxies_of_the_environment_are_not_used(
    webhook_end: WebhookEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    async with guarded_client(Guard(["127.0.0.0/8"])) as client:
        assert (await WebhookChannel(client).send(webhook_end.delivery(), now())).ok


async def test_the_guard_refuses_a_private_address_in_plain_words(webhook_end: WebhookEnd) -> None:
    async with guarded_client(Guard(setting="VOLTEFACE_WEBHOOK_ALLOW")) as client:
        result = await WebhookChannel(client).send(webhook_end.delivery(), now())
    assert not result.ok and result.error is not None
    assert "VOLTEFACE_WEBHOOK_ALLOW" in result.error
    assert webhook_end.sink.requests == []


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", "plain"])
async def test_without_a_good_secret_nothing_is_sent_and_the_secret_is_not_shown(
    webhook_end: WebhookEnd, secret: str | None
) -> None:
    result = await webhook_end.channel().send(replace(webhook_end.delivery(), secret=secret), now())
    assert not result.ok and result.permanent and result.error
    assert not secret or secret.removeprefix("whsec_") not in result.error or secret == "whsec_"
    assert webhook_end.sink.requests == []


async def test_the_address_of_a_target_is_not_in_its_error() -> None:
    async with guarded_client(Guard(["127.0.0.0/8"])) as client:
        target = f"http://127.0.0.1:{closed_port()}/services/T0/B0/verysecret?token=alsosecret"
        result = await WebhookChannel(client).send(to_webhook(target), now())
    assert result.error is not None and "secret" not in result.error


def test_secrets_are_of_the_standard_and_never_twice_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("whsec_") and len(secret) == len("whsec_") + 44 for secret in secrets)
