"""The Retry-After header: seconds or a date (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from monitor.model.moment import utc

LONGEST_S = 24 * 3600


def retry_after_s(value: str | None, now: datetime) -> int | None:
    """How many seconds to wait from `now`, 0 to a day; None when nothing was asked for or it makes no sense."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return LONGEST_S if len(value) > 9 else min(int(value), LONGEST_S)
    try:
        until = utc(parsedate_to_datetime(value))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(int((until - utc(now)).total_seconds()), 0), LONGEST_S)
