"""What response headers say, as facts: Retry-After, Cache-Control, validators. Pure; nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from monitor.model.moment import utc

LONGEST_WAIT_S = 24 * 3600

_LONGEST_VALIDATOR = 512
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([0-9]{1,10})\"?\s*(?:,|$)", re.IGNORECASE)


def retry_after_s(value: str | None, now: datetime) -> int | None:
    """How long the server asks to be left alone (RFC 9110, 10.2.3), in seconds, at most 24 h.

    Seconds or a date. Nonsense, a date that has passed, zero and negative numbers are None: no wish was expressed.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", text):
        seconds = int(float(text))
    else:
        moment = _http_date(text)
        if moment is None:
            return None
        seconds = int((moment - now).total_seconds())
    return min(seconds, LONGEST_WAIT_S) if seconds > 0 else None


def max_age_s(headers: Mapping[str, str]) -> int | None:
    """For how long the answer is fresh by Cache-Control (RFC 9111), in seconds; None where it does not say."""
    control = headers.get("cache-control", "")
    if re.search(r"(?:^|,)\s*(?:no-cache|no-store)\b", control, re.IGNORECASE):
        return None
    found = _MAX_AGE.search(control)
    if not found:
        return None
    age = headers.get("age", "").strip()
    already = int(age) if re.fullmatch(r"[0-9]{1,10}", age) else 0
    return max(0, int(found.group(1)) - already)


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be sent back as it came; None for what no header may carry."""
    text = (value or "").strip()
    if not text or len(text) > _LONGEST_VALIDATOR or not all(0x20 <= ord(c) < 0x7F for c in text):
        return None
    return text


def _http_date(text: str) -> datetime | None:
    try:
        return utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
