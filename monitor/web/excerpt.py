"""The part of a text in which the words of a search stand, with these words marked. Pure."""

from __future__ import annotations

import re
import unicodedata

from monitor.web.highlight import Mark, Segment, segments
from storage.search import TERM, plain

LOOKED_AT = 20_000
"""Characters of a text that are looked through; a page shows fifty texts."""

_BEFORE, _LENGTH = 60, 260


def _letters() -> dict[int, str]:
    """Letters with a diacritic → the letter, one for one, so that offsets stay."""
    found = {}
    for number in range(0xC0, 0x250):
        base = unicodedata.normalize("NFKD", chr(number))[0]
        if base != chr(number) and base.isalpha():
            found[number] = base
    return found


_PLAIN = _letters()


def marks(text: str, query: str) -> list[Mark]:
    """Where the words of a search stand in a text: capitals and diacritics aside."""
    pattern = _pattern(query)
    if pattern is None:
        return []
    return [Mark(m.start(), m.end(), "found", "") for m in pattern.finditer(text[:LOOKED_AT].translate(_PLAIN))]


def excerpt(text: str, query: str) -> list[Segment]:
    """The words around the first place; empty where the text holds none of them."""
    found = marks(text, query)
    if not found:
        return []
    start = max(0, found[0].start - _BEFORE)
    start = 0 if start == 0 else text.find(" ", start, found[0].start) + 1 or start
    end = start + _LENGTH
    end = len(text) if end >= len(text) else max(text.rfind(" ", found[0].end, end), found[0].end)
    inside = [Mark(m.start - start, m.end - start, m.tone, m.label) for m in found if m.end <= end]
    parts = segments(" ".join(text[start:end].split("\n")), inside)
    before = [Segment("… ")] if start else []
    return [*before, *parts, *([Segment(" …")] if end < len(text) else [])]


def _pattern(query: str) -> re.Pattern[str] | None:
    alternatives = []
    for minus, phrase, word in TERM.findall(query):
        words = plain(phrase or word).translate(_PLAIN).split()
        if words and not minus:
            ending = r"\w*" if word.endswith("*") else r"\b"
            alternatives.append(r"\b" + r"\W+".join(map(re.escape, words)) + ending)
    return re.compile("|".join(alternatives), re.IGNORECASE) if alternatives else None
