"""The address guard: what the service may connect to.

Feeds, redirects, articles, hubs and webhooks carry addresses that somebody else chose. The guard sits where the socket
is opened: it looks the name up itself, checks every answer and connects to one that it has checked. A name that
resolves to something else the next moment (DNS rebinding), or an address spelt as `0x7f.1`, `2130706433` or
`::ffff:127.0.0.1`, makes no difference there. Known victims of checking earlier: CVE-2026-27696, CVE-2026-21885,
GHSA-pfgh-8rpp-c32m.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import idna

from monitor.net.mask import mask
from monitor.net.ranges import Address, Network, embedded, read_address, read_network, why_not_public

Resolve = Callable[[str, int], Awaitable[list[str]]]

_LOOKUPS_AT_ONCE = 64
_SCHEMES = ("http", "https")


class AddressRefused(Exception):  # noqa: N818 - it is what happened
    """This address may not be connected to. The message says why and what an operator can do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Guard:
    """Decides which hosts and addresses may be connected to.

    `allow` names hosts and networks that are allowed although they are private: `127.0.0.0/8`, `localhost`,
    `intranet.example`, `.example.org` (the domain and everything under it). `setting` is what the message tells an
    operator to change. Raises ValueError for an entry that is neither.
    """

    def __init__(
        self, allow: Sequence[str] = (), *, setting: str = "the allow-list", resolve: Resolve | None = None
    ) -> None:
        self._setting = setting
        self._resolve = resolve or _Lookup()
        self._networks: list[Network] = []
        self._hosts: set[str] = set()
        self._domains: list[str] = []
        for entry in allow:
            self._allow(entry.strip())

    def _allow(self, entry: str) -> None:
        network = read_network(entry)
        if network is not None:
            self._networks.append(network)
        elif not entry or any(c in entry for c in "/:@ \\*?#"):
            raise ValueError(
                f"{entry!r} in {self._setting} is neither a host (intranet.example), a domain with all under it"
                " (.example.org) nor a network (10.0.0.0/8); write it without scheme, port and path"
            )
        elif entry.startswith("."):
            self._domains.append(_folded(entry[1:]))
        else:
            self._hosts.add(_folded(entry))

    def check_url(self, url: str) -> None:
        """Check what can be seen without a look-up: the scheme, the spelling, a literal address. Raises AddressRefused.

        It is there for an early and clear answer; what protects is the check at the socket.
        """
        shown = mask(url)
        if any(ord(c) <= 0x20 or c in "\\\x7f" for c in url):
            raise AddressRefused(f"{shown!r} holds a space, a backslash or a control character; percent-encode it")
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise AddressRefused(f"{shown!r} is no address: {error}") from None
        if parts.scheme.lower() not in _SCHEMES:
            raise AddressRefused(f"{shown!r} is neither http nor https; no other kind of address is fetched")
        if not host:
            raise AddressRefused(f"{shown!r} names no host")
        address = read_address(host)
        if address is not None:
            self.check_address(host, address)

    def check_address(self, host: str, address: Address) -> None:
        """Check one address that `host` stands for. Raises AddressRefused."""
        why = why_not_public(address)
        if why is None or self._is_allowed(host, address):
            return
        shown = str(address) if read_address(host) == address else f"{host} ({address})"
        raise AddressRefused(f"{shown} is refused: {why}. If it is meant, add {host} or its network to {self._setting}")

    def check_peer(self, host: str, peer: tuple[Any, ...] | None) -> None:
        """Check whom a socket got connected to, as it names its other end. Raises AddressRefused."""
        address = read_address(str(peer[0])) if peer else None
        if address is None:
            raise AddressRefused(f"cannot tell which address {host} was connected at")
        self.check_address(host, address)

    def _is_allowed(self, host: str, address: Address) -> bool:
        name = _folded(host)
        if name in self._hosts or any(name == d or name.endswith("." + d) for d in self._domains):
            return True
        inner = embedded(address)
        return any(a in net for net in self._networks for a in (address, inner) if a is not None)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Look a host up and check all that it stands for; the addresses to connect to, best first.

        One refused answer refuses the host: a name that points inside and outside at once is an attempt. Raises
        AddressRefused, and OSError when the name cannot be resolved.
        """
        found = await self._resolve(host, port)
        checked: list[str] = []
        for text in found:
            address = read_address(text)
            if address is None:
                raise AddressRefused(f"{host} resolves to {text!r}, which is no address")
            self.check_address(host, address)
            if text not in checked:
                checked.append(text)
        if not checked:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} has no address")
        return checked


def _folded(host: str) -> str:
    host = host.strip("[]").rstrip(".").lower()
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return host


class _Lookup:
    """The system's resolver in threads of its own: a name server that hangs holds up nothing else."""

    def __init__(self) -> None:
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, host: str, port: int) -> list[str]:
        with contextlib.suppress(ValueError):
            return [str(ip_address(host))]  # there is nothing to look up
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(_LOOKUPS_AT_ONCE)
        return await anyio.to_thread.run_sync(_look_up, host, port, abandon_on_cancel=True, limiter=self._limiter)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]
