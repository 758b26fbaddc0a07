"""When to leave an endpoint alone: items must not each wait for one that is down. Pure but for its own memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from monitor.completions.trouble import EndpointFailed, Trouble

FAILURES = 3
"""Failures in a row after which it is left alone; where asking again cannot help (a wrong key), the first is enough."""

FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
_AT_ONCE = (Trouble.KEY, Trouble.UNKNOWN, Trouble.ADDRESS)


class Breaker:
    """Counts failures in a row. In memory: a worker that starts anew asks anew. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._until: datetime | None = None
        self._why = ""

    def left_alone(self, now: datetime) -> tuple[datetime, str] | None:
        """Until when the endpoint is left alone, and why; None when it may be asked."""
        with self._lock:
            if self._until is None or self._until <= now:
                return None
            return self._until, self._why

    def failed(self, failure: EndpointFailed, now: datetime) -> None:
        """Notes a failure. One that came of a single question does not count."""
        if not failure.trouble.of_endpoint:
            return
        with self._lock:
            self._failures += 1
            self._why = failure.reason
            over = self._failures - (1 if failure.trouble in _AT_ONCE else FAILURES)
            rest = min(FIRST * 2 ** min(over, 10), LONGEST) if over >= 0 else timedelta(0)
            rest = max(rest, timedelta(seconds=failure.retry_after_s or 0))
            if rest:
                self._until = now + rest

    def answered(self) -> None:
        """Notes an answer: all is well again."""
        with self._lock:
            self._failures, self._until, self._why = 0, None, ""
