"""One Aho-Corasick automaton over everything that rules look for, in one language.

A field is searched once, as one string: its folded text, then each of its words as

    \\x1e word \\x1d stem \\x1c

so that `\\x1etroop` finds a word's beginning, `\\x1etroops\\x1d` the word and `\\x1dtroop\\x1c` a stem. Folding turns
these separators into spaces, so no text can hold them.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, takewhile

import ahocorasick_rs

from rules.fold import Folded, fold
from rules.intervals import Interval
from rules.literals import Literal
from rules.query_tree import Term, Word
from rules.tokens import Tokens, stemmer, tokenise, words_of
from rules.variants import groups, spellings

WORD, STEM, END = "\x1e", "\x1d", "\x1c"

GENITIVE = {"german": "s", "danish": "s", "norwegian": "s", "swedish": "s"}
"""By stemming algorithm, what a name takes without an apostrophe when it owns what follows: "Berlins Antwort"."""

Row = tuple[int, ...]
Slots = tuple[tuple[Row, ...], ...]
"""A term as patterns: slots one after the other, each filled by one of its rows of words in a row."""


@dataclass(frozen=True, slots=True)
class SearchedField:
    """A field after the automaton has passed over it.

    `literals` are (start, end, pattern) in the folded text, at word boundaries. `atoms` gives for the pattern of a
    word's beginning or stem the indexes of the words at which it stands, ascending.
    """

    original: str
    folded: Folded
    tokens: Tokens
    literals: Sequence[tuple[int, int, int]]
    atoms: Mapping[int, Sequence[int]]

    def span(self, interval: Interval) -> tuple[int, int]:
        """An interval of words as a span in the original text."""
        first, past = interval
        return self.folded.span(self.tokens.starts[first], self.tokens.ends[past - 1])

    def interval(self, start: int, end: int) -> Interval | None:
        """The words that a span of the folded text touches; None for a span without any."""
        first, past = bisect_right(self.tokens.ends, start), bisect_left(self.tokens.starts, end)
        return (first, past) if first < past else None


class Automaton:
    """The automaton for one Snowball algorithm.

    `literals[p]` are the wordings that pattern p stands for; `slots` holds every term of the queries as patterns.
    """

    def __init__(self, literals: Iterable[Literal], terms: Iterable[Term], algorithm: str) -> None:
        self._stem = stemmer(algorithm)
        self._genitive = GENITIVE.get(algorithm, "")
        self._patterns: dict[str, int] = {}
        self._inner: dict[int, dict[int, Word]] = defaultdict(dict)
        owners: dict[int, list[Literal]] = defaultdict(list)
        for literal in literals:
            for spelling in spellings(literal.folded):
                owners[self._pattern(spelling)].append(literal)
        self.literals: Mapping[int, Sequence[Literal]] = dict(owners)
        self.slots: Mapping[Term, Slots] = {term: self._slots(term) for term in dict.fromkeys(terms)}
        self._search = ahocorasick_rs.AhoCorasick(list(self._patterns), store_patterns=False)

    @property
    def texts(self) -> Sequence[str]:
        """What each pattern looks for, by its number."""
        return list(self._patterns)

    def _pattern(self, text: str) -> int:
        return self._patterns.setdefault(text, len(self._patterns))

    def _slots(self, term: Term) -> Slots:
        slots: list[tuple[Row, ...]] = []
        at = 0
        while at < len(term.words):
            length, rows = self._spellings_at(term.words[at:])
            slots.append(rows)
            at += length
        return tuple(slots)

    def _spellings_at(self, words: tuple[Word, ...]) -> tuple[int, tuple[Row, ...]]:
        """How many words the longest known spelling at the beginning takes, and the rows of patterns for its group."""
        first = words[0]
        if first.inner:
            return 1, ((self._inner_pattern(first),),)
        if first.prefix:
            return 1, ((self._pattern(WORD + first.text),),)
        alike = list(
            takewhile(lambda word: (word.prefix, word.inner, word.exact) == (False, False, first.exact), words)
        )
        known = _groups(_as_written) if first.exact else _groups(self._stem)
        keys = tuple(word.text if first.exact else self._stem(word.text) for word in alike)
        for length in range(len(keys), 0, -1):
            group = known.get(keys[:length])
            if group is not None:
                return length, tuple(self._row(row, first.exact) for row in group)
        return 1, (self._row(keys[:1], first.exact),)

    def _inner_pattern(self, word: Word) -> int:
        """A number for a word with `*` inside. It has no needle: it is tried where its beginning was found."""
        beginning = self._pattern(WORD + word.text.partition("*")[0])
        number = self._pattern(f"{WORD}{word.text}{'*' if word.prefix else ''}{END}")
        self._inner[beginning][number] = word
        return number

    def _row(self, keys: tuple[str, ...], exact: bool) -> Row:
        return tuple(self._pattern(f"{WORD}{key}{STEM}" if exact else f"{STEM}{key}{END}") for key in keys)

    def search(self, original: str) -> SearchedField:
        """One pass over a field."""
        folded, tokens = _folded_words(original)
        pieces = [f"{WORD}{word}{STEM}{self._stem(word)}{END}" for word in tokens.words]
        limit = len(folded.text)
        offsets = list(accumulate(map(len, pieces), initial=limit))
        literals: list[tuple[int, int, int]] = []
        atoms: dict[int, list[int]] = defaultdict(list)
        haystack = folded.text + "".join(pieces)
        for pattern, start, end in self._search.find_matches_as_indexes(haystack, overlapping=True):
            if pattern not in self.literals:
                index = bisect_right(offsets, start) - 1
                atoms[pattern].append(index)
                for number, word in self._inner.get(pattern, {}).items():
                    if fits(word, tokens.words[index]):
                        atoms[number].append(index)
            elif end <= limit and not (_glued(folded.text, start - 1) or self._goes_on(folded.text, end)):
                literals.append((start, end, pattern))
        return SearchedField(original, folded, tokens, literals, atoms)

    def _goes_on(self, text: str, end: int) -> bool:
        """Whether a name is only the beginning of a longer word; an ending of the genitive does not count."""
        if self._genitive and text.startswith(self._genitive, end) and not text.endswith(self._genitive, 0, end):
            end += len(self._genitive)
        return _glued(text, end)


@lru_cache(maxsize=8)
def _folded_words(original: str) -> tuple[Folded, Tokens]:
    """A field may be searched by several automata one after the other: a preview asks the rules before and after."""
    folded = fold(original)
    return folded, tokenise(folded.text)


def fits(wanted: Word, word: str) -> bool:
    """Whether a word of a text is one with `*` inside: its parts in their order, the first and the last at the ends.

    Each part is looked for once, from where the one before it ended: linear, whatever the operator wrote.
    """
    first, *others = wanted.text.split("*")
    last = "" if wanted.prefix else others.pop()
    if not (word.startswith(first) and word.endswith(last)):
        return False
    at, limit = len(first), len(word) - len(last)
    for part in others:
        found = word.find(part, at, limit)
        if found < 0:
            return False
        at = found + len(part)
    return at <= limit


def _as_written(word: str) -> str:
    return word


@lru_cache(maxsize=64)
def _groups(key: Callable[[str], str]) -> Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The keys (stems) of a spelling's words → those of all its group's spellings; groups that share one are joined."""
    merged: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for group in groups():
        rows = dict.fromkeys(tuple(map(key, words_of(spelling))) for spelling in group)
        for row in list(rows):
            rows |= merged.get(row, {})
        for row in rows:
            merged[row] = rows
    return {row: tuple(rows) for row, rows in merged.items()}


def _glued(text: str, at: int) -> bool:
    """Whether a letter, digit or mark stands there, so that a wording beside it is only a part of a word."""
    if not 0 <= at < len(text):
        return False
    character = text[at]
    return character.isalnum() or unicodedata.category(character).startswith("M")
