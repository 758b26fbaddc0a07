"""One Aho-Corasick automaton over everything that rules look for, in one language.

A field is searched once, as one string: its folded text, then each of its words as

    \\x1e word \\x1d stem \\x1c

so that `\\x1etroop` finds a word's beginning, and `\\x1dtroop\\x1c` a stem. Folding turns these separators into spaces,
so no text can hold them.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import ahocorasick_rs

from rules.fold import Folded, fold
from rules.intervals import Interval
from rules.literals import Literal
from rules.query_tree import Term, Word
from rules.tokens import Tokens, stemmer, tokenise, words_of
from rules.variants import groups, spellings

WORD, STEM, END = "\x1e", "\x1d", "\x1c"

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


class Automaton:
    """The automaton for one Snowball algorithm.

    `literals[p]` are the wordings that pattern p stands for; `slots` holds every term of the queries as patterns.
    """

    def __init__(self, literals: Iterable[Literal], terms: Iterable[Term], algorithm: str) -> None:
        self._stem = stemmer(algorithm)
        self._patterns: dict[str, int] = {}
        owners: dict[int, list[Literal]] = defaultdict(list)
        for literal in literals:
            for spelling in spellings(literal.folded):
                owners[self._pattern(spelling)].append(literal)
        self.literals: Mapping[int, Sequence[Literal]] = dict(owners)
        stem_groups = _stem_groups(self._stem)
        self.slots: Mapping[Term, Slots] = {term: self._slots(term, stem_groups) for term in dict.fromkeys(terms)}
        self._search = ahocorasick_rs.AhoCorasick(list(self._patterns), store_patterns=False)

    def _pattern(self, text: str) -> int:
        return self._patterns.setdefault(text, len(self._patterns))

    def _slots(self, term: Term, stem_groups: StemGroups) -> Slots:
        slots: list[tuple[Row, ...]] = []
        at = 0
        while at < len(term.words):
            length, rows = self._spellings_at(term.words[at:], stem_groups)
            slots.append(tuple(rows))
            at += length
        return tuple(slots)

    def _spellings_at(self, words: tuple[Word, ...], stem_groups: StemGroups) -> tuple[int, list[Row]]:
        """How many words the longest known spelling at the beginning takes, and the rows of patterns for its group."""
        if words[0].prefix:
            return 1, [(self._pattern(WORD + words[0].text),)]
        stems = tuple(self._stem(word.text) for word in words)
        for length in range(len(words), 0, -1):
            group = stem_groups.get(stems[:length])
            if group is not None and not any(word.prefix for word in words[:length]):
                return length, [tuple(self._pattern(STEM + stem + END) for stem in row) for row in group]
        return 1, [(self._pattern(STEM + stems[0] + END),)]

    def search(self, original: str) -> SearchedField:
        """One pass over a field."""
        folded = fold(original)
        tokens = tokenise(folded.text)
        pieces = [f"{WORD}{word}{STEM}{self._stem(word)}{END}" for word in tokens.words]
        limit = len(folded.text)
        offsets = list(accumulate(map(len, pieces), initial=limit))
        literals: list[tuple[int, int, int]] = []
        atoms: dict[int, list[int]] = defaultdict(list)
        haystack = folded.text + "".join(pieces)
        for pattern, start, end in self._search.find_matches_as_indexes(haystack, overlapping=True):
            if pattern not in self.literals:
                atoms[pattern].append(bisect_right(offsets, start) - 1)
            elif end <= limit and not (_glued(folded.text, start - 1) or _glued(folded.text, end)):
                literals.append((start, end, pattern))
        return SearchedField(original, folded, tokens, literals, atoms)


StemGroups = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]


def _stem_groups(stem: Callable[[str], str]) -> StemGroups:
    """The stems of a spelling → the stems of all spellings of its group. Groups that share a stem become one."""
    merged: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for group in groups():
        rows = dict.fromkeys(tuple(stem(word) for word in words_of(spelling)) for spelling in group)
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
