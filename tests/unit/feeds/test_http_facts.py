"""What response headers say."""

from __future__ import annotations

import pytest

from monitor.feeds.http_facts import max_age_s, validator


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
