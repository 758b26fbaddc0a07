"""What every answer of the API carries: how much may still be asked for, and a name by which it is known again."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import Message, Send

from monitor.api.etag import names, tag_of

_JSON = "application/json"


class Answer:
    """Passes an answer on. JSON that was got gets an ETag, and is not sent to whoever has it already; HEAD has no body.

    `private` keeps shared caches from it.
    """

    def __init__(self, send: Send, request: Request, headers: Mapping[str, str], *, private: bool) -> None:
        self._send = send
        self._head = request.method == "HEAD"
        self._read = request.method in ("GET", "HEAD")
        self._had = request.headers.get("if-none-match")
        self._headers = headers
        self._private = private
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        """One part of the answer."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(self._headers)
            headers.add_vary_header("Authorization")
            headers.add_vary_header("Cookie")
            if self._private and "cache-control" not in headers:
                headers["Cache-Control"] = "private, no-cache"
            tagged = self._read and message["status"] == 200 and headers.get("content-type", "").startswith(_JSON)
            if tagged:
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_tagged(self._start, bytes(self._body))
            return
        if self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def _send_tagged(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(scope=start)
        tag = headers.setdefault("ETag", tag_of(body))
        if self._had is not None and names(self._had, tag):
            for name in ("content-length", "content-type"):
                del headers[name]
            await self._send({**start, "status": 304, "headers": start["headers"]})
            await self._send({"type": "http.response.body", "body": b""})
            return
        await self._send(start)
        await self._send({"type": "http.response.body", "body": b"" if self._head else body})
