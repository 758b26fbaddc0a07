"""The generated feeds as a process, and their addresses."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from monitor.bench.feed_documents import FeedDocuments


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedWire:
    """A running server of `feeds` feeds."""

    feeds: int
    port: int

    @property
    def addresses(self) -> list[str]:
        """The address of each feed. Each has a host of its own, as feeds do: manners towards hosts hold nobody up."""
        return [f"http://127.1.{n // 250}.{n % 250 + 1}:{self.port}/feed/{n}" for n in range(self.feeds)]

    async def turn_to(self, round_: int) -> None:
        """Make the documents of a round; returns when they are there."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /round/%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % round_)
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def feed_wire(feeds: int, documents: FeedDocuments) -> AsyncIterator[FeedWire]:
    """Starts the server and ends it."""
    process = await asyncio.create_subprocess_exec(*_command(feeds, documents), stdin=PIPE, stdout=PIPE)
    try:
        yield FeedWire(feeds=feeds, port=await _port(process))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _port(process: Process) -> int:
    if process.stdout is None or not (line := await process.stdout.readline()):
        raise RuntimeError("the server of the benchmark's feeds did not start; what it said stands above")
    return int(line)


def _command(feeds: int, documents: FeedDocuments) -> list[str]:
    newest: datetime = documents.newest
    numbers = (feeds, documents.entries, documents.words, documents.seed)
    return [sys.executable, "-m", "monitor.bench.feed_server", *map(str, numbers), newest.isoformat()]
