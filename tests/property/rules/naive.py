"""A naive evaluation of query trees: every window tried, every combination built, straight from the definitions.

It shares with the matcher what a word, a fold, a stem and a spelling are; not how anything is found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import product

from rules.fold import Folded, fold
from rules.model import RuleKind
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Trait, Within, Word
from rules.tokens import Tokens, stemmer, tokenise
from rules.variants import groups

Interval = tuple[int, int]
Standing = tuple[bool, dict[str, set[Interval]]]
_stem = stemmer("english")
_NOT: Standing = (False, {})


class NaiveItem:
    """An item: its fields, its language and source, and where its actors and issues stand, in words."""

    def __init__(
        self,
        texts: Mapping[str, str],
        lang: str | None = "en",
        source: str = "",
        named: Mapping[tuple[RuleKind, str], Mapping[str, set[Interval]]] | None = None,
    ) -> None:
        self.fields = {name: NaiveField(text) for name, text in texts.items()}
        self.lang = lang
        self.source = source
        self.named = named or {}


class NaiveField:
    def __init__(self, text: str) -> None:
        self.folded: Folded = fold(text)
        self.tokens: Tokens = tokenise(self.folded.text)

    def span(self, interval: Interval) -> Interval:
        return self.folded.span(self.tokens.starts[interval[0]], self.tokens.ends[interval[1] - 1])


def minimal(intervals: set[Interval]) -> set[Interval]:
    return {(a, b) for a, b in intervals if not any((c, d) != (a, b) and a <= c and d <= b for c, d in intervals)}


def stands(node: Node, item: NaiveItem, names: frozenset[str] | None = None) -> Standing:
    """Whether a query holds, and where; `names` are the fields that are looked into."""
    names = frozenset(item.fields) if names is None else names
    if isinstance(node, And):
        return _all(node, item, names)
    if isinstance(node, Or):
        return _merged([stands(part, item, names) for part in node.parts], item)
    if isinstance(node, Within):
        return stands(node.part, item, names & {node.name})
    if isinstance(node, Has):
        if node.trait is Trait.LANG:
            return item.lang == node.value, {}
        return item.source == node.value or item.source.endswith("." + node.value), {}
    found = {name: minimal(places(node, item, name)) for name in item.fields if name in names}
    found = {name: intervals for name, intervals in found.items() if intervals}
    return bool(found), found


def _merged(standings: list[Standing], item: NaiveItem) -> Standing:
    merged = {name: minimal(set().union(*(found.get(name, set()) for _, found in standings))) for name in item.fields}
    return any(holds for holds, _ in standings), {name: found for name, found in merged.items() if found}


def _all(node: And, item: NaiveItem, names: frozenset[str]) -> Standing:
    wanted = [stands(part, item, names) for part in node.wanted]
    if not all(holds for holds, _ in wanted) or any(stands(part, item, names)[0] for part in node.unwanted):
        return _NOT
    placed = [found for _, found in wanted if found]
    together = {
        name: minimal(
            {
                (min(a for a, _ in row), max(b for _, b in row))
                for row in product(*(found.get(name, set()) for found in placed))
                if row
            }
        )
        for name in item.fields
    }
    together = {name: intervals for name, intervals in together.items() if intervals}
    return True, together or _merged(wanted, item)[1]


def places(node: Node, item: NaiveItem, name: str) -> set[Interval]:
    field = item.fields[name]
    match node:
        case Named(kind, rule):
            return item.named.get((kind, rule), {}).get(name, set())
        case Term():
            count = len(field.tokens.words)
            return {(a, b) for a in range(count) for b in range(a + 1, count + 1) if _is_term(node.words, field, a, b)}
        case Or(parts):
            return set().union(*(places(part, item, name) for part in parts))
        case Near(parts, distances):
            found = [places(part, item, name) for part in parts]
            sides = [minimal(f) if isinstance(p, Near) else f for p, f in zip(parts, found, strict=True)]
            rows: list[tuple[Interval, ...]] = [(place,) for place in sides[0]]
            for side, distance, ordered in zip(sides[1:], distances, node.orders, strict=True):
                rows = [
                    (*row, place)
                    for row in rows
                    for place in side
                    if _near(row[-1], place, distance, field) and (row[-1] < place or not ordered)
                ]
            return minimal({(min(a for a, _ in row), max(b for _, b in row)) for row in rows})
        case _:
            raise AssertionError(node)


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
    if any(word.prefix or word.inner or word.exact != words[0].exact for word in words):
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
    if word.inner:
        pattern = ".*".join(map(re.escape, word.text.split("*"))) + (".*" if word.prefix else "")
        return re.fullmatch(pattern, token) is not None
    if word.prefix:
        return token.startswith(word.text)
    return token == word.text if word.exact else _stem(token) == _stem(word.text)
