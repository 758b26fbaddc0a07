"""Secrets in addresses do not show."""

from __future__ import annotations

import pytest

from monitor.net.mask import mask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://anna:s3cret@example.org/feed", "https://***@example.org/feed"),
        ("https://s3cret@example.org/feed", "https://***@example.org/feed"),
        ("https://a:b@c@example.org/", "https://***@example.org/"),
        ("https://example.org/f?token=s3cret&page=2", "https://example.org/f?token=***&page=2"),
        ("https://example.org/f?API_KEY=s3cret", "https://example.org/f?API_KEY=***"),
        ("https://example.org/f?user_auth=s3cret#x", "https://example.org/f?user_auth=***#x"),
        ("https://example.org/f?key=s3cret;sig=s3cret", "https://example.org/f?key=***;sig=***"),
        ("see https://a:b@x.org/ and http://c:d@y.org/?password=z", "see https://***@x.org/ and http://***@y.org/?password=***"),
        ("https://example.org/a@b?monkey=1&keyword=2&author=3", "https://example.org/a@b?monkey=1&keyword=2&author=3"),
        ("mail a@example.org", "mail a@example.org"),
    ],
)  # fmt: skip
def test_masks_secrets_and_nothing_else(text: str, shown: str) -> None:
    assert mask(text) == shown
    assert mask(shown) == shown
