"""Queries that parse, but most likely do not say what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from rules.automaton import Automaton
from rules.query_tree import And, Near, Node, Or, Query, Term, terms_of
from rules.standing import Evaluation
from rules.tokens import ENGLISH

_OPERATORS = frozenset({"and", "or", "not"})
_EVERYWHERE = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "had", "has", "have", "he", "her", "his"}
    | {"i", "in", "is", "it", "its", "my", "no", "not", "of", "on", "or", "our", "she", "so", "that", "the", "their"}
    | {"them", "they", "this", "to", "was", "we", "were", "which", "who", "will", "with", "would", "you", "your"}
)
_MOST_TRIALS = 64
_FILLER = "qzxqzx"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something doubtful in a query; `column` counts from 1."""

    column: int
    message: str
    remedy: str


def doubts_about(query: Query) -> list[Doubt]:
    """What is doubtful in a query: operators in lower case, words that are everywhere, what can never match."""
    return [*_lower_case(query), *_everywhere(query), *_never(query)]


def _lower_case(query: Query) -> Iterator[Doubt]:
    for term in terms_of(query.root):
        word = term.words[0].text
        if len(term.words) == 1 and word in _OPERATORS and not term.words[0].prefix:
            message = f"`{word}` in lower case is an ordinary word, which must stand in the item too"
            yield Doubt(term.column, message, f"write {word.upper()}, or put it into a phrase")


def _everywhere(query: Query) -> Iterator[Doubt]:
    if _matches_everything(query.root):
        yield Doubt(1, "made of words that are in nearly every item", "add a word that only such items hold")


def _matches_everything(node: Node) -> bool:
    match node:
        case Term(words):
            return all(word.text in _EVERYWHERE and not word.prefix for word in words) and len(words) < 3
        case Near(parts, distances):
            return min(distances) > 3 and all(map(_matches_everything, parts))
        case And(wanted):
            return all(map(_matches_everything, wanted))
        case Or(parts):
            return any(map(_matches_everything, parts))


def _never(query: Query) -> Iterator[Doubt]:
    """Tries each alternative of a query on a text made from its own words."""
    if not any(isinstance(node, And) and node.unwanted for node in _nodes(query.root)):
        return
    automaton = Automaton((), terms_of(query.root), ENGLISH)
    alternatives = query.root.parts if isinstance(query.root, Or) else (query.root,)
    for alternative in alternatives:
        texts = islice(_texts(alternative), _MOST_TRIALS)
        if not any(Evaluation({"": automaton.search(text)}, automaton.slots).stands(alternative) for text in texts):
            what = "what NOT excludes is in every item that the rest would find"
            yield Doubt(terms_of(alternative)[0].column, f"can never match: {what}", "leave out NOT, or narrow it")


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case And(wanted, unwanted):
            for part in (*wanted, *unwanted):
                yield from _nodes(part)
        case Or(parts):
            for part in parts:
                yield from _nodes(part)


def _texts(node: Node) -> Iterator[str]:
    """Texts that a query should match, if nothing were unwanted."""
    match node:
        case Term(words):
            yield " ".join(word.text + ("qzx" if word.prefix else "") for word in words)
            if any(word.prefix for word in words):
                yield " ".join(word.text for word in words)
        case Near(parts, distances):
            between = f" {_FILLER} " if min(distances) else " "
            for texts in product(*(list(islice(_texts(part), 8)) for part in parts)):
                yield between.join(texts)
                yield between.join(reversed(texts))
        case And(wanted):
            for texts in product(*(list(islice(_texts(part), 8)) for part in wanted)):
                yield "\n\n".join(texts)
        case Or(parts):
            for part in parts:
                yield from _texts(part)
