"""An HTTP sink that misbehaves in every listed way."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.sinks.served import Served


class Manner(StrEnum):
    """How an HTTP answer comes, if it does.

    HANG: the request is read, nothing follows. DRIP: a complete head, then a byte now and then, for ever. DRIP_HEAD:
    the head itself drips. RESET and CLOSE: the connection ends before a byte. RESET_IN_BODY: it ends within the body.
    GARBAGE: bytes that are no HTTP. RAW: the body is all that is sent. FLOOD: a body of 64 MiB, as fast as it is taken.
    HUGE_HEAD: a header as long.
    """

    ANSWER = "answer"
    HANG = "hang"
    DRIP = "drip"
    DRIP_HEAD = "drip head"
    RESET = "reset"
    CLOSE = "close"
    RESET_IN_BODY = "reset in body"
    GARBAGE = "garbage"
    RAW = "raw"
    FLOOD = "flood"
    HUGE_HEAD = "huge head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sink answers to one request."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    manner: Manner = Manner.ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it arrived. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


_FLOOD, _PIECE = 64 * 2**20, 64 * 2**10


class HttpSink(Served):
    """Takes any request and answers as told; without being told, with 200. `tls` takes a server's context."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._tls = tls
        self.requests: list[Request] = []
        self.sent = 0
        self.connections = 0
        self._talks: set[asyncio.Task[None] | None] = set()
        self._answers: deque[Answer] = deque([Answer()])

    @property
    def url(self) -> str:
        """The address of the sink, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}"

    def answers(self, *answers: Answer) -> None:
        """Answer the next requests with these, one each; the last one stays."""
        with self._news:
            self._answers = deque(answers or [Answer()])

    def wait_for(self, count: int, timeout_s: float = 60.0) -> list[Request]:
        """The requests, once there are so many of them. Not for the event loop of an asynchronous test: it blocks."""
        self._wait(count, lambda: len(self.requests), timeout_s)
        return list(self.requests)

    def _answer_to(self, _request: Request) -> Answer:
        """What to answer; called with the lock in hand."""
        return self._answers.popleft() if len(self._answers) > 1 else self._answers[0]

    async def _serve(self, listening: socket.socket) -> asyncio.Server:
        return await asyncio.start_server(self._talk, sock=listening, limit=2**20, ssl=self._tls)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        # Nobody else holds a task that waits for ever: the garbage collector would take it, and warn.
        self._talks.add(asyncio.current_task())
        try:
            while (request := await _read_request(reader)) is not None:
                with self._news:
                    self.requests.append(request)
                    answer = self._answer_to(request)
                    self._news.notify_all()
                if answer.manner in (Manner.FLOOD, Manner.HUGE_HEAD):
                    await self._flood(writer, answer)
                else:
                    await _MANNERS[answer.manner](writer, answer)
                if answer.manner is not Manner.ANSWER:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self._talks.discard(asyncio.current_task())
            writer.close()

    async def _flood(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        """Send 64 MiB, and count in `sent` what was taken: what the other side read, and what lies in buffers."""
        flooding = answer.manner is Manner.FLOOD
        writer.write(_head(answer, _FLOOD) if flooding else b"HTTP/1.1 200 Told\r\nx-huge: ")
        for _ in range(_FLOOD // _PIECE):
            writer.write(b"x" * _PIECE)
            await writer.drain()
            self.sent += _PIECE


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method=method, path=path, headers=headers, body=body)


def _head(answer: Answer, length: int) -> bytes:
    headers = {"content-length": str(length), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _answer(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(_head(answer, len(answer.body)) + answer.body)
    await writer.drain()


async def _hang(writer: asyncio.StreamWriter, answer: Answer) -> None:
    await asyncio.Event().wait()


async def _drip(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(_head(answer, 10**9))
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _drip_head(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _reset(writer: asyncio.StreamWriter, answer: Answer) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _close(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.close()


async def _reset_in_body(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(_head(answer, len(answer.body) + 1_000) + answer.body)
    await writer.drain()
    # The head must be out before the reset, which discards what is still in the way.
    await asyncio.sleep(0.05)
    await _reset(writer, answer)


async def _garbage(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(b"\x00\xff\xfe 220 this is no HTTP\r\n\r\n")
    await writer.drain()


async def _raw(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(answer.body)
    await writer.drain()


_MANNERS: Mapping[Manner, Callable[[asyncio.StreamWriter, Answer], Awaitable[None]]] = {
    Manner.ANSWER: _answer,
    Manner.HANG: _hang,
    Manner.DRIP: _drip,
    Manner.DRIP_HEAD: _drip_head,
    Manner.RESET: _reset,
    Manner.CLOSE: _close,
    Manner.RESET_IN_BODY: _reset_in_body,
    Manner.GARBAGE: _garbage,
    Manner.RAW: _raw,
}


def closed_port() -> int:
    """A loopback port on which nobody listens, with the next one free, too, a moment ago.

    Below those that systems give out by themselves (from 32768 on Linux, 49152 elsewhere): a service that comes back to
    its port after a while finds no connection of somebody else's on it.
    """
    while True:
        port = secrets.choice(range(20_000, 32_000, 2))
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
                return port
        except OSError:
            continue
