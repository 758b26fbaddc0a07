"""The Retry-After header: seconds or a date (RFC 9110, 10.2.3)."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from monitor.model.moment import utc

LONGEST_S = 24 * 3600

_SECONDS = re.compile(r"([0-9]+)(?:\.[0-9]+)?")
_MOST_DIGITS = 12


def retry_after_s(value: str | None, now: datetime) -> int | None:
    """How long the other side asks to be left alone, in seconds from `now`, at most 24 h; never 0.

    Nonsense, a date that has passed, zero and negative numbers are None: no wish was expressed.
    """
    text = (value or "").strip()
    number = _SECONDS.fullmatch(text)
    if number:
        seconds = int(number[1]) if len(number[1]) <= _MOST_DIGITS else LONGEST_S
    else:
        try:
            until = utc(parsedate_to_datetime(text))
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        seconds = int((until - utc(now)).total_seconds())
    return min(seconds, LONGEST_S) if seconds > 0 else None
