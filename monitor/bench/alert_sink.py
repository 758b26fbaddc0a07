"""A receiver of webhooks in a process of its own, so that it takes no time from whoever is measured.

    python -m monitor.bench.alert_sink

prints its port, answers every POST with 204, notes when each `webhook-id` came first, and gives these moments as JSON
to `GET /times`, until its stdin ends. It knows just enough HTTP/1.1 for that.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb"\r\nwebhook-id: *([^\r]*)", re.IGNORECASE)


class AlertSink:
    """When each id came first, in seconds since the epoch; `repeats` counts those that came again."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self.repeats = 0

    def answer(self, head: bytes) -> bytes:
        """The answer to a request whose body has been read."""
        if head.startswith(b"GET /times"):
            body = json.dumps({"times": self.times, "repeats": self.repeats}).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
                len(body),
                body,
            )
        found = _ID.search(head)
        key = found[1].decode() if found else ""
        if key in self.times:
            self.repeats += 1
        else:
            self.times[key] = time.time()
        return b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


class _Connection(asyncio.Protocol):
    def __init__(self, sink: AlertSink) -> None:
        self._sink = sink
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
            self._read = self._read[whole:]
            self._transport.write(self._sink.answer(head))


async def serve(sink: AlertSink) -> None:
    """Serves until stdin ends; the port goes to stdout first."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: _Connection(sink), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve(AlertSink()))
