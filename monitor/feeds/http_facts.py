"""What response headers say, as facts: Cache-Control, validators. Pure; nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LONGEST_VALIDATOR = 512
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([0-9]{1,10})\"?\s*(?:,|$)", re.IGNORECASE)


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
