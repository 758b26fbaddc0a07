"""A mailbox to look at: an SMTP server on loopback that keeps every mail as a file in a Maildir."""

from __future__ import annotations

import asyncio
import mailbox
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monitor.demo import pages

SIZE_LIMIT = 5 * 1024 * 1024
"""Bytes of one mail; a longer one is refused with 552."""

_HTML_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as received. `text` and `html` are None where it has no such part."""

    id: str
    subject: str
    sender: str
    recipients: str
    date: str
    message_id: str
    text: str | None
    html: str | None


class Mailbox:
    """Mails in a Maildir, oldest first; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(folder, create=True)
        self._lock = threading.Lock()

    def add(self, content: bytes) -> str:
        """Keeps a mail and returns its id. It is on disk, whole, before this returns."""
        with self._lock:
            return self._box.add(content)

    def ids(self) -> tuple[str, ...]:
        """The ids of all mails in the order in which they came."""
        with self._lock:
            return tuple(sorted(self._box.keys(), key=lambda id_: (self._box.get_message(id_).get_date(), id_)))

    def source(self, id_: str) -> bytes | None:
        """The mail as it came; None when there is none of that id."""
        with self._lock:
            try:
                return self._box.get_bytes(id_)
            except KeyError:
                return None

    def mail(self, id_: str) -> Mail | None:
        """The mail, read; None when there is none of that id."""
        source = self.source(id_)
        return None if source is None else read_mail(id_, source)

    def mails(self) -> tuple[Mail, ...]:
        """All mails, oldest first."""
        return tuple(mail for id_ in self.ids() if (mail := self.mail(id_)) is not None)

    def routes(self) -> list[BaseRoute]:
        """The list, one mail, its HTML for the sandboxed frame, and its source."""
        return [
            Route("/mailbox", self._list),
            Route("/mailbox/{id}", self._show),
            Route("/mailbox/{id}/html", self._html),
            Route("/mailbox/{id}/source", self._source),
        ]

    def _list(self, _request: Request) -> Response:
        return pages.page("mailbox.html", mails=self.mails()[::-1])

    def _show(self, request: Request) -> Response:
        mail = self.mail(request.path_params["id"])
        return pages.missing("No such mail.") if mail is None else pages.page("mail.html", mail=mail)

    def _html(self, request: Request) -> Response:
        mail = self.mail(request.path_params["id"])
        if mail is None or mail.html is None:
            return pages.missing("No such mail, or it has no HTML.")
        headers = {**pages.SECURITY_HEADERS, "Content-Security-Policy": _HTML_POLICY}
        return Response(mail.html.encode("utf-8", "replace"), headers=headers, media_type="text/html")

    def _source(self, request: Request) -> Response:
        source = self.source(request.path_params["id"])
        if source is None:
            return pages.missing("No such mail.")
        headers = {"Content-Disposition": 'attachment; filename="mail.eml"', "X-Content-Type-Options": "nosniff"}
        return Response(source, headers=headers, media_type="message/rfc822")


class _Receiver:
    """aiosmtpd's handler: accepted means written."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        await run_in_threadpool(self._box.add, content if isinstance(content, bytes) else content.encode())
        return "250 Kept in the demo's mailbox"


@asynccontextmanager
async def serve_smtp(box: Mailbox, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Receives mails for the box while the context is open and yields the port; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    receiver = _Receiver(box)
    open_sessions: WeakSet[SMTP] = WeakSet()

    def session() -> SMTP:
        smtp = SMTP(receiver, hostname="localhost", data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, loop=loop)
        open_sessions.add(smtp)
        return smtp

    server = await loop.create_server(session, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for smtp in list(open_sessions):
            if smtp.transport is not None:
                smtp.transport.close()
        await server.wait_closed()


def read_mail(id_: str, source: bytes) -> Mail:
    """The mail that the bytes hold. Whatever cannot be decoded is shown with replacement characters."""
    message = message_from_bytes(source, policy=policy.default)
    return Mail(
        id=id_,
        subject=_header(message, "Subject"),
        sender=_header(message, "From"),
        recipients=_header(message, "To"),
        date=_header(message, "Date"),
        message_id=_header(message, "Message-ID"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
