"""Queries that parse, but most likely do not say what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from rules.automaton import Automaton
from rules.query_cover import Coverage
from rules.query_tree import And, Has, Named, Near, Node, Or, Query, Term, Trait, Within, nodes_of, terms_of
from rules.standing import Evaluation, Traits
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
    """What is doubtful in a query: operators in lower case, words that are everywhere, what can never match
    or adds nothing.
    """
    return [*_lower_case(query), *_everywhere(query), *_never(query), *_shadowed(query)]


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
        case Within(_, part):
            return _matches_everything(part)
        case Named() | Has():
            return False


def _never(query: Query) -> Iterator[Doubt]:
    alternatives = query.root.parts if isinstance(query.root, Or) else (query.root,)
    for alternative in alternatives:
        nodes, column = list(nodes_of(alternative)), _column(alternative)
        if _at_odds(alternative):
            yield Doubt(column, "can never match: an item has one language", "join the languages by OR")
        elif any(isinstance(node, And) and _self_defeating(node) for node in nodes) or _in_vain(alternative, nodes):
            what = "what NOT excludes is in every item that the rest would find"
            yield Doubt(column, f"can never match: {what}", "leave out NOT, or narrow it")


def _shadowed(query: Query) -> Iterator[Doubt]:
    """Alternatives that find only what another alternative beside them finds anyway.

    Single words, and alternatives that find the same, are let pass: lists of forms are written for readers, whatever
    stems make of them. So is what stands in a NEAR: a longer alternative reaches further.
    """
    coverage = Coverage()
    for node in _choices(query.root):
        for number, part in enumerate(node.parts):
            if isinstance(part, Term) and len(part.words) == 1:
                continue
            others = [other for at, other in enumerate(node.parts) if at != number and not coverage.covers(part, other)]
            wider = next((other for other in others if coverage.covers(other, part)), None)
            if wider is not None:
                where = f"the alternative at column {_column(wider)}"
                message = f"an alternative that finds nothing that {where} does not find"
                yield Doubt(_column(part), message, "leave one out, or make the wider one narrower")


def _choices(node: Node) -> Iterator[Or]:
    """The ORs that choose between whole items."""
    match node:
        case Or(parts):
            yield node
            for part in parts:
                yield from _choices(part)
        case And(wanted, unwanted):
            for part in (*wanted, *unwanted):
                yield from _choices(part)
        case Within(_, part):
            yield from _choices(part)
        case _:
            return


def _column(node: Node) -> int:
    return min((n.column for n in nodes_of(node) if isinstance(n, Term | Named | Has)), default=1)


def _at_odds(node: Node) -> bool:
    if not isinstance(node, And):
        return False
    langs = {part.value for part in node.wanted if isinstance(part, Has) and part.trait is Trait.LANG}
    return len(langs) > 1


def _self_defeating(node: And) -> bool:
    wanted, coverage = And(node.wanted), Coverage()
    return any(coverage.covers(unwanted, wanted) for unwanted in node.unwanted)


def _in_vain(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether a query finds nothing in any of the texts made from its own words."""
    if not any(isinstance(part, And) and part.unwanted for part in nodes):
        return False
    if any(isinstance(part, Named | Has | Within) for part in nodes):
        return False  # its own words do not make an item that it should match
    automaton = Automaton((), terms_of(node), ENGLISH)
    return not any(
        Evaluation({"": automaton.search(text)}, automaton.slots, Traits(), {}).stands(node).holds
        for text in islice(_texts(node), _MOST_TRIALS)
    )


def _texts(node: Node) -> Iterator[str]:
    """Texts that a query should match, if nothing were unwanted."""
    match node:
        case Term(words):
            yield " ".join(word.text.replace("*", "qzx") + ("qzx" if word.prefix else "") for word in words)
            if any(word.prefix for word in words):
                yield " ".join(word.text.replace("*", "") for word in words)
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
        case Within() | Named() | Has():
            raise TypeError(f"{type(node).__name__} cannot be tried on a text of its own")
