"""Mail: what a server takes, refuses, and how it can misbehave."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme

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
        (SmtpStage.RECIPIENT, "554 5.7.1 relay access denied", True, False),
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


class Authority:
    """A certificate authority for one test run: the server's context, and the file that makes clients trust it."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self.server)
        self.file = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.file))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_mail_goes_encrypted_and_logged_in(authority: Authority, security: Security) -> None:
    server = {"starttls" if security is Security.STARTTLS else "tls": authority.server}
    with SmtpSink(users={"alerts": PASSWORD}, **server) as sink:  # type: ignore[arg-type]
        config = _config(sink, security, user="alerts", password=PASSWORD, ca_file=authority.file)
        result = await EmailChannel(config).send(to_mailbox(), NOW)
        assert result.ok, result
        assert sink.mails[0].tls and sink.mails[0].login == "alerts"


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority, security: Security) -> None:
    server = {"starttls" if security is Security.STARTTLS else "tls": authority.server}
    with SmtpSink(**server) as sink:  # type: ignore[arg-type]
        result = await EmailChannel(_config(sink, security)).send(to_mailbox(), NOW)
        assert not result.ok and not result.permanent
        assert result.error is not None and "certificate" in result.error.lower()
        assert sink.mails == []


async def test_starttls_that_is_not_offered_is_not_done_without() -> None:
    with SmtpSink() as sink:
        result = await EmailChannel(_config(sink, Security.STARTTLS)).send(to_mailbox(), NOW)
        assert not result.ok and not result.permanent and sink.mails == []


async def test_a_wrong_password_is_our_trouble_and_is_not_shown(authority: Authority) -> None:
    with SmtpSink(users={"alerts": "another"}, starttls=authority.server) as sink:
        config = _config(sink, Security.STARTTLS, user="alerts", password=PASSWORD, ca_file=authority.file)
        result = await EmailChannel(config).send(to_mailbox(), NOW)
        assert not result.ok and not result.permanent and not result.disable_target
        assert result.status == 535
        assert PASSWORD not in repr(result) and PASSWORD not in repr(config)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sender": "nobody"}, "sender 'nobody' is no mail address"),
        ({"sender": "x@example.org\r\nBcc: y@example.org"}, "is no mail address"),
        ({"password": "x"}, "no user"),
        ({"user": "u", "password": "x", "host": "mail.example.org"}, "in the clear to mail.example.org"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_with_the_reason(change: dict[str, str], message: str) -> None:
    good = {"host": "127.0.0.1", "port": 25, "security": Security.PLAIN, "sender": "a@volteface.example"}
    with pytest.raises(ValueError, match=message):
        SmtpConfig(**{**good, **change})  # type: ignore[arg-type]


async def test_the_date_is_the_alert_s_not_the_attempt_s(email_end: EmailEnd) -> None:
    await email_end.channel().send(email_end.delivery(), NOW + timedelta(days=3))
    assert email_end.sink.mails[0].message["Date"].datetime == CREATED
