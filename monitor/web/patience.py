"""How often one peer may do what costs us something: a count in memory, bounded however many peers there are."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from starlette.requests import Request

MOST_PEERS = 10_000
"""Peers that are remembered; beyond them the one that did nothing for longest is forgotten."""

_IPV6_NETWORK = 64
"""Bits of an IPv6 address that stand for one peer: whoever has one address has the whole /64."""


class Patience:
    """Lets each peer do something `most` times within a span of time. Safe to share between threads."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most = most
        self.within = within
        self._peers: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, peer: str, now: datetime) -> bool:
        """Counts one more; False, and nothing counted, when there were as many as may be."""
        with self._lock:
            times = self._peers.setdefault(peer, deque())
            self._peers.move_to_end(peer)
            while times and not now - self.within < times[0] <= now:
                times.popleft()
            if len(self._peers) > MOST_PEERS:
                self._peers.popitem(last=False)
            if len(times) >= self._most:
                return False
            times.append(now)
            return True


def peer_of(request: Request) -> str:
    """Who asks, by the connection: headers can claim anything, save those of a trusted proxy (`monitor.web.proxies`).
    Behind any other one all its readers are one peer."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
