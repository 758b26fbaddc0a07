"""An httpx client whose every connection goes through the guard."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import anyio
import httpcore
import httpx
from httpcore import AsyncNetworkBackend, AsyncNetworkStream

from monitor.net.dialling import CONNECT_S, dial
from monitor.net.guard import AddressRefused, Guard
from monitor.net.http1 import GuardedHttp1


class GuardedBackend(AsyncNetworkBackend):
    """Opens TCP connections to addresses that the guard has looked up and checked, and to no others."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """Look up, check, connect. Raises AddressRefused, httpcore.ConnectError, httpcore.ConnectTimeout."""
        options = list(socket_options or ())

        async def connect(address: str) -> AsyncNetworkStream:
            try:
                return await self._inner.connect_tcp(address, port, None, local_address, options)
            except httpcore.ConnectError as error:
                raise OSError(str(error)) from error

        try:
            stream = await dial(self._guard, host, port, timeout, connect)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        await self._check_peer(stream, host)
        return stream

    async def _check_peer(self, stream: AsyncNetworkStream, host: str) -> None:
        try:
            self._guard.check_peer(host, stream.get_extra_info("server_addr"))
        except AddressRefused:
            await stream.aclose()
            raise

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """Never: sockets in the file system are this machine's own. Raises AddressRefused."""
        raise AddressRefused("a socket in the file system is never connected to")

    async def sleep(self, seconds: float) -> None:
        """Sleep, for the pool's own retries."""
        await anyio.sleep(seconds)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over a connection pool that opens sockets through a GuardedBackend. Knows no proxy."""

    def __init__(self, guard: Guard, *, connections: int = 100, keepalive_s: float = 5.0) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._guard = guard
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(),
            max_connections=connections,
            max_keepalive_connections=min(20, connections),
            keepalive_expiry=keepalive_s,
            network_backend=GuardedBackend(guard),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check the address as it is spelt, then send."""
        self._guard.check_url(str(request.url))
        return await super().handle_async_request(request)


@cache
def _tls() -> ssl.SSLContext:
    """Trust as httpx has it: certifi's roots, or SSL_CERT_FILE / SSL_CERT_DIR for a company's own."""
    return httpx.create_ssl_context(trust_env=True)


def webhook_client(guard: Guard) -> httpx.AsyncClient:
    """A client for small posts to addresses that others chose, with a tenth of the work of `guarded_client`.

    HTTP/1.1 alone. Like the other it follows no redirect, keeps no cookie and uses no proxy. It never waits for an
    answer by its own clock: the caller sets a deadline for the whole.
    """
    return httpx.AsyncClient(
        transport=GuardedHttp1(guard),
        trust_env=False,
        follow_redirects=False,
        timeout=None,  # noqa: S113 - the transport knows none; see above
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )


def guarded_client(
    guard: Guard,
    *,
    connections: int = 100,
    timeout_s: float = 30.0,
    headers: dict[str, str] | None = None,
) -> httpx.AsyncClient:
    """A client for addresses that others chose.

    It follows no redirect by itself (each hop is the caller's decision), stores no cookie, and uses no proxy or .netrc
    of the environment, for a proxy would connect where the guard cannot see. `timeout_s` is httpx's: between two reads,
    so a caller that needs a total deadline adds its own.
    """
    return httpx.AsyncClient(
        transport=GuardedTransport(guard, connections=connections),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)),
        headers=headers,
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )
