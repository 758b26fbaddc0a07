"""How the connection to the mail server is protected, and how we log in."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from monitor.model.alert import AttemptResult
from tests.contract.channels.deliveries import to_mailbox
from tests.sinks import SmtpSink

NOW = datetime(2025, 2, 17, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


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


def _config(port: int, security: Security, **more: Any) -> SmtpConfig:
    return SmtpConfig(host="127.0.0.1", port=port, security=security, sender="alerts@volteface.example", **more)


async def _sent(sink: SmtpSink, security: Security, **more: Any) -> AttemptResult:
    return await EmailChannel(_config(sink.port, security, **more)).send(to_mailbox(), NOW)


def _server(authority: Authority, security: Security) -> dict[str, ssl.SSLContext]:
    return {"tls" if security is Security.TLS else "starttls": authority.server}


@pytest.mark.parametrize("mechanisms", [("LOGIN",), ("PLAIN",), ("LOGIN", "PLAIN")], ids="+".join)
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_mail_goes_encrypted_and_logged_in(
    authority: Authority, security: Security, mechanisms: tuple[str, ...]
) -> None:
    with SmtpSink(users={"alerts": PASSWORD}, mechanisms=mechanisms, **_server(authority, security)) as sink:  # type: ignore[arg-type]
        result = await _sent(sink, security, user="alerts", password=PASSWORD, ca_file=authority.file)
        assert result.ok, result
        assert sink.mails[0].tls and sink.mails[0].login == "alerts"


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS, Security.OPPORTUNISTIC])
async def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority, security: Security) -> None:
    with SmtpSink(**_server(authority, security)) as sink:  # type: ignore[arg-type]
        result = await _sent(sink, security)
        assert not result.ok and not result.permanent
        assert result.error is not None and "certificate" in result.error.lower()
        assert sink.mails == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS, Security.OPPORTUNISTIC])
async def test_an_operator_may_look_at_no_certificate(authority: Authority, security: Security) -> None:
    with SmtpSink(**_server(authority, security)) as sink:  # type: ignore[arg-type]
        assert (await _sent(sink, security, verify=False)).ok
        assert sink.mails[0].tls


async def test_starttls_that_is_not_offered_is_not_done_without() -> None:
    with SmtpSink() as sink:
        result = await _sent(sink, Security.STARTTLS)
        assert not result.ok and not result.permanent and sink.mails == []


async def test_opportunistic_is_encrypted_where_it_is_offered_and_goes_in_the_clear_where_not(
    authority: Authority,
) -> None:
    with SmtpSink(starttls=authority.server) as offering, SmtpSink() as plain:
        assert (await _sent(offering, Security.OPPORTUNISTIC, ca_file=authority.file)).ok
        assert (await _sent(plain, Security.OPPORTUNISTIC)).ok
        assert offering.mails[0].tls and not plain.mails[0].tls


async def test_a_wrong_password_is_our_trouble_and_is_not_shown(authority: Authority) -> None:
    with SmtpSink(users={"alerts": "another"}, starttls=authority.server) as sink:
        config = _config(sink.port, Security.STARTTLS, user="alerts", password=PASSWORD, ca_file=authority.file)
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
        ({"user": "u", "password": "x", "host": "mail.example.org"}, "would travel in the clear to mail.example.org"),
        (
            {"user": "u", "password": "x", "host": "mail.example.org", "security": Security.OPPORTUNISTIC},
            "could travel in the clear",
        ),
        ({"ca_file": Path(__file__)}, "holds no certificates"),
        ({"ca_file": Path("/nowhere/authority.pem")}, "cannot be read"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_with_the_reason(change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 25,
        "security": Security.PLAIN,
        "sender": "a@volteface.example",
    }
    with pytest.raises(ValueError, match=message):
        SmtpConfig(**{**good, **change})
