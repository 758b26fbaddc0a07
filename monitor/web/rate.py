"""How much one caller may ask for: a bucket each, which fills again evenly, and headers that say how full it is.

The headers are those of draft-ietf-httpapi-ratelimit-headers. The counts are this process's own.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

MOST_CALLERS = 10_000
"""Callers that are remembered; beyond them whoever did nothing for longest is forgotten, and so has a full bucket."""

WINDOW_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What became of one request. `wait_s`: whole seconds until there is room for one; `full_s`: until all is."""

    granted: bool
    limit: int
    left: int
    wait_s: int
    full_s: int

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says of it."""
        told = {
            "RateLimit-Policy": f'"requests";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"requests";r={self.left};t={self.full_s}',
        }
        return told if self.granted else {**told, "Retry-After": str(self.wait_s)}


class Buckets:
    """A bucket for each caller. Safe to share between threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, who: str, limit: int, now: datetime) -> Spent:
        """Takes one of `limit` a minute, if there is one. A clock that goes back takes nothing away."""
        rate = limit / WINDOW_S
        with self._lock:
            held, at = self._held.get(who, (float(limit), now))
            held = min(limit, held + max(0.0, (now - at).total_seconds()) * rate)
            granted = held >= 1
            held -= granted
            self._held[who] = (held, now)
            self._held.move_to_end(who)
            if len(self._held) > MOST_CALLERS:
                self._held.popitem(last=False)
        return Spent(
            granted=granted,
            limit=limit,
            left=int(held),
            wait_s=max(1, math.ceil((1 - held) / rate)),
            full_s=math.ceil((limit - held) / rate),
        )
