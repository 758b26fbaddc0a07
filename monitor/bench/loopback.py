"""A server on this machine for benchmarks, in a process of its own; it knows just enough HTTP/1.1 for that."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Protocol

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answers(Protocol):
    """What a server says."""

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The answer, whole, to a request that was read whole."""


class _Connection(asyncio.Protocol):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while self._transport is not None and (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[: end + 2]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < whole:
                return
            body, self._read = self._read[end + 4 : whole], self._read[whole:]
            self._transport.write(self._answers.answer(head, body))


async def serve(answers: Answers, host: str = "127.0.0.1") -> None:
    """Serves until stdin ends; the port goes to stdout first."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: _Connection(answers), host, 0, backlog=1024)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    listening.close()
