"""Folding: what counts as the same letter when rules are looked for, with an exact way back to the original text.

Case, Latin and Greek diacritics, typographic quotation marks, apostrophes, hyphens, dashes and spaces do not count;
soft hyphens and zero-width characters vanish. Cyrillic keeps its letters (й is not и), and so does every script whose
marks are letters. One run of white space is one space, or one line feed where it holds a paragraph break, so that no
name and no phrase reaches across paragraphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK = re.compile(f"[{_MARKS}]")
_DROPPED = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_IS_DROPPED = re.compile(f"[{_DROPPED}]")
_RUN = re.compile(rf"\s[\s{_DROPPED}]*\s")

_PUNCTUATION = (
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u00b4`\u02b9\u02bb\u02bc\u02bd\u02ca\u02cb\uff07", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\uff02", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
# Letters that Unicode does not decompose although readers and news desks write them without the stroke.
_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
)
_DECOMPOSED_SCRIPTS = ("LATIN", "GREEK", "FULLWIDTH LATIN", "FULLWIDTH DIGIT", "MATHEMATICAL", "MODIFIER LETTER SMALL")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the way back: `text[i]` stands for `original[starts[i]:ends[i]]`, in code points."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of the non-empty folded slice `text[start:end]`."""
        return self.starts[start], self.ends[end - 1]


def _decompose(text: str) -> str:
    return _MARK.sub("", unicodedata.normalize("NFKD", text))


def _fold_character(character: str) -> str:
    if _MARK.match(character) or _IS_DROPPED.match(character):
        return ""
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    if "\ud800" <= character <= "\udfff":  # half a character: neither the automaton nor a database takes it
        return "\ufffd"
    if character.isspace():
        return " "
    lowered = character.casefold()
    if character.isalnum() and unicodedata.name(character, "").startswith(_DECOMPOSED_SCRIPTS):
        plain = _decompose(_decompose(character).casefold()).translate(_STROKES)
        return plain if plain and not plain.isspace() else lowered
    return lowered


class _Table(dict[int, str]):
    """Character → folded characters, filled as characters are met. There are at most 0x110000 of them."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        return folded


_TABLE = _Table()


@lru_cache(maxsize=4096)
def _irregular(odd: str) -> re.Pattern[str]:
    """Finds what does not fold one to one: runs of white space, letters with loose marks, the characters in `odd`."""
    odd_class = f"|[{re.escape(odd)}]" if odd else ""
    return re.compile(rf"\s[\s{_DROPPED}]*\s|[^{_MARKS}]?[{_MARKS}]+{odd_class}", re.DOTALL)


def _fold_piece(piece: str) -> str:
    if len(piece) > 1 and piece[0].isspace() and piece[-1].isspace():
        return "\n" if piece.count("\n") > 1 or "\u2029" in piece else " "
    return unicodedata.normalize("NFC", piece).translate(_TABLE)


def fold(text: str) -> Folded:
    """The folded text with its offsets. Never fails, whatever the text."""
    odd = "".join(sorted(c for c in set(text) if len(_TABLE[ord(c)]) != 1))
    if not odd and not _RUN.search(text):
        return Folded(text.translate(_TABLE), range(len(text)), range(1, len(text) + 1))
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in _irregular(odd).finditer(text):
        start, end = found.span()
        piece = _fold_piece(found[0])
        parts += (text[at:start].translate(_TABLE), piece)
        starts += (*range(at, start), *[start] * len(piece))
        ends += (*range(at + 1, start + 1), *[end] * len(piece))
        at = end
    parts.append(text[at:].translate(_TABLE))
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return Folded("".join(parts), starts, ends)


_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_FREQUENT = "“”‘’–—…\u00a0€£•«»„äöüßéèàçêîôûœùâëïáíóúñãõìòåøæÄÖÜÉ"
_MOST_REPLACED = 24


def fold_characters(text: str) -> str | None:
    """A text folded for a quick look: no way back, and white space as it is. None where a mark stands by itself."""
    if text.isascii():
        return text.lower()
    for character in _FREQUENT:
        if character in text:
            text = text.replace(character, _TABLE[ord(character)])
    if text.isascii():
        return text.lower()
    foreign = set("".join(_FOREIGN.findall(text)))
    if any(_MARK.match(character) for character in foreign):
        return None
    pieces = {character: _TABLE[ord(character)] for character in foreign}
    if len(pieces) > _MOST_REPLACED or not all(map(str.isascii, pieces.values())):
        return text.translate(_TABLE)
    for character, piece in pieces.items():
        text = text.replace(character, piece)
    return text.lower()


def fold_wording(text: str) -> str:
    """A wording of a rule as it is looked for in folded text: folded, on one line, without outer space."""
    return " ".join(fold(text).text.split())
