"""Reverse proxies that are trusted: what they say of a request's origin is believed, and of nobody else.

Who asks (X-Forwarded-For) and by which scheme (X-Forwarded-Proto) is uvicorn's own reading; by which host the page was
asked for (X-Forwarded-Host) is read here. Without this a service behind TLS would take every request for plain http,
hand out cookies that are not Secure, and count all readers as one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_HOST = re.compile(rb"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")

CAME_BY_PROXY = "volteface.came_by_proxy"
"""In the scope: whether a proxy that nobody trusts passed the request on."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """Believes the forwarded headers of connections from these networks, and takes them off all others."""

    def __init__(self, app: ASGIApp, *, networks: Sequence[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(network) for network in networks]
        self._believing: ASGIApp = ProxyHeadersMiddleware(app, trusted_hosts=list(networks))  # type: ignore[arg-type, assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        peer = _plain(scope["client"][0]) if scope.get("client") else None
        if peer is None or not any(peer in network for network in self._networks):
            await self._app(_without(scope), receive, send)
            return
        # The address as uvicorn compares it: a socket for both families names an IPv4 peer ::ffff:192.0.2.1.
        heard = {**scope, "client": (str(peer), scope["client"][1])}
        await self._believing(_with_host(heard), receive, send)


def _plain(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _without(scope: Scope) -> Scope:
    """Without what is not believed; that something of it was there is noted, for whoever is to trust this machine."""
    kept = [(name, value) for name, value in scope["headers"] if name not in _FORWARDED]
    return {**scope, "headers": kept, CAME_BY_PROXY: len(kept) < len(scope["headers"])}


def _with_host(scope: Scope) -> Scope:
    """The host that the proxy was asked for. What is no host, or several, is not believed: a proxy that adds to what a
    client sent would pass on what that one made up."""
    given = [value.strip() for name, value in scope["headers"] if name == b"x-forwarded-host"]
    if len(given) != 1 or not _HOST.fullmatch(given[0]):
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "headers": [*headers, (b"host", given[0])]}
