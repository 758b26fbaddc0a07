"""How much room text takes in a list or a plain mail: columns, cutting, wrapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from monitor.alerts.clean import ELLIPSIS, joined_to_previous

LINE = 72
"""Columns of a plain text mail: what is answered to and quoted a few times still fits into 80 (RFC 3676)."""

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NO_WIDTH = ("Mn", "Me", "Cf")
_OPENING = ("Ps", "Pi")
# Scripts without spaces may break anywhere, but no line begins with what closes nor ends with what opens.
_CLOSING = ("Pe", "Pf", "Po")


def columns(text: str) -> int:
    """The columns that a text takes where letters are of one width: two for East Asian wide ones, none for accents."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fitted(text: str, most: int) -> str:
    """The text in at most `most` columns; what is cut ends with an ellipsis, after a whole word where one is near."""
    if columns(text) <= most:
        return text
    taken, end = 0, 0
    for unit in _clusters(text):
        taken += columns(unit)
        if taken > most - 1:
            break
        end += len(unit)
    space = text.rfind(" ", 0, end + 1)
    if space > end * 2 // 3:
        end = space
    return text[:end].rstrip(" ,;:–—-") + ELLIPSIS


def wrapped(text: str, hang: str = "", width: int = LINE) -> str:
    """One paragraph in lines of at most `width` columns; all but the first begin with `hang`.

    Lines break at spaces, between letters of scripts that write none, and within a word only where it is longer than a
    line. An address is never broken: it would no longer lead anywhere.
    """
    if columns(text) <= width:
        return text
    lines: list[str] = []
    line, taken = "", 0
    for unit, spaced in _units(text, width - columns(hang)):
        space = " " if spaced and line.strip() else ""
        room = columns(unit)
        if line.strip() and taken + len(space) + room > width:
            lines.append(line)
            line, taken, space = hang, columns(hang), ""
        line, taken = line + space + unit, taken + len(space) + room
    return "\n".join([*lines, line])


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _clusters(text: str) -> Iterator[str]:
    """The text in pieces that are seen as one: a letter with its accents, an emoji with its parts."""
    begin = 0
    for place in range(1, len(text)):
        if not joined_to_previous(text, place):
            yield text[begin:place]
            begin = place
    if text:
        yield text[begin:]


def _units(text: str, width: int) -> Iterator[tuple[str, bool]]:
    """What may not be broken, and whether a space stands before it."""
    for word in text.split(" "):
        if _ADDRESS.match(word) or (word.isascii() and len(word) <= width):
            yield word, True
            continue
        spaced = True
        for unit in _breakable(word):
            for piece in _short(unit, width):
                yield piece, spaced
                spaced = False


def _breakable(word: str) -> Iterator[str]:
    unit, wide, opens = "", False, False
    for cluster in _clusters(word):
        category = unicodedata.category(cluster[0])
        is_wide, closes = cluster[0].isalnum() and columns(cluster) > 1, category in _CLOSING
        if unit and (wide or is_wide) and not closes and not opens:
            yield unit
            unit = ""
        unit, wide, opens = unit + cluster, is_wide or (closes and wide), category in _OPENING
    if unit:
        yield unit


def _short(unit: str, width: int) -> Iterator[str]:
    """The unit, in pieces if it is wider than a line."""
    piece = ""
    for cluster in _clusters(unit) if columns(unit) > width else (unit,):
        if piece and columns(piece + cluster) > width:
            yield piece
            piece = ""
        piece += cluster
    yield piece
