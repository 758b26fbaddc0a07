"""What every channel does: one attempt to deliver, which always ends and always has a result."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.alerts.clean import encodable
from monitor.model.alert import AttemptResult, ClaimedDelivery

ATTEMPT_DEADLINE_S = 15.0
"""An attempt ends within this many seconds in total, whatever the other side does."""

MOST_ANSWER_BYTES = 64 * 1024
"""No more of an answer is read."""

KEPT_ANSWER_CHARS = 1_000
"""The first so many characters of an answer are kept for the operator."""


class Channel(Protocol):
    """A way to reach somebody.

    `send` makes one attempt and never raises for what the other side does or what the delivery holds: that is an
    AttemptResult with `error` in plain words. `permanent` means that trying again would not help, `disable_target` that
    nothing more may be sent to this target. `now` is the time of the attempt, aware.
    """

    async def send(self, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        """Attempt the delivery once."""
        ...


def kept(answer: str) -> str | None:
    """The part of an answer that is kept, without control characters except line breaks; None when it is empty."""
    text = encodable(answer[: 2 * KEPT_ANSWER_CHARS])
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text.replace("\r\n", "\n")).strip()
    return text[:KEPT_ANSWER_CHARS] or None
