"""Documents from the tables of rows, cut, doubled and stirred by a fixed seed: whatever comes is fit or refused.

The short form of a search that ran for long with a fuzzer over the same readers; the same every time.
"""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from monitor.feeds.charset import decode
from monitor.feeds.dates import parse_date
from monitor.feeds.opml import BadOpml, read_opml
from monitor.feeds.parse import NotAFeed, parse_document
from monitor.feeds.xml_repair import repaired
from tests.property.feeds.test_wire_input import fit
from tests.unit.feeds import rows_atom, rows_broken, rows_nested, rows_rss
from tests.unit.feeds.test_dates import MORE, UNDERSTOOD

BODIES = [row.body for row in (*rows_rss.ROWS, *rows_atom.ROWS, *rows_broken.ROWS, *rows_nested.ROWS)]
PIECES = [
    b"<![CDATA[", b"]]>", b"<item>", b"</item>", b"<entry>", b"&", b"<", b">", b"<!--", b"-->", b"<?", b"?>",
    b"&#x0;", b"\x00", b"<svg>", b"<title>", b"</title>", b"<!DOCTYPE x [", b"<!ENTITY a '&#38;b;'>", b"xmlns:x='y'",
    b"<x:y z:w='", b"type='xhtml'", b"mode='base64'", b"xml:base='javascript:'", b"\xff\xfe", b"\xed\xa0\x80",
    b"<div>" * 40, b"&lang=",
]  # fmt: skip


def stirred(dice: random.Random) -> bytes:
    """One of the documents after a few changes."""
    body = bytearray(dice.choice(BODIES))
    for _ in range(dice.randint(1, 6)):
        at, length = dice.randrange(len(body) + 1), dice.randint(1, 60)
        match dice.randrange(5):
            case 0:
                body[at:at] = dice.choice(PIECES)
            case 1:
                del body[at : at + length]
            case 2:
                body[at:at] = body[at : at + length] * dice.randint(1, 8)
            case 3:
                body[at:at] = bytes([dice.randrange(256)])
            case _:
                other = dice.choice(BODIES)
                start = dice.randrange(len(other))
                body[at:at] = other[start : start + length]
    return bytes(body)


@pytest.mark.parametrize("seed", range(20))
def test_stirred_documents_are_fit_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        body = stirred(dice)
        with suppress(NotAFeed):
            feed = parse_document(body, None, dice.choice([None, "https://example.org/feed"]))
            fit(feed)
        repaired(body).decode("utf-8", "replace")
        decode(body, dice.choice([None, "text/xml; charset=utf-8", "text/xml; charset=koi8-r"]))[0].encode("utf-8")
        with suppress(BadOpml):
            read_opml(body, [])


def test_stirred_dates_are_moments_or_none() -> None:
    dice = random.Random(822)
    texts = [text for text, _ in (*UNDERSTOOD, *MORE)]
    for _ in range(5_000):
        text, other = dice.choice(texts), dice.choice(texts)
        at, to = dice.randrange(len(text)), dice.randrange(len(other))
        found = parse_date(text[:at] + other[to:])
        assert found is None or 1970 <= found.year <= 9999
