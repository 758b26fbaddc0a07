"""What response headers say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.feeds.http_facts import max_age_s, retry_after_s, validator

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("120.7", 120),
        ("0", None),
        ("-5", None),
        ("999999999999", 86_400),
        ("Tue, 18 Feb 2025 12:10:00 GMT", 600),
        ("Tue, 18 Feb 2025 13:10:00 +0100", 600),
        ("Tue, 18 Feb 2025 11:00:00 GMT", None),  # has passed
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("soon", None),
        ("١٢٠", None),  # digits, but not those of HTTP
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": 'public, Max-Age="300", must-revalidate'}, 300),
        ({"cache-control": "s-maxage=300"}, None),
        ({"cache-control": "no-cache, max-age=300"}, None),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "900"}, 0),
        ({"cache-control": "max-age=x"}, None),
        ({}, None),
    ],
)
def test_max_age(headers: dict[str, str], seconds: int | None) -> None:
    assert max_age_s(headers) == seconds


@pytest.mark.parametrize(
    ("value", "kept"),
    [('W/"abc"', 'W/"abc"'), (" x ", "x"), ("", None), (None, None), ("a\r\nb", None), ("ä", None), ("x" * 600, None)],
)
def test_validators_can_be_sent_back(value: str | None, kept: str | None) -> None:
    assert validator(value) == kept
