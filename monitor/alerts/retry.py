"""What follows an attempt: done, again at a time, or given up. Pure.

The table is Svix's published schedule, which Standard Webhooks recommends; five days for mail is RFC 5321, 4.5.4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus

DELAYS: tuple[timedelta, ...] = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait before attempt 1, 2, … after the one before it."""

JITTER = 0.2
"""The share of a delay by which it varies either way, so that what failed together does not come back together."""

LONGEST_RETRY_AFTER = timedelta(hours=24)
"""What a receiver may ask for at most."""

MAIL_LIFETIME = timedelta(days=5)
"""How long mail that is refused for now is tried; the last attempt falls on the end of it."""

SHORTEST_LAST_WAIT = timedelta(hours=1)
"""No attempt is added for the end of the mail's lifetime when less than this is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What to write to the delivery's row. `next_attempt_at` is None unless the status is PENDING.

    `disable_target`: nothing more may be sent there. `why` is for the operator, one plain line.
    """

    status: DeliveryStatus
    next_attempt_at: datetime | None
    disable_target: bool
    why: str


def after_attempt(
    attempt: int,
    result: AttemptResult,
    created_at: datetime,
    now: datetime,
    jitter: float,
    channel: ChannelName,
) -> Next:
    """What follows attempt number `attempt`, counted from 1, which ended at `now`.

    `created_at` is when the delivery was made; mail is given up five days after it. `jitter` is a random number in
    [-1, 1], drawn by the caller so that this stays a function. A receiver's Retry-After makes the wait longer, never
    shorter. Raises ValueError for an attempt below 1 or a jitter out of range.
    """
    if attempt < 1:
        raise ValueError(f"attempts are counted from 1, not {attempt}")
    if not -1.0 <= jitter <= 1.0:
        raise ValueError(f"jitter is a number from -1 to 1, not {jitter}")
    if result.ok:
        return Next(status=DeliveryStatus.DELIVERED, next_attempt_at=None, disable_target=False, why="delivered")
    said = result.error or "failed without a reason"
    if result.permanent or result.disable_target:
        return _dead(f"given up, trying again would not help: {said}", disable_target=result.disable_target)
    wait = _wait(attempt, result, created_at, now, jitter, channel)
    if wait is None:
        return _dead(f"given up after {_attempts(attempt)}: {said}")
    return Next(
        status=DeliveryStatus.PENDING,
        next_attempt_at=now + wait,
        disable_target=False,
        why=f"attempt {attempt} failed: {said}",
    )


def _wait(
    attempt: int, result: AttemptResult, created_at: datetime, now: datetime, jitter: float, channel: ChannelName
) -> timedelta | None:
    """How long to wait; None when there is no further attempt."""
    if channel is ChannelName.EMAIL:
        left = created_at + MAIL_LIFETIME - now
        if left < SHORTEST_LAST_WAIT:
            return None
        return min(_delay(attempt, result, jitter), left)
    return None if attempt >= len(DELAYS) else _delay(attempt, result, jitter)


def _delay(attempt: int, result: AttemptResult, jitter: float) -> timedelta:
    planned = DELAYS[min(attempt, len(DELAYS) - 1)] * (1 + JITTER * jitter)
    longest_s = int(LONGEST_RETRY_AFTER.total_seconds())
    asked_s = min(max(result.retry_after_s or 0, 0), longest_s)
    return max(planned, timedelta(seconds=asked_s))


def _dead(why: str, *, disable_target: bool = False) -> Next:
    return Next(status=DeliveryStatus.DEAD, next_attempt_at=None, disable_target=disable_target, why=why)


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"
