"""A receiver of webhooks in a process of its own, so that it takes no time from whoever is measured.

    python -m monitor.bench.alert_sink [SHARE]

prints its port, answers a POST with 204, or at random in a SHARE of cases with 503, notes when each `webhook-id` was
first taken, and gives these moments as JSON to `GET /times`, until its stdin ends.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time

from monitor.bench.loopback import serve

_ID = re.compile(rb"\r\nwebhook-id: *([^\r]*)", re.IGNORECASE)


class AlertSink:
    """When each id was first taken, in seconds since the epoch; `repeats` counts those that came again after that.

    `differing` counts bodies that were not, byte for byte, those of the same id before. `refused` is the share of posts
    that are answered with 503.
    """

    def __init__(self, refused: float = 0.0) -> None:
        self.times: dict[str, float] = {}
        self.repeats = 0
        self.differing = 0
        self._refused = refused
        self._bodies: dict[str, int] = {}

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The answer to a request whose body has been read."""
        if head.startswith(b"GET /times"):
            body = json.dumps({"times": self.times, "repeats": self.repeats, "differing": self.differing}).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
                len(body),
                body,
            )
        found = _ID.search(head)
        key = found[1].decode() if found else ""
        self.differing += self._bodies.setdefault(key, hash(body)) != hash(body)
        if random.random() < self._refused:  # noqa: S311 - trouble, not a secret
            return b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        if key in self.times:
            self.repeats += 1
        else:
            self.times[key] = time.time()
        return b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


if __name__ == "__main__":
    asyncio.run(serve(AlertSink(*map(float, sys.argv[1:2]))))
