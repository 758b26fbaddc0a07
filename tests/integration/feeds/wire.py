"""An HTTP server on loopback that misbehaves to order: each path has a script that writes raw bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Script = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request, and the way to answer it."""

    def __init__(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        self.path = path
        self.headers = headers
        self._writer = writer

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A proper answer. A header is written `content_type="text/xml"`."""
        fields = {"Content-Length": str(len(body)), "Connection": "close"}
        fields.update({name.replace("_", "-").title(): value for name, value in headers.items()})
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        await self.raw(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + body)

    def reset(self) -> None:
        """Break the connection off with a reset instead of an end."""
        import socket
        import struct

        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


class Wire:
    """The server. `seen` are the requests in their order. Each address of 127.0.0.0/8 is a host of its own."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.scripts: dict[str, Script] = {}
        self.seen: list[Exchange] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def on(self, path: str, script: Script) -> str:
        """Answer a path by a script; returns its address."""
        self.scripts[path] = script
        return self.url + path

    def give(self, path: str, status: int = 200, body: bytes = b"", **headers: str) -> str:
        """Answer a path with this; returns its address."""

        async def script(exchange: Exchange) -> None:
            await exchange.answer(status, body, **headers)

        return self.on(path, script)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.host, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:]) if k}
            exchange = Exchange(path, headers, writer)
            self.seen.append(exchange)
            await self.scripts[path.partition("?")[0]](exchange)
        with suppress(ConnectionError, RuntimeError):
            writer.close()
