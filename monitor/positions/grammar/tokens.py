"""Text → tokens with exact offsets. One linear pass; no pattern can backtrack."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+|\S")
_APOSTROPHES = "'’ʼ`´"
_CLITICS = frozenset({"s", "re", "ve", "ll", "d", "m"})
_MOST_INITIALS = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark. `fold` compares without case, diacritics and typographic variants."""

    start: int
    end: int
    text: str
    fold: str

    @property
    def is_word(self) -> bool:
        """Whether it is a word rather than a mark."""
        return self.fold[0].isalnum() or len(self.fold) > 1

    @property
    def is_upper(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The word without case and diacritics, typographic marks as plain ones."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    for mark in "’ʼ`´":
        kept = kept.replace(mark, "'")
    return kept or text


def tokenize(text: str) -> list[Token]:
    """Words and marks in order. Contractions are parted ("do" + "n't", "Rome" + "'s"), hyphened words are one."""
    pieces = [(found.start(), found.end()) for found in _TOKEN.finditer(text)]
    tokens: list[Token] = []
    index = 0
    while index < len(pieces):
        start, end = pieces[index]
        index = _joined(text, pieces, index)
        last = pieces[index - 1][1]
        tokens.extend(_parted(text, start, last if last > end else end))
    return tokens


def _joined(text: str, pieces: list[tuple[int, int]], index: int) -> int:
    """The index past the piece at `index` and what belongs to the same word: hyphens, apostrophes, initials."""
    start, end = pieces[index]
    index += 1
    if not text[start].isalnum():
        return index
    while index + 1 < len(pieces):
        mark, following = pieces[index], pieces[index + 1]
        if mark[0] != end or following[0] != mark[1] or not text[following[0]].isalnum():
            break
        sign = text[mark[0] : mark[1]]
        initials = (
            sign == "."
            and end - start <= _MOST_INITIALS * 2
            and _all_initials(text, start, end)
            and following[1] - following[0] == 1
        )
        number = sign in ".,:" and text[end - 1].isdigit() and text[following[0]].isdigit()
        if not (initials or number or sign in "-‐‑" or sign in _APOSTROPHES):
            break
        end = following[1]
        index += 2
    dotted = index < len(pieces) and text[pieces[index][0]] == "." and pieces[index][0] == end
    if dotted and "." in text[start:end] and _all_initials(text, start, end):
        index += 1
    return index


def _all_initials(text: str, start: int, end: int) -> bool:
    return all(len(part) == 1 and part.isalpha() for part in text[start:end].split("."))


def _parted(text: str, start: int, end: int) -> list[Token]:
    word = text[start:end]
    folded = fold(word)
    cut = 0
    for mark in _APOSTROPHES:
        at = word.rfind(mark)
        if at > 0:
            tail = word[at + 1 :].casefold()
            if tail == "t" and word[at - 1].casefold() == "n":
                cut = start + at - 1
            elif tail in _CLITICS:
                cut = start + at
            break
    if cut <= start:
        return [Token(start, end, word, folded)]
    return [
        Token(start, cut, text[start:cut], fold(text[start:cut])),
        Token(cut, end, text[cut:end], fold(text[cut:end])),
    ]
