"""A query as a tree, as the grammar in `rules.query` builds it and as the compiler reads it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """One word, folded. `prefix` finds every word that begins with it; otherwise it is compared by its stem."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase: words that follow one another. `column` counts from 1 in the query's text."""

    words: tuple[Word, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides, in either order and not overlapping, with at most `distance` words between them."""

    left: Node
    right: Node
    distance: int
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
        case Near(left, right):
            return terms_of(left) + terms_of(right)
        case And(wanted, unwanted):
            return [term for part in (*wanted, *unwanted) for term in terms_of(part)]
        case Or(parts):
            return [term for part in parts for term in terms_of(part)]
