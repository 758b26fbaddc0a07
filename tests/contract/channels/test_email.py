"""Mail: what a server takes, refuses, and how it can misbehave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from tests.contract.channels.deliveries import CREATED, DELIVERY, to_mailbox
from tests.contract.channels.ends import IMPATIENT_S, EmailEnd
from tests.sinks import HANG_UP, SAY_NOTHING, SmtpSink, SmtpStage, closed_port

NOW = datetime(2025, 2, 17, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


def _config(sink: SmtpSink, security: Security = Security.PLAIN, **more: Any) -> SmtpConfig:
    return SmtpConfig(host="127.0.0.1", port=sink.port, security=security, sender="alerts@volteface.example", **more)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def test_a_mail_carries_what_it_should(email_end: EmailEnd) -> None:
    result = await email_end.channel().send(email_end.delivery(), NOW)
    assert result.ok and result.status == 250
    mail = email_end.sink.mails[0]
    message = mail.message
    assert mail.sender == "alerts@volteface.example" and mail.recipients == ("reader@example.org",)
    assert message["From"] == "Volteface <alerts@volteface.example>"
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == DELIVERY.subject
    assert message["Message-ID"] == "<alert_2sFh7Kq0x@volteface.example>"
    assert message["Date"].datetime == CREATED
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Volteface <volteface.volteface.example>"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert _part(message, "plain") == DELIVERY.text
    assert _part(message, "html") == DELIVERY.html
    assert all(len(line) <= 998 for line in mail.content.splitlines())
    assert mail.content.isascii()
    assert message.defects == []


async def test_nothing_in_a_subject_becomes_a_header(email_end: EmailEnd) -> None:
    for trick in (
        "x\r\nBcc: eve@example.org",
        "x\nBcc: eve@example.org",
        "=?utf-8?q?x=0D=0ABcc=3A_eve?=",
        "\u2028Bcc: eve",
    ):
        result = await email_end.channel().send(replace(email_end.delivery(), subject=trick), NOW)
        assert result.ok
        mail = email_end.sink.mails[-1]
        assert "bcc" not in {name.lower() for name in mail.message.keys()}  # noqa: SIM118 - a message is no dict
        assert mail.recipients == ("reader@example.org",)
        assert "Bcc" in mail.message["Subject"]


@pytest.mark.parametrize(
    ("stage", "reply", "permanent", "suppressed"),
    [
        (SmtpStage.RECIPIENT, "450 4.2.1 mailbox busy", False, False),
        (SmtpStage.RECIPIENT, "421 shutting down", False, False),
        (SmtpStage.MESSAGE, "452 4.3.1 disk full", False, False),
        (SmtpStage.RECIPIENT, "550 5.1.1 no such user", True, True),
        (SmtpStage.RECIPIENT, "550 no", True, True),
        (SmtpStage.MESSAGE, "550 5.1.1 no such user", True, True),
        (SmtpStage.MESSAGE, "552 5.2.2 mailbox full", True, True),
        (SmtpStage.MESSAGE, "554 5.7.1 looks like spam", True, False),
        (SmtpStage.RECIPIENT, "554 5.7.1 relay access denied", False, False),
        (SmtpStage.RECIPIENT, "550 relaying is not permitted", False, False),
        (SmtpStage.RECIPIENT, "550 5.7.1 Authentication required", False, False),
        (SmtpStage.MESSAGE, "550 5.7.26 unauthenticated mail is rejected by policy", True, False),
        (SmtpStage.HELLO, "550 your name is not known here", False, False),
        (SmtpStage.HELLO, "421 4.3.2 shutting down", False, False),
        (SmtpStage.SENDER, "451 4.7.1 greylisted", False, False),
        (SmtpStage.RECIPIENT, "551 5.1.6 moved away", True, True),
        (SmtpStage.RECIPIENT, "553 5.1.3 no such mailbox syntax", True, True),
        (SmtpStage.DATA, "451 4.3.0 not now", False, False),
        (SmtpStage.DATA, "554 5.5.1 no valid recipients", True, False),
        (SmtpStage.MESSAGE, "552 5.3.4 too big", True, False),
        (SmtpStage.SENDER, "550 5.1.8 sender unknown", False, False),
        (SmtpStage.SENDER, "530 5.7.0 log in first", False, False),
        (SmtpStage.GREETING, "554 5.7.1 your address is listed", False, False),
        (SmtpStage.GREETING, "421 too busy", False, False),
        (SmtpStage.RECIPIENT, "530 5.7.0 log in first", False, False),
    ],
)
async def test_a_refusal_is_the_address_s_the_message_s_or_ours(
    email_end: EmailEnd, stage: SmtpStage, reply: str, permanent: bool, suppressed: bool
) -> None:
    email_end.sink.says(stage, reply)
    result = await email_end.channel().send(email_end.delivery(), NOW)
    assert not result.ok
    assert (result.permanent, result.disable_target) == (permanent, suppressed)
    assert result.status == int(reply[:3])
    assert result.error is not None and reply.split(" ", 1)[1] in result.error
    assert email_end.sink.mails == []


@pytest.mark.parametrize("stage", list(SmtpStage))
async def test_a_server_that_hangs_up_is_transient(email_end: EmailEnd, stage: SmtpStage) -> None:
    email_end.sink.says(stage, HANG_UP, None)
    result = await email_end.channel().send(email_end.delivery(), NOW)
    assert not result.ok and not result.permanent and result.error
    assert (await email_end.channel().send(email_end.delivery(), NOW)).ok


@pytest.mark.parametrize("stage", list(SmtpStage))
async def test_a_server_that_says_nothing_costs_one_deadline(email_end: EmailEnd, stage: SmtpStage) -> None:
    email_end.sink.says(stage, SAY_NOTHING)
    result = await email_end.channel(IMPATIENT_S).send(email_end.delivery(), NOW)
    assert not result.ok and not result.permanent
    assert result.error == "the mail server did not answer within 0.3 s"


@pytest.mark.parametrize("reply", ["what?", "25", "9" * 9_000, "250-" + "x" * 40_000, "250-more\r\n" * 9_000])
async def test_what_is_no_smtp_is_transient_and_of_what_is_endless_little_is_read(
    email_end: EmailEnd, reply: str
) -> None:
    email_end.sink.says(SmtpStage.RECIPIENT, reply)
    result = await email_end.channel(1.0).send(email_end.delivery(), NOW)
    assert not result.ok and not result.permanent and result.error
    assert result.status is None and len(result.answer or "") <= 1_000


async def test_nobody_listening_is_transient() -> None:
    config = SmtpConfig(host="127.0.0.1", port=closed_port(), security=Security.PLAIN, sender="a@volteface.example")
    result = await EmailChannel(config).send(to_mailbox(), NOW)
    assert not result.ok and not result.permanent
    assert result.error is not None and "connect" in result.error


async def test_an_address_beyond_ascii_goes_by_smtputf8(email_end: EmailEnd) -> None:
    result = await email_end.channel().send(to_mailbox("jürgen@müller.example"), NOW)
    assert result.ok
    mail = email_end.sink.mails[0]
    assert mail.recipients == ("jürgen@xn--mller-kva.example",)
    assert mail.message["Subject"] == DELIVERY.subject
    assert "jürgen@xn--mller-kva.example" in mail.content.decode()


async def test_a_server_without_smtputf8_is_named_as_the_reason() -> None:
    with SmtpSink(utf8=False) as sink:
        channel = EmailChannel(_config(sink))
        result = await channel.send(to_mailbox("jürgen@example.org"), NOW)
        assert not result.ok and result.permanent and not result.disable_target
        assert result.error is not None and "SMTPUTF8" in result.error
        assert (await channel.send(to_mailbox("juergen@müller.example"), NOW)).ok


async def test_the_date_is_the_alert_s_not_the_attempt_s(email_end: EmailEnd) -> None:
    await email_end.channel().send(email_end.delivery(), NOW + timedelta(days=3))
    assert email_end.sink.mails[0].message["Date"].datetime == CREATED
