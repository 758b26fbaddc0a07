"""Words of a folded text, and their stems."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from threading import Lock

import snowballstemmer

PARAGRAPH_GAP = 1000
"""A paragraph break counts as so many words: more than any `NEAR/n` may ask for, so that nothing reaches across."""

# An English contraction is one word ("don't"); every other apostrophe parts words (l'Ukraine, O'Brien).
_WORD = re.compile(r"[^\W_]+(?:'(?:s|t|re|ve|ll|d|m)(?![^\W_]))?")
_POSSESSIVE = "'s"

ENGLISH = "english"
_ALGORITHMS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": ENGLISH, "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a folded text in order. `starts` and `ends` are offsets in it; a possessive 's belongs to no word.

    `positions` counts words, with a leap of PARAGRAPH_GAP at each paragraph break.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    positions: Sequence[int]


def tokenise(folded: str) -> Tokens:
    """The words of a text that `fold` has folded."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _WORD.finditer(folded):
        word, end = found[0], found.end()
        if word.endswith(_POSSESSIVE):
            word, end = word[:-2], end - 2
        words.append(word)
        starts.append(found.start())
        ends.append(end)
    return Tokens(words, starts, ends, _positions(folded, starts))


def _positions(folded: str, starts: list[int]) -> Sequence[int]:
    if "\n" not in folded:
        return range(len(starts))
    before = [0, *starts[:-1]]
    breaks = accumulate(folded.count("\n", a, b) for a, b in zip(before, starts, strict=False))
    return [index + PARAGRAPH_GAP * seen for index, seen in enumerate(breaks)]


def words_of(wording: str) -> list[str]:
    """The words of an already folded wording."""
    return tokenise(wording).words


def algorithm_for(lang: str | None) -> str:
    """The Snowball algorithm for an ISO 639-1 language, with or without a region; English when it is not known."""
    primary = (lang or "en").replace("_", "-").split("-", maxsplit=1)[0].lower()
    name = _ALGORITHMS.get(primary, ENGLISH)
    return name if name in _available() else ENGLISH


@lru_cache(maxsize=1)
def _available() -> frozenset[str]:
    return frozenset(snowballstemmer.algorithms())


@lru_cache(maxsize=64)
def stemmer(algorithm: str) -> Callable[[str], str]:
    """A cached stemming function for an algorithm that `algorithm_for` named. Safe to call from several threads."""
    snowball = snowballstemmer.stemmer(algorithm)
    lock = Lock()  # a Snowball stemmer keeps the word it works on in itself

    @lru_cache(maxsize=200_000)
    def stem(word: str) -> str:
        with lock:
            return str(snowball.stemWord(word))

    return stem
