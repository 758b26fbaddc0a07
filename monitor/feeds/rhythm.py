"""How often a feed has news, by the dates of its own entries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from monitor.model.feed import ParsedFeed

_RECENT = 20
_LEAST_GAPS = 4
_DROPPED = 2


def past_dates(parsed: ParsedFeed, now: datetime) -> list[datetime]:
    """The dates of a document's entries as far as they have passed, oldest first; an entry without one is left out."""
    dates = [entry.published or entry.updated for entry in parsed.entries]
    return sorted(date for date in (*dates, *parsed.skipped_dates) if date is not None and date <= now)


def rhythm_s(dates: Sequence[datetime]) -> int | None:
    """The usual gap between the latest twenty of these dates, oldest first, in seconds; None where they do not tell.

    It is the mean without the two largest gaps: neither a night or a week-end nor an old entry that was pinned to the
    top may make a busy feed look slow. Entries that share one date (a batch, or days without a time)
    count as they are; where nothing but such gaps are left, the dates tell nothing.
    """
    gaps = sorted((b - a).total_seconds() for a, b in pairwise(dates[-_RECENT:]))
    if len(gaps) < _LEAST_GAPS:
        return None
    kept = gaps[:-_DROPPED]
    mean = sum(kept) / len(kept)
    return int(mean) if mean >= 1 else None
