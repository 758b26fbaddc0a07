"""Which items tell the same story: copies of one agency text in several papers count once. Pure.

A copy is recognised by the reporter's own words: pairs of neighbouring words outside quotation marks. Quotations are
left out, for two reporters at one press conference write down the same ones; so are pairs of names and pairs of
function words, which every report of an event shares. Pairs survive shuffled, dropped and added sentences, which is
what desks do to agency texts. The measure is containment in the shorter text, so that a copy cut to its first
paragraphs counts as one; the names and numbers of the two must agree as well, which keeps formulas apart ("… people
are killed and … injured in …") and what a live page repeats every day.

The thresholds were set on the field `cluster` of the development news, on texts of our own (tests/unit/items) and on
the near misses among 5,400 one-paragraph reports of 2025; DESIGN.md has the figures.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.items.function_words import FUNCTION_WORDS
from monitor.model.item import IndexedItem, NewItem, OwnWords, StoryCandidate

WITHIN = timedelta(days=4)
"""How far apart in publication two copies of one story may be."""

_LEAST_SHARE = 0.18
_SHORT_TEXTS = 60.0  # the share asked for grows by this over the square of the number of pairs: 0.6 more at 10 pairs
_LEAST_PAIRS = 6
_LEAST_NAMES = 0.5
_NUMBERS_DECIDE_BELOW = 60
_LEAST_TITLE = 5
_SHARE_UNDER_ONE_TITLE = 0.1
_QUOTED = re.compile(
    r"“[^”“]{0,3000}(?:”|\n|$)|\"[^\"\n]{0,3000}(?:\"|\n|$)|«[^»«]{0,3000}»|„[^“”\"„]{0,3000}[“”\"]|»[^«»]{0,3000}«"
)
_GAP = "|"
_TOKEN = re.compile(r"[^\W_]+|[|.!?;:\n]")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")


def own_words(title: str, text: str) -> OwnWords:
    """Read a text for what is its writer's own."""
    found = _Reading(_QUOTED.sub(f" {_GAP} ", text))
    if len(found.pairs) < _LEAST_PAIRS:  # all quotation, or hardly a text: its words and the title's must do
        found = _Reading(f"{title}\n{text}")
    words = [_folded(token) for token in _TOKEN.findall(title) if token[0].isalnum()]
    return OwnWords(
        array("I", sorted(found.pairs)),
        frozenset(found.names),
        frozenset(found.numbers),
        " ".join(words) if len(words) >= _LEAST_TITLE else None,
    )


class _Reading:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.pairs: set[int] = set()
        self.names: set[str] = set()
        self.numbers: set[str] = set()
        before, before_is_name, opens = "", False, True
        for token in _TOKEN.findall(text.translate(_APOSTROPHES)):
            if not token[0].isalnum():
                opens = token != _GAP
                before = "" if token in (_GAP, "\n") else before
                continue
            word, is_name = _folded(token), token[0].isupper() or token[0].isdigit()
            if token[0].isdigit():
                self.numbers.add(word)
            elif is_name and not opens:
                self.names.add(word)
            if before and not (is_name and before_is_name) and not {word, before} <= FUNCTION_WORDS:
                self.pairs.add(zlib.crc32(f"{before} {word}".encode()))
            before, before_is_name, opens = word, is_name, False


def _folded(word: str) -> str:
    word = word.casefold()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def same_story(new: NewItem, candidates: Sequence[StoryCandidate]) -> int | None:
    """The `story_id` of the candidate that a new item is a copy of, or None when it tells a story of its own.

    Candidates more than `WITHIN` away do not count. Among many, an index of their own words finds the few that can be
    copies at all (`storage/stories.py`); `closest` then decides.
    """
    indexed = (IndexedItem(c.item_id, c.story_id, c.published_at, own_words(c.title, c.text)) for c in candidates)
    return closest(own_words(new.title, new.text), new.published_at, indexed)


def closest(words: OwnWords, published_at: datetime, candidates: Iterable[IndexedItem]) -> int | None:
    """The story of the candidate closest to a text, None where none is a copy of it; of two equals the older story."""
    mine = frozenset(words.pairs)
    best: tuple[float, int] | None = None
    for candidate in candidates:
        if abs(candidate.published_at - published_at) > WITHIN:
            continue
        closeness = _closeness(words, candidate.words, sum(map(mine.__contains__, candidate.words.pairs)))
        if closeness is not None and (best is None or (closeness, -candidate.story_id) > best):
            best = closeness, -candidate.story_id
    return -best[1] if best else None


def _closeness(mine: OwnWords, theirs: OwnWords, shared: int) -> float | None:
    """The share of the shorter text that the longer one has too, or None when they are two texts."""
    fewest = min(len(mine.pairs), len(theirs.pairs))
    share = shared / fewest if fewest else 0.0
    if fewest < _NUMBERS_DECIDE_BELOW and mine.numbers - theirs.numbers and theirs.numbers - mine.numbers:
        return None
    if mine.title and mine.title == theirs.title and (fewest < _LEAST_PAIRS or share >= _SHARE_UNDER_ONE_TITLE):
        return max(share, 0.5)
    if shared < _LEAST_PAIRS or share < _LEAST_SHARE + _SHORT_TEXTS / fewest**2:
        return None
    names = min(len(mine.names), len(theirs.names))
    if names and len(mine.names & theirs.names) < _LEAST_NAMES * names:
        return None
    return share
