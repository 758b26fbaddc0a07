"""Dates as feeds write them: RFC 822 and ISO 8601, and what people make of both. Pure; nothing here raises.

A date without a zone is taken to be UTC. A date that cannot be (31 February) or cannot be understood is None: the item
then counts from when it was first seen.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from monitor.feeds.date_spellings import in_digits
from monitor.feeds.month_names import month_number
from monitor.feeds.time_zones import time_zone

_TIME = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,:]\d+)?)?(?!\d)"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?"
)
_COMPACT_TIME = re.compile(  # the clock without colons: 1830 GMT, T10Z, T101455Z, T10-14-55
    r"(?:\s*T|[\s,]+)(?P<hour>\d{2})(?:-?(?P<minute>\d{2})(?:-?(?P<second>\d{2}))?)?(?:[.,]\d+)?\s*"
    r"(?P<rest>(?:[A-Z]{1,5}\b|[+\-−]\d\d:?\d\d).*)?",
    re.IGNORECASE | re.DOTALL,
)
_ISO = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?\.?"
    rf"(?:(?:\s*T\s*|[\s,]+|\s+at\s+){_TIME})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
    r"(?P<rest>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?P<year>\d{4})-?(?P<nth>\d{3})")
_WEEK = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})(?:-?(?P<day>[1-7]))?", re.IGNORECASE)
_SHORT = re.compile(r"(?P<year>\d{2})(?P<sep>-?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})")
_WORD = r"[^\W\d_]+"
_BEFORE_TIME = r"(?:[\s,]|at|um|à|alle|kl\.|г\.|-|T)*"
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|º|ª|er)?[.\s,/-]*(?:de\s+|of\s+|d[eo]l\s+)?(?P<name>{_WORD})[.\s,/-]*"
    rf"(?:de\s+|del\s+)?(?P<year>\d{{4}}|'?\d{{2}})(?!\d)(?:{_BEFORE_TIME}{_TIME})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MONTH_FIRST = re.compile(
    rf"(?P<name>{_WORD})[.\s-]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,-]+(?P<year>\d{{4}})(?!\d)"
    rf"(?:{_BEFORE_TIME}{_TIME})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-./\s]+(?P<name>{_WORD})[-./\s]+(?P<day>\d{{1,2}})\.?"
    rf"(?:{_BEFORE_TIME}{_TIME})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ASCTIME = re.compile(  # Tue Feb 18 10:30:00 [CET] 2025
    rf"(?P<name>{_WORD})\.?\s+(?P<day>\d{{1,2}})[\s,]+{_TIME}\s*(?P<rest>[A-Za-z]{{1,5}}|[+-]\d{{2}}:?\d{{2}})?\s+"
    r"(?P<year>\d{4})\b.*",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERS = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<sep>[./-])(?P<b>\d{{1,2}})(?P=sep)(?P<year>\d{{4}}|\d{{2}})(?!\d)"
    rf"(?:{_BEFORE_TIME}{_TIME})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TIME_FIRST = re.compile(rf"^{_TIME}\s*(?P<zone>[A-Za-z]{{1,5}}|[+-]\d{{2}}:?\d{{2}})?[\s,]+(?P<date>\S.*)$", re.DOTALL)
_WEEKDAY = re.compile(rf"^\s*(?:{_WORD}-?{_WORD}|{_WORD})?\.?\s*,\s*", re.IGNORECASE)
_SHORT_WEEKDAY = re.compile(rf"^\s*({_WORD})\.?\s+(?=\d|{_WORD}\.?\s+\d)")
_LONGEST = 100
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(text: str | None) -> datetime | None:
    """The moment that a feed's date means, in UTC; None when it means none.

    Understood are ISO 8601 with its gaps, ordinals and weeks, RFC 822 with two-digit years (50 and later are of the
    last century: RFC 2822, 4.3) and named zones, asctime, epoch seconds and milliseconds, month names of some twenty
    languages, day.month.year, dates in Chinese, Japanese and Korean, and the 12-hour clock. `a/b/year` is read as
    month/day unless that cannot be, `yy-mm-dd` as ISO 8601 unless that cannot be. Years before 1970 and after 9998 are
    None.
    """
    text = " ".join((text or "").split())
    if not text or len(text) > _LONGEST or not any(c.isdigit() for c in text):
        return None
    text = in_digits(text)
    try:
        found = _epoch(text) or _iso(text) or _worded(text)
    except (ValueError, OverflowError):
        return None
    return found if found and found >= _EARLIEST else None


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, from 2001 on: shorter numbers are rather a year or a day."""
    found = re.fullmatch(r"(\d{9,13})(?:\.\d+)?", text)
    if not found:
        return None
    number = int(found.group(1))
    return datetime.fromtimestamp(number / 1000 if number >= 10**11 else number, UTC)


