"""Times: always aware, always UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. A time without a zone is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or date-time as a moment in UTC; a date alone is its first second. Raises ValueError."""
    text = text.strip()
    if len(text) == len("2025-02-17"):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        return utc(datetime.fromisoformat(text))
    except OverflowError:
        raise ValueError(f"{text} lies outside the years 1 to 9999 in UTC") from None
