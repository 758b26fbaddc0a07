"""Webhooks: signed by the standard, and every way in which an endpoint can misbehave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from monitor.alerts.channels.signing import BOTH_SIGN_FOR, new_secret
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from tests.contract.channels.deliveries import SECRET, to_webhook
from tests.contract.channels.ends import WebhookEnd
from tests.sinks import Answer, closed_port


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
    async with webhook_client(Guard(["127.0.0.0/8"])) as client:
        assert (await WebhookChannel(client).send(webhook_end.delivery(), now())).ok


async def test_after_a_rotation_both_secrets_sign_for_a_day(webhook_end: WebhookEnd) -> None:
    new, at = new_secret(), now()
    rotated = replace(
        webhook_end.delivery(), secret=new, previous_secret=SECRET, previous_secret_until=at + BOTH_SIGN_FOR
    )
    channel = webhook_end.channel()
    await channel.send(rotated, at)
    await channel.send(rotated, at + BOTH_SIGN_FOR - timedelta(seconds=1))
    await channel.send(rotated, at + BOTH_SIGN_FOR)
    first, last_of_the_day, after = (
        request.headers["webhook-signature"].split(" ") for request in webhook_end.sink.requests
    )
    assert (len(first), len(last_of_the_day), len(after)) == (2, 2, 1)
    request = webhook_end.sink.requests[0]
    for secret in (new, SECRET):
        Webhook(secret).verify(request.body, dict(request.headers))
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(new_secret()).verify(request.body, dict(request.headers))
    # The newest comes first, and is all that is left.
    request = webhook_end.sink.requests[2]
    moment = at + BOTH_SIGN_FOR
    assert after == [Webhook(new).sign(rotated.alert_id, moment, rotated.payload)]
    assert request.headers["webhook-timestamp"] == str(int(moment.timestamp()))


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", "plain"])
async def test_without_a_good_secret_nothing_is_sent_and_the_secret_is_not_shown(
    webhook_end: WebhookEnd, secret: str | None
) -> None:
    result = await webhook_end.channel().send(replace(webhook_end.delivery(), secret=secret), now())
    assert not result.ok and result.permanent and result.error
    assert not secret or secret.removeprefix("whsec_") not in result.error or secret == "whsec_"
    assert webhook_end.sink.requests == []


async def test_the_address_of_a_target_is_not_in_its_error() -> None:
    async with webhook_client(Guard(["127.0.0.0/8"])) as client:
        target = f"http://127.0.0.1:{closed_port()}/services/T0/B0/verysecret?token=alsosecret"
        result = await WebhookChannel(client).send(to_webhook(target), now())
    assert result.error is not None and "secret" not in result.error


def test_secrets_are_of_the_standard_and_never_twice_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("whsec_") and len(secret) == len("whsec_") + 44 for secret in secrets)
