"""A naive evaluation of query trees: every window tried, every combination built, straight from the definitions.

It shares with the matcher what a word, a fold, a stem and a spelling are; not how anything is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product

from rules.fold import Folded, fold
from rules.query_tree import And, Near, Node, Or, Term, Word
from rules.tokens import Tokens, stemmer, tokenise
from rules.variants import groups

Interval = tuple[int, int]
Standing = dict[str, set[Interval]]
_stem = stemmer("english")


class NaiveField:
    def __init__(self, text: str) -> None:
        self.folded: Folded = fold(text)
        self.tokens: Tokens = tokenise(self.folded.text)

    def span(self, interval: Interval) -> Interval:
        return self.folded.span(self.tokens.starts[interval[0]], self.tokens.ends[interval[1] - 1])


def minimal(intervals: set[Interval]) -> set[Interval]:
    return {(a, b) for a, b in intervals if not any((c, d) != (a, b) and a <= c and d <= b for c, d in intervals)}


def stands(node: Node, fields: Mapping[str, NaiveField]) -> Standing:
    if isinstance(node, And):
        return _all(node, fields)
    if isinstance(node, Or):
        return _merged([stands(part, fields) for part in node.parts], fields)
    found = {name: minimal(places(node, field)) for name, field in fields.items()}
    return {name: intervals for name, intervals in found.items() if intervals}


def _merged(standings: list[Standing], fields: Mapping[str, NaiveField]) -> Standing:
    merged = {name: minimal(set().union(*(s.get(name, set()) for s in standings))) for name in fields}
    return {name: intervals for name, intervals in merged.items() if intervals}


def _all(node: And, fields: Mapping[str, NaiveField]) -> Standing:
    wanted = [stands(part, fields) for part in node.wanted]
    if not all(wanted) or any(stands(part, fields) for part in node.unwanted):
        return {}
    together = {
        name: minimal(
            {
                (min(a for a, _ in row), max(b for _, b in row))
                for row in product(*(standing.get(name, set()) for standing in wanted))
            }
        )
        for name in fields
    }
    together = {name: intervals for name, intervals in together.items() if intervals}
    return together or _merged(wanted, fields)


def places(node: Node, field: NaiveField) -> set[Interval]:
    match node:
        case Term():
            count = len(field.tokens.words)
            return {(a, b) for a in range(count) for b in range(a + 1, count + 1) if _is_term(node.words, field, a, b)}
        case Or(parts):
            return set().union(*(places(part, field) for part in parts))
        case Near(parts, distances):
            sides = [minimal(places(part, field)) if isinstance(part, Near) else places(part, field) for part in parts]
            rows: list[tuple[Interval, ...]] = [(place,) for place in sides[0]]
            for side, distance in zip(sides[1:], distances, strict=True):
                rows = [(*row, place) for row in rows for place in side if _near(row[-1], place, distance, field)]
            return minimal({(min(a for a, _ in row), max(b for _, b in row)) for row in rows})
        case And():
            raise AssertionError


def _near(one: Interval, other: Interval, distance: int, field: NaiveField) -> bool:
    (_, end), (start, _) = sorted((one, other))
    if start < end:
        return False
    positions = field.tokens.positions
    return positions[start] - positions[end - 1] - 1 <= distance


def _is_term(words: tuple[Word, ...], field: NaiveField, first: int, past: int) -> bool:
    positions = field.tokens.positions
    if positions[past - 1] - positions[first] != past - 1 - first:
        return False
    return _spells(list(words), field.tokens.words[first:past])


def _spells(words: list[Word], tokens: list[str]) -> bool:
    """Whether the tokens are the words; a known spelling, longest first, may stand in any of its group's."""
    if not words:
        return not tokens
    for length in range(len(words), 0, -1):
        known = _group(tuple(words[:length]))
        if known is not None:
            return any(
                _keys(tokens[: len(row)], words[0]) == row and _spells(words[length:], tokens[len(row) :])
                for row in known
            )
    return bool(tokens) and _same(words[0], tokens[0]) and _spells(words[1:], tokens[1:])


def _keys(tokens: list[str], like: Word) -> tuple[str, ...]:
    return tuple(token if like.exact else _stem(token) for token in tokens)


@cache
def _group(words: tuple[Word, ...]) -> set[tuple[str, ...]] | None:
    if any(word.prefix or word.exact != words[0].exact for word in words):
        return None
    own = _keys([word.text for word in words], words[0])
    rows = [{_keys(tokenise(spelling).words, words[0]) for spelling in group} for group in groups()]
    known: set[tuple[str, ...]] = {own}
    while True:
        more = known.union(*(row for row in rows if row & known))
        if more == known:
            break
        known = more
    return known if any(own in row for row in rows) else None


def _same(word: Word, token: str) -> bool:
    if word.prefix:
        return token.startswith(word.text)
    return token == word.text if word.exact else _stem(token) == _stem(word.text)
