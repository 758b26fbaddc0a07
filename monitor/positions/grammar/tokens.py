"""Text → tokens with exact offsets. One linear pass; no pattern can backtrack."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+|\S")
_APOSTROPHES = "'’ʼ`´"
_PLAIN = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_MOST_INITIALS = 4


@dataclass(frozen=True, slots=True)
class Writing:
    """How a language is written, as the tokenizer needs it; each is explained in `languages/README.md`.

    `enclitics` are parted from the word before ("'s", "n't", "-t-il"), longest first; `elisions` from the word behind
    ("l'", "dell'"), without the apostrophe. `keep_accents`: "à" is not "a".
    """

    keep_accents: bool = False
    enclitics: tuple[str, ...] = ()
    elisions: frozenset[str] = frozenset()

    def fold(self, text: str) -> str:
        """A word as it is compared."""
        return fold_accented(text) if self.keep_accents else fold(text)


PLAIN = Writing()
"""Nothing but words and marks."""


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


@lru_cache(maxsize=65536)
def fold_accented(text: str) -> str:
    """The word without case; accents stay, as they part "à" from "a" and "würde" from "wurde"."""
    return unicodedata.normalize("NFC", text).casefold().translate(_PLAIN)


def tokenize(text: str, writing: Writing = PLAIN) -> list[Token]:
    """Words and marks in order. Contractions are parted ("do" + "n't", "l'" + "Ukraine"), hyphened words are one."""
    pieces = [(found.start(), found.end()) for found in _TOKEN.finditer(text)]
    tokens: list[Token] = []
    index = 0
    while index < len(pieces):
        start, end = pieces[index]
        index = _joined(text, pieces, index)
        index = _elided(text, pieces, index, writing)
        last = pieces[index - 1][1]
        tokens.extend(_parted(text, start, last if last > end else end, writing))
    return tokens


def _elided(text: str, pieces: list[tuple[int, int]], index: int, writing: Writing) -> int:
    """The index past an apostrophe that ends an elided word: "d' «envoyer»"."""
    if not writing.elisions or index >= len(pieces):
        return index
    (start, end), mark = pieces[index - 1], pieces[index]
    ends = mark[0] == end and text[mark[0] : mark[1]] in _APOSTROPHES
    return index + 1 if ends and text[start:end].casefold() in writing.elisions else index


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


def _parted(text: str, start: int, end: int, writing: Writing) -> list[Token]:
    tokens: list[Token] = []
    word = text[start:end].translate(_PLAIN).casefold()
    at = word.find("'")
    if 0 < at < len(word) - 1 and word[:at] in writing.elisions:
        tokens.append(_token(text, start, start + at + 1, writing))
        start, word = start + at + 1, word[at + 1 :]
    tail = next((e for e in writing.enclitics if len(word) > len(e) and word.endswith(e)), "")
    if tail and end - len(tail) > start:
        tokens.append(_token(text, start, end - len(tail), writing))
        start = end - len(tail)
    tokens.append(_token(text, start, end, writing))
    return tokens


def _token(text: str, start: int, end: int, writing: Writing) -> Token:
    return Token(start, end, text[start:end], writing.fold(text[start:end]))