def _iso(text: str) -> datetime | None:
    nth = _ORDINAL.fullmatch(text)
    if nth:
        found = datetime(int(nth["year"]), 1, 1, tzinfo=UTC) + timedelta(days=int(nth["nth"]) - 1)
        return found if found.year == int(nth["year"]) else None
    week = _WEEK.fullmatch(text)
    if week:
        day = datetime.fromisocalendar(int(week["year"]), int(week["week"]), int(week["day"] or 1))
        return day.replace(tzinfo=UTC)
    if re.fullmatch(r"\d{4}", text):
        return datetime(int(text), 1, 1, tzinfo=UTC)
    short = _SHORT.fullmatch(text)
    if short and _is_day(int(short["month"]), int(short["day"])):
        return datetime(_year(short["year"]), int(short["month"]), int(short["day"]), tzinfo=UTC)
    numbers = _BASIC.fullmatch(text) or _ISO.fullmatch(text)
    if not numbers:
        return None
    return _moment(numbers, int(numbers["year"]), int(numbers["month"]), int(numbers["day"] or 1))


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def _worded(text: str) -> datetime | None:
    text = _without_weekday(text)
    for pattern in (_DAY_FIRST, _ASCTIME, _MONTH_FIRST, _YEAR_FIRST):
        found = pattern.fullmatch(text)
        month = month_number(found["name"]) if found else None
        if found and month:
            return _moment(found, _year(found["year"]), month, int(found["day"]))
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        return _numbered(numbers)
    later = _TIME_FIRST.match(text)
    if later:
        clock = text[: later.start("date")].strip().rstrip(",")
        return parse_date(f"{later['date']} {clock}")
    return _iso(text)


def _without_weekday(text: str) -> str:
    text = _WEEKDAY.sub("", text)
    word = _SHORT_WEEKDAY.match(text)
    return text[word.end() :] if word and month_number(word.group(1)) is None else text


def _numbered(found: re.Match[str]) -> datetime | None:
    a, b = int(found["a"]), int(found["b"])
    month_first = found["sep"] == "/" and a <= 12
    month, day = (a, b) if month_first and b <= 31 else (b, a)
    return _moment(found, _year(found["year"]), month, day)


def _year(text: str) -> int:
    digits = text.lstrip("'")
    year = int(digits)
    return year + (1900 if year >= 50 else 2000) if len(digits) == 2 else year


def _moment(found: re.Match[str], year: int, month: int, day: int) -> datetime:
    groups = found.groupdict()
    if groups.get("hour") is None:
        groups |= _compact_time(groups.get("rest") or "")
    hour, minute, second = (int(groups.get(part) or 0) for part in ("hour", "minute", "second"))
    half = (groups.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    days_on = 1 if (hour, minute, second) == (24, 0, 0) else 0
    second = 59 if second == 60 else second  # a leap second
    zone = time_zone(groups.get("rest") or "")
    local = datetime(year, month, day, 0 if days_on else hour, minute, second, tzinfo=zone)
    return (local + timedelta(days=days_on)).astimezone(UTC)


def _compact_time(rest: str) -> dict[str, str | None]:
    """Hour, minute and second behind a date; an hour alone counts only with a zone."""
    found = _COMPACT_TIME.fullmatch(rest)
    return found.groupdict() if found and (found["minute"] or found["rest"]) else {}
