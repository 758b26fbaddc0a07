"""E-mail over SMTP: STARTTLS, required or where it is offered, TLS from the start, or in the clear."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from functools import cache
from pathlib import Path

import aiosmtplib

from monitor.alerts.channels.mail import header_text, message_for, wire_bytes
from monitor.alerts.channels.protocol import ATTEMPT_DEADLINE_S, kept
from monitor.alerts.targets import TargetError, check_email
from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ABOUT_LOGGING_IN = (530, 534, 535, 538)  # RFC 4954
_RELAYING = re.compile(r"\brelay(?:ing|ed)?\b|authentication (?:is )?required|not authenticated", re.IGNORECASE)
_ENHANCED = re.compile(r"^5\.([0-7])\.\d{1,3}\b")
# RFC 3463: 3 mail system, 5 protocol, 6 content, 7 policy. They speak of the message or of us, not of the mailbox.
_NOT_THE_MAILBOX = ("3", "5", "6", "7")


class Security(StrEnum):
    """How the connection to the mail server is protected.

    STARTTLS is required, OPPORTUNISTIC is STARTTLS where the server offers it, TLS is there from the first byte, PLAIN
    is never.
    """

    STARTTLS = "starttls"
    OPPORTUNISTIC = "opportunistic"
    TLS = "tls"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConfig:
    """The mail server and who sends. `sender` is an address, with a name if wanted: `Volteface <alerts@example.org>`.

    `ca_file` names the authorities that vouch for the server (PEM) instead of the system's; without `verify` its
    certificate is not looked at. Raises ValueError when the sender is no address, the file cannot be used, or a
    password would or could travel in the clear to another machine.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    verify: bool = True
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.password and not self.user:
            raise ValueError("a mail password is set, but no user: set both, or neither")
        clear = {Security.PLAIN: "would", Security.OPPORTUNISTIC: "could"}.get(self.security)
        if self.password and clear and self.host not in _LOOPBACK:
            raise ValueError(
                f"the mail password {clear} travel in the clear to {self.host}: set the security to starttls or tls"
            )
        _ = self.address
        self.trust()

    def trust(self) -> ssl.SSLContext:
        """What the server's certificate is checked against. Raises ValueError when `ca_file` cannot be used."""
        return _trust(self.ca_file, self.verify)

    @property
    def address(self) -> Address:
        """The sender, checked."""
        name, spec = parseaddr(self.sender)
        if not self.sender.isprintable():
            raise ValueError(f"the sender {self.sender!r} is no mail address: it holds a control character")
        try:
            local, _, domain = check_email(spec).rpartition("@")
        except TargetError as error:
            raise ValueError(f"the sender {self.sender!r} is no mail address: {error}") from None
        if not local.isascii():
            raise ValueError(f"the sender {self.sender!r}: the part before the @ must be ASCII")
        return Address(display_name=header_text(name), username=local, domain=domain)


@cache
def _trust(ca_file: Path | None, verify: bool) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise ValueError(f"{ca_file} cannot be read, or holds no certificates in PEM: {error}") from None
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(slots=True)
class _Stage:
    """How far an attempt came; it says whose fault a refusal is."""

    name: str = "connect"


class EmailChannel:
    """Sends each alert as one mail over a connection of its own.

    A 4xx answer, and whatever concerns our own access to the server (log-in, sender, relaying), is transient: an
    operator mends it within the days for which a mail is tried. A 5xx to the recipient or the message is permanent, and
    suppresses the address unless its enhanced code (RFC 3463) says that the
    mailbox is not the reason.
    """

    name = ChannelName.EMAIL

    def __init__(self, config: SmtpConfig, *, deadline_s: float = ATTEMPT_DEADLINE_S) -> None:
        self._config = config
        self._sender = config.address
        self._deadline_s = deadline_s

    async def send(self, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        """Hand the mail to the server once."""
        try:
            recipient = check_email(delivery.target)
        except TargetError as error:
            return AttemptResult(ok=False, permanent=True, error=str(error))
        message = message_for(delivery, self._sender, recipient)
        stage = _Stage()
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = await self._hand_over(message, recipient, stage)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code, error.message, stage.name)
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            return AttemptResult(ok=False, error=f"the mail server did not answer within {self._deadline_s:g} s")
        except aiosmtplib.SMTPNotSupported as error:
            return AttemptResult(ok=False, permanent=stage.name == "recipient", error=error.message)
        except aiosmtplib.SMTPException as error:
            return AttemptResult(ok=False, error=f"the mail server failed ({stage.name}): {error.message}")
        except (OSError, ValueError) as error:
            return AttemptResult(ok=False, error=f"the connection to the mail server failed ({stage.name}): {error}")
        return AttemptResult(ok=True, status=answer.code, answer=kept(answer.message))

    async def _hand_over(self, message: EmailMessage, recipient: str, stage: _Stage) -> aiosmtplib.SMTPResponse:
        """The dialogue, step by step: `aiosmtplib.send` waits for RSET and QUIT, which a bad server never answers."""
        client = smtp_client(self._config, self._deadline_s)
        try:
            await client.connect()
            await _greet(client)
            utf8 = not recipient.isascii()
            stage.name = "recipient"
            if utf8 and not client.supports_extension("smtputf8"):
                raise aiosmtplib.SMTPNotSupported("the mail server takes no addresses beyond ASCII (SMTPUTF8)")
            encoding, options = ("utf-8", ["SMTPUTF8"]) if utf8 else ("ascii", [])
            stage.name = "sender"
            await client.mail(self._sender.addr_spec, options=options, encoding=encoding)
            stage.name = "recipient"
            await client.rcpt(recipient, encoding=encoding)
            stage.name = "message"
            answer = await client.data(wire_bytes(message, utf8=utf8))
            # Said for good manners and not waited for: no answer to it changes whether the mail was taken.
            if client.protocol is not None:
                client.protocol.write(b"QUIT\r\n")
            return answer
        finally:
            client.close()


def smtp_client(config: SmtpConfig, timeout_s: float) -> aiosmtplib.SMTP:
    """A client that has not connected yet; `connect` greets, encrypts and logs in as configured."""
    start = {Security.STARTTLS: True, Security.OPPORTUNISTIC: None}.get(config.security, False)
    return aiosmtplib.SMTP(
        hostname=config.host,
        port=config.port,
        username=config.user,
        password=config.password,
        # Given, because the default is a reverse look-up that may hang.
        local_hostname=config.address.domain,
        use_tls=config.security is Security.TLS,
        start_tls=start,
        tls_context=config.trust(),
        timeout=timeout_s,
    )


async def _greet(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code == aiosmtplib.SMTPStatus.domain_unavailable:  # 421: it has hung up
            raise
        await client.helo()


def _refused(code: int, message: str, stage: str) -> AttemptResult:
    ours = stage in ("connect", "sender") or code in _ABOUT_LOGGING_IN or _RELAYING.search(message) is not None
    permanent = 500 <= code < 600 and not ours
    enhanced = _ENHANCED.match(message)
    mailbox = enhanced is None or enhanced.group(1) not in _NOT_THE_MAILBOX
    said = kept(message)
    if not 200 <= code < 600:  # aiosmtplib's own code for what it cannot read, or will not read to its end
        return AttemptResult(ok=False, error=f"what the mail server said is no SMTP ({stage})", answer=said)
    return AttemptResult(
        ok=False,
        status=code,
        permanent=permanent,
        disable_target=permanent and mailbox,
        error=f"the mail server answered {code} ({stage})" + (f": {said.splitlines()[0]}" if said else ""),
        answer=said,
    )
