"""A lean HTTP/1.1 transport for many fetches and posts: h11 over asyncio's sockets, each opened through the guard.

httpx's own transport takes some 2 ms of processor time for a small answer, most of it in layers that serve other event
loops and HTTP/2; this takes a fifth. It speaks HTTP/1.1 only, knows no proxy, follows nothing and decodes nothing. What
goes wrong is raised as httpx raises it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from functools import cache
from itertools import count
from typing import Any, NoReturn

import h11
import httpx

from monitor.net.dialling import CONNECT_S, dial
from monitor.net.guard import AddressRefused, Guard

_PIECE = 65_536
_LARGEST_HEAD = 100 * 1024
_MOST_INTERIM = 16
_AT_A_STRETCH = 64
"""Pieces of a body after which others get their turn: one of a byte each costs as much as one of 64 KiB."""
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]


class GuardedHttp1(httpx.AsyncBaseTransport):
    """Sends requests; a body is sent whole and should be small.

    At most `kept` connections to an origin are kept, for `keepalive_s` seconds. There is no timeout for reading:
    whoever asks sets a deadline for the whole, and cancels.
    """

    def __init__(self, guard: Guard, *, keepalive_s: float = 5.0, kept: int = 2) -> None:
        self._guard = guard
        self._keepalive_s = keepalive_s
        self._kept = kept
        self._idle: dict[Origin, list[_Connection]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer; its body comes as it is read.

        Raises AddressRefused, httpx.ConnectError, ConnectTimeout, ReadError, RemoteProtocolError, LocalProtocolError.
        """
        self._guard.check_url(str(request.url))
        origin = _origin(request.url)
        body = await request.aread()
        while (connection := self._take(origin)) is not None:
            try:
                head = await connection.ask(request, body)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                # The other side closed it while it was idle, as it may at any time; a new one will tell. What is
                # posted here carries an id, so that a receiver knows what it gets twice.
                connection.close()
            except BaseException:
                connection.close()
                raise
            else:
                return self._answer(request, origin, connection, head)
        connection = await self._connect(origin)
        try:
            head = await connection.ask(request, body)
        except BaseException:
            connection.close()
            raise
        return self._answer(request, origin, connection, head)

    def _answer(
        self, request: httpx.Request, origin: Origin, connection: _Connection, head: h11.Response
    ) -> httpx.Response:
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(self, origin, connection),
            request=request,
        )

    async def aclose(self) -> None:
        """Close what is idle."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()
        await asyncio.sleep(0)  # closing takes one turn of the loop

    def put_back(self, origin: Origin, connection: _Connection) -> None:
        """Keep a connection whose answer was read to its end, if it can be used again."""
        idle = self._idle.setdefault(origin, [])
        if len(idle) >= self._kept or not connection.ready():
            connection.close()
        else:
            idle.append(connection)
            loop = asyncio.get_running_loop()
            connection.expiry = loop.call_later(self._keepalive_s, self._expire, origin, connection)
        if not idle:
            del self._idle[origin]

    def _take(self, origin: Origin) -> _Connection | None:
        connections = self._idle.get(origin)
        if not connections:
            return None
        connection = connections.pop()
        if not connections:
            del self._idle[origin]
        if connection.expiry is not None:
            connection.expiry.cancel()
        if connection.silent():
            return connection
        connection.close()
        return self._take(origin)

    def _expire(self, origin: Origin, connection: _Connection) -> None:
        connections = self._idle.get(origin, [])
        if connection in connections:
            connections.remove(connection)
            connection.close()
        if not connections:
            self._idle.pop(origin, None)

    async def _connect(self, origin: Origin) -> _Connection:
        """Look up, check, connect to what was checked, and check whom one got."""
        scheme, host, port = origin
        secure: dict[str, Any] = {"ssl": _tls(), "server_hostname": host} if scheme == "https" else {}
        try:
            connection = await dial(
                self._guard, host, port, CONNECT_S, lambda address: _Connection.open(address, port, **secure)
            )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        self._check_peer(connection, host)
        return connection

    def _check_peer(self, connection: _Connection, host: str) -> None:
        try:
            self._guard.check_peer(host, connection.writer.get_extra_info("peername"))
        except AddressRefused:
            connection.close()
            raise


class _Reader(asyncio.StreamReader):
    """A reader that tells whether something waits to be read."""

    unread = 0

    def feed_data(self, data: Any) -> None:
        self.unread += len(data)
        super().feed_data(data)

    async def read(self, n: int = -1) -> bytes:
        data = await super().read(n)
        self.unread -= len(data)
        return data


class _Connection:
    """A connection and where h11 stands with it."""

    @classmethod
    async def open(cls, address: str, port: int, **secure: Any) -> _Connection:
        """Connect; what asyncio.open_connection does, with a reader of ours. Raises OSError."""
        loop = asyncio.get_running_loop()
        reader = _Reader(limit=_PIECE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_connection(lambda: protocol, address, port, **secure)
        return cls(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    def __init__(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.expiry: asyncio.TimerHandle | None = None
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)

    async def ask(self, request: httpx.Request, body: bytes = b"") -> h11.Response:
        """Send a request; the head of its answer. A few interim answers (1xx) are passed over."""
        try:
            asked = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            packed = self._h11.send(asked) or b""
            if body:
                packed += self._h11.send(h11.Data(data=body)) or b""
            packed += self._h11.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        self.writer.write(packed)
        for _ in range(_MOST_INTERIM + 1):
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        raise httpx.RemoteProtocolError(f"more than {_MOST_INTERIM} interim answers before the answer itself")

    async def body(self) -> AsyncIterator[bytes]:
        """The pieces of the body as they come, in their coding."""
        for number in count(1):
            event = await self._next()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage | h11.PAUSED):
                return
            if not number % _AT_A_STRETCH:
                await asyncio.sleep(0)

    async def _next(self) -> Any:
        while True:
            try:
                event = self._h11.next_event()
                if event is not h11.NEED_DATA:
                    return event
                self._h11.receive_data(await self.reader.read(_PIECE))
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            except OSError as error:
                raise httpx.ReadError(str(error)) from error

    def ready(self) -> bool:
        """Whether another request may follow; h11 then stands at its beginning."""
        if self._h11.their_state is h11.SEND_BODY:  # nobody reads the body of a 304 or of an empty answer
            with contextlib.suppress(h11.RemoteProtocolError):
                self._h11.next_event()
        if self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE:
            return False
        if self._h11.trailing_data != (b"", False) or not self.silent():
            return False
        self._h11.start_next_cycle()
        return True

    def silent(self) -> bool:
        """Whether the other side neither closed it nor sent what nobody asked for: the next answer would be that."""
        return not self.reader.at_eof() and not self.reader.unread

    def close(self) -> None:
        """Let go, without waiting for the other side."""
        with contextlib.suppress(OSError, RuntimeError):
            self.writer.transport.abort()


class _Body(httpx.AsyncByteStream):
    def __init__(self, transport: GuardedHttp1, origin: Origin, connection: _Connection) -> None:
        self._transport = transport
        self._origin = origin
        self._connection: _Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._connection is not None:
            async for piece in self._connection.body():
                yield piece

    async def aclose(self) -> None:
        """Give the connection back; one whose answer was not read to its end is closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._transport.put_back(self._origin, connection)


def _origin(url: httpx.URL) -> Origin:
    if url.scheme not in _PORTS:
        _refuse(url)
    # Not url.host, which is decoded: Python would encode it by the older IDNA, where straße.de is strasse.de.
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]


def _refuse(url: httpx.URL) -> NoReturn:
    raise httpx.UnsupportedProtocol(f"{url.scheme} is neither http nor https")


@cache
def _tls() -> ssl.SSLContext:
    """Trust as httpx has it: certifi's roots, or SSL_CERT_FILE / SSL_CERT_DIR for a company's own."""
    context = httpx.create_ssl_context(trust_env=True)
    context.set_alpn_protocols(["http/1.1"])
    return context
