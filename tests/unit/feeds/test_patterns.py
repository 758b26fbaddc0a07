"""No pattern of ours takes quadratic time on hostile text: each of these would keep one busy for minutes if it did."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.feeds.parse import NotAFeed, parse_document
from monitor.feeds.text import html_to_line, html_to_text
from monitor.items.agencies import credited_agency
from monitor.items.syndication import own_words
from monitor.net.mask import mask

N = 200_000
NOW = datetime(2025, 2, 18, tzinfo=UTC)
PIECES = [
    "<a",
    "<",
    "«",
    "»",
    "“",
    '"',
    "„",
    "\n ",
    "://",
    "?token",
    "?a_",
    "&",
    "(",
    "A ",
    "<!--",
    "<link ",
    "token",
    "a@",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_run_of_one_piece(piece: str) -> None:
    text = (piece * N)[:N]
    html_to_line(text)
    html_to_text(text)
    own_words(text, text)
    credited_agency(text[:300], text)
    mask(text)
    mask("https://example.org/?" + text)


@pytest.mark.parametrize(
    "piece",
    [
        "<link ",
        "<!DOCTYPE html>",
        "<!--",
        "<?",
        "<item>",
        "<item ",
        "</item",
        "<!ENTITY a 'b'>",
        "<",
        "<a>x</b>",
        "<a> ",
        "&#55357;",
    ],
)
def test_a_document_of_one_piece(piece: str) -> None:
    for head in ("", "<html>", "<rss version='2.0'>", "<!DOCTYPE rss ["):
        try:
            parse_document((head + (piece * N)[: N // 4]).encode())
        except NotAFeed as error:
            assert error.reason
