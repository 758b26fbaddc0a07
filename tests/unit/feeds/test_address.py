"""Feed addresses as operators type them."""

from __future__ import annotations

import pytest

from monitor.feeds.address import BadAddress, feed_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://example.org/feed.xml", "https://example.org/feed.xml"),
        ("  example.org/feed  ", "https://example.org/feed"),
        ("<https://example.org>", "https://example.org/"),
        ("HTTP://Example.ORG:80/Feed?B=1&a=2#top", "http://example.org/Feed?B=1&a=2"),
        ("https://example.org:443/x", "https://example.org/x"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("localhost:8080/feed", "https://localhost:8080/feed"),
        ("feed://example.org/rss", "https://example.org/rss"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("https://bücher.example/ü?q=ö", "https://xn--bcher-kva.example/%C3%BC?q=%C3%B6"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://example.org/%C3%BC", "https://example.org/%C3%BC"),
        ("https://anna:s%40cret@example.org/x", "https://anna:s%40cret@example.org/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("//example.org/x", "https://example.org/x"),
        ("https://example.org./x", "https://example.org/x"),
    ],
)
def test_the_address_that_is_meant(typed: str, address: str) -> None:
    assert feed_address(typed) == address
    assert feed_address(address) == address


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "is empty"),
        ("https://", "names no host"),
        ("ftp://example.org/x", "only http and https"),
        ("mailto:a@example.org", "only http and https"),
        ("https:example.org", "two slashes"),
        ("https://exa mple.org/", "holds a blank"),
        ("https://example.org\\x", "holds a blank, a backslash"),
        ("https://example.org/\nx", "control character"),
        ("https://example.org:99999/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://exa_mple..org/", "no valid host name"),
        ("https://" + "a" * 64 + ".org/", "no valid host name"),
        ("https://example.org/" + "x" * 2000, "more than 2000"),
    ],
)
def test_says_what_is_wrong(typed: str, says: str) -> None:
    with pytest.raises(BadAddress, match=says):
        feed_address(typed)


def test_an_error_shows_no_secret() -> None:
    with pytest.raises(BadAddress) as caught:
        feed_address("ftp://anna:s3cret@example.org/?token=t0ken")
    assert "s3cret" not in str(caught.value)
    assert "t0ken" not in str(caught.value)
