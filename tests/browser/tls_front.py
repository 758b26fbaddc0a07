"""A reverse proxy that ends TLS, as one stands in front of the pages on a public address."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl

import trustme

from tests.sinks.served import Served

_REPLACED = re.compile(rb"^(?:connection|x-forwarded-[a-z]+):.*\r\n", re.IGNORECASE | re.MULTILINE)
_CHUNK = 65536


class TlsFront(Served):
    """Passes each request on to a loopback port over a connection of its own, and says that it came by TLS."""

    def __init__(self, behind: int) -> None:
        super().__init__()
        self._behind = behind
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority = trustme.CA()
        self.authority.issue_cert(self.host).configure_cert(self._context)
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://{self.host}:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """For a client that knows who vouches for it."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    async def _serve(self, listening: socket.socket) -> asyncio.Server:
        return await asyncio.start_server(self._pass_on, sock=listening, ssl=self._context)

    def _hang_up(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        behind: asyncio.StreamWriter | None = None
        try:
            # One request a connection: then what follows its head needs no reading.
            head = await reader.readuntil(b"\r\n\r\n")
            first, _, rest = head.partition(b"\r\n")
            told = b"Connection: close\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\n"
            answer, behind = await asyncio.open_connection(self.host, self._behind)
            self._open.add(behind)
            behind.write(first + b"\r\n" + told + _REPLACED.sub(b"", rest))
            sending = asyncio.create_task(_copy(reader, behind))
            await _copy(answer, writer)
            sending.cancel()
        except (OSError, asyncio.IncompleteReadError):
            pass  # a browser opens connections that it never uses, and leaves streams as it likes
        finally:
            for end in (writer, behind):
                if end is not None:
                    self._open.discard(end)
                    end.close()


async def _copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(_CHUNK):
            to.write(chunk)
            await to.drain()
