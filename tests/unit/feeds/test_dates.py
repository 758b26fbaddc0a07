"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.feeds.dates import parse_date
from monitor.feeds.month_names import month_number

UNDERSTOOD = [
    # RFC 822 and its relatives
    ("Tue, 18 Feb 2025 10:30:00 +0100", "2025-02-18T09:30:00"),
    ("Tue, 18 Feb 2025 10:30:00 GMT", "2025-02-18T10:30:00"),
    ("18 Feb 2025 10:30 EST", "2025-02-18T15:30:00"),
    ("Tue, 18 Feb 25 10:30:00 PDT", "2025-02-18T17:30:00"),
    ("Thu, 07 Sep 95 00:00:01 GMT", "1995-09-07T00:00:01"),
    ("Tuesday, 18-Feb-25 10:30:00 GMT", "2025-02-18T10:30:00"),
    ("Tue Feb 18 10:30:00 2025", "2025-02-18T10:30:00"),
    ("Tue Feb 18 10:30:00 CET 2025", "2025-02-18T09:30:00"),
    ("Tue, 18 Feb 2025", "2025-02-18T00:00:00"),
    ("Tue,18 Feb 2025 10:30:00 +0000", "2025-02-18T10:30:00"),
    ("Tue, 18 Feb 2025 10:30:00", "2025-02-18T10:30:00"),  # no zone
    ("Tue, 18 Feb 2025 10:30 GMT+2", "2025-02-18T08:30:00"),
    ("Tue, 18 Feb 2025 24:00:00 GMT", "2025-02-19T00:00:00"),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59"),
    # ISO 8601 and its gaps
    ("2025-02-18T10:30:00Z", "2025-02-18T10:30:00"),
    ("2025-02-18T10:30:00.123456+05:30", "2025-02-18T05:00:00"),
    ("2025-02-18T10:30+0100", "2025-02-18T09:30:00"),
    ("2025-02-18T10:30:00 +0100", "2025-02-18T09:30:00"),
    ("2025-02-18 10:30:00", "2025-02-18T10:30:00"),
    ("2025-02-18", "2025-02-18T00:00:00"),
    ("2025-02", "2025-02-01T00:00:00"),
    ("20250218T103000Z", "2025-02-18T10:30:00"),
    ("2025-049", "2025-02-18T00:00:00"),
    # the 12-hour clock
    ("18 Feb 2025 02:02:33 PM", "2025-02-18T14:02:33"),
    ("Feb 18, 2025 3:04 p.m.", "2025-02-18T15:04:00"),
    ("2/18/2025 12:05:00 AM", "2025-02-18T00:05:00"),
    ("02:02:33 PM 18 Feb 2025", "2025-02-18T14:02:33"),
    # numbers
    ("1739871000", "2025-02-18T09:30:00"),
    ("1739871000123", "2025-02-18T09:30:00"),
    ("18.02.2025 10:30", "2025-02-18T10:30:00"),
    ("18/02/2025", "2025-02-18T00:00:00"),
    ("02/03/2025", "2025-02-03T00:00:00"),
    # other languages
    ("Do, 22 Dez 2016 08:00:58 +0100", "2016-12-22T07:00:58"),
    ("18. März 2025, 10:30 Uhr", "2025-03-18T10:30:00"),
    ("lundi 3 mars 2025 10:00", "2025-03-03T10:00:00"),
    ("18 de febrero de 2025", "2025-02-18T00:00:00"),
    ("вт, 18 февраля 2025 10:30:00 +0300", "2025-02-18T07:30:00"),
    ("18 лютого 2025", "2025-02-18T00:00:00"),
    ("18 października 2025 10:30", "2025-10-18T10:30:00"),
    ("mar, 18 feb 2025 10:30:00 +0100", "2025-02-18T09:30:00"),  # Italian Tuesday, not March
    ("18 Φεβ 2025", "2025-02-18T00:00:00"),
]
NONSENSE = [
    None, "", "  ", "yesterday", "31 Feb 2025", "2025-02-30", "2025-13-01", "0000-00-00 00:00:00", "32 Jan 2025",
    "Tue, 18 Feb 2025 25:00:00 GMT", "-62135596800", "9999-12-31T23:59:59-05:00", "18 Foo 2025", "12", "1" * 40,
    "2025-02-18T10:30:00" + "x" * 200, "\ud800 2025",
]  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), UNDERSTOOD)
def test_understands(text: str, moment: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.replace(microsecond=0) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_no_date_and_no_error(text: str | None) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("MÄRZ", 3),
        ("mars", 3),
        ("Sept.", 9),
        ("août", 8),
        ("listopadu", 11),
        ("listopada", 10),
        ("Ağu", 8),
        ("foo", None),
    ],
)
def test_months_by_name(name: str, number: int | None) -> None:
    assert month_number(name) == number
