"""A query as a tree, as the grammar in `rules.query` builds it and as the compiler reads it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """One word, folded. `prefix` finds every word that begins so, `exact` the word alone; else stems are compared."""

    text: str
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase: words that follow one another. `column` counts from 1 in the query's text."""

    words: tuple[Word, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Parts each near the one before: not overlapping, in either order, at most `distances[i]` words between them.

    `distances` has one entry less than `parts`.
    """

    parts: tuple[Node, ...]
    distances: tuple[int, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of `wanted` somewhere in the item, and none of `unwanted`. `wanted` is never empty."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]


Node = Term | Near | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query: what was written, and how it was understood."""

    text: str
    root: Node


def terms_of(node: Node) -> list[Term]:
    """All terms of a tree, wanted and unwanted, from left to right."""
    match node:
        case Term():
            return [node]
        case And(wanted, unwanted):
            return [term for part in (*wanted, *unwanted) for term in terms_of(part)]
        case Or(parts) | Near(parts):
            return [term for part in parts for term in terms_of(part)]
