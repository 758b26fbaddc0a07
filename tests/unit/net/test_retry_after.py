"""How long the other side asks to be left alone: one reading for feeds, webhooks and completions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.net.retry_after import retry_after_s

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("120.7", 120),
        ("0", None),
        ("0.9", None),
        ("00", None),
        ("-5", None),
        ("999999999999", 86_400),
        ("Tue, 18 Feb 2025 12:10:00 GMT", 600),
        ("Tue, 18 Feb 2025 13:10:00 +0100", 600),
        ("Tue, 18 Feb 2025 11:00:00 GMT", None),  # has passed
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("9" * 5000, 86_400),
        ("soon", None),
        ("1e3", None),
        ("١٢٠", None),  # digits, but not those of HTTP
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert retry_after_s(value, NOW) == seconds
