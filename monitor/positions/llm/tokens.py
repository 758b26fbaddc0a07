"""How many tokens a text will cost, where nobody has counted them."""

from __future__ import annotations

BYTES_PER_TOKEN = 3
"""Bytes of UTF-8 to a token, on the safe side: byte-pair vocabularies take about four bytes of English to a token,
about three of German or French, and seldom less than a token for a character of three bytes."""

PER_MESSAGE = 8
"""Tokens around each message: role and separators."""


def estimate(*texts: str) -> int:
    """Tokens that these messages will cost, rather too many than too few."""
    return sum(-(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN) + PER_MESSAGE for text in texts)
