"""A mail server that keeps what it is sent, and refuses, hangs or hangs up as told."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from tests.sinks.served import Served


class SmtpStage(StrEnum):
    """Where in the dialogue a mail server may refuse, hang or hang up; MESSAGE is what follows the mail itself."""

    GREETING = "greeting"
    HELLO = "hello"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    MESSAGE = "message"


HANG_UP = "hang up"
SAY_NOTHING = "say nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that the server took. `login` is the user who logged in, None without."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    tls: bool
    login: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.content, policy=policy.default)


class SmtpSink(Served):
    """A mail server (aiosmtpd) that keeps what it is sent.

    `starttls` and `tls` take a server's context: an upgrade that is required, or TLS from the first byte. `users` maps
    names to passwords and makes logging in required, by one of `mechanisms`. `utf8` offers SMTPUTF8.
    """

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        users: Mapping[str, str] | None = None,
        utf8: bool = True,
        mechanisms: Sequence[str] = ("LOGIN", "PLAIN"),
    ) -> None:
        super().__init__()
        self.mails: list[Mail] = []
        self.attempts = 0
        self._protocols: list[_SmtpProtocol] = []
        self._starttls, self._tls, self._users, self._utf8 = starttls, tls, users, utf8
        self._mechanisms = mechanisms
        self._replies: dict[SmtpStage, deque[str | None]] = {}

    def says(self, stage: SmtpStage, *replies: str | None) -> None:
        """Reply so at that stage, one reply per mail, the last one stays; None accepts, HANG_UP and SAY_NOTHING do."""
        with self._news:
            self._replies[stage] = deque(replies)

    def wait_for(self, count: int, timeout_s: float = 60.0) -> list[Mail]:
        """The mails, once there are so many of them. Not for the event loop of an asynchronous test: it blocks."""
        self._wait(count, lambda: len(self.mails), timeout_s)
        return list(self.mails)

    async def _serve(self, listening: socket.socket) -> asyncio.Server:
        return await self._loop.create_server(self._protocol, sock=listening, ssl=self._tls)

    def _hang_up(self) -> None:
        for protocol in self._protocols:
            if protocol.transport is not None:
                protocol.transport.abort()

    def _protocol(self) -> _SmtpProtocol:
        protocol = _SmtpProtocol(
            self,
            _Handler(self),
            loop=self._loop,
            hostname="sink.invalid",
            enable_SMTPUTF8=self._utf8,
            tls_context=self._starttls,
            require_starttls=self._starttls is not None,
            auth_required=bool(self._users),
            authenticator=self._authenticate,
            auth_exclude_mechanism={"LOGIN", "PLAIN"} - set(self._mechanisms),
        )
        if self._tls is not None:
            # aiosmtpd takes only STARTTLS for encryption, and warns, as an error here, when told so at the start.
            protocol._auth_require_tls = False
        self._protocols.append(protocol)
        return protocol

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = (self._users or {}).get(data.login.decode())
        if known is None or known.encode() != data.password:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=data.login.decode())

    async def reply(self, stage: SmtpStage, server: SMTP) -> str | None:
        """What to say at this stage; None to go on. Hanging up and saying nothing never return."""
        with self._news:
            left = self._replies.get(stage, deque([None]))
            reply = left.popleft() if len(left) > 1 else left[0]
        if reply == HANG_UP:
            server.transport.abort()
        if reply in (HANG_UP, SAY_NOTHING):
            await asyncio.Event().wait()
        return reply

    def took(self, mail: Mail) -> None:
        """Keep a mail."""
        with self._news:
            self.mails.append(mail)
            self._news.notify_all()


class _SmtpProtocol(SMTP):
    def __init__(self, sink: SmtpSink, handler: Any, **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._sink = sink
        self._greeted = False

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            self._sink.attempts += 1
            status = await self._sink.reply(SmtpStage.GREETING, self) or status
        await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd names its commands so
        if not await self._refused(SmtpStage.HELLO):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if not await self._refused(SmtpStage.HELLO):
            await super().smtp_HELO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self._refused(SmtpStage.DATA):
            await super().smtp_DATA(arg)

    async def _refused(self, stage: SmtpStage) -> bool:
        reply = await self._sink.reply(stage, self)
        if reply:
            await super().push(reply)
        return bool(reply)


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        refused = await self._sink.reply(SmtpStage.SENDER, server)
        if refused:
            return refused
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        refused = await self._sink.reply(SmtpStage.RECIPIENT, server)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        refused = await self._sink.reply(SmtpStage.MESSAGE, server)
        if refused:
            return refused
        self._sink.took(
            Mail(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.content,
                tls=session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
                login=session.auth_data if session.authenticated else None,
            )
        )
        return "250 2.0.0 taken"
