"""A query as a tree, as the grammar in `rules.query` builds it and as the compiler reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rules.model import RuleKind


@dataclass(frozen=True, slots=True)
class Word:
    """One word, folded. `prefix` finds every word that begins so, `exact` the word alone; else stems are compared.

    With `inner` the text holds `*` between its letters, each for any letters or none; a `*` at its end is not written
    but said by `prefix`.
    """

    text: str
    prefix: bool = False
    exact: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase: words that follow one another. `column` counts from 1 in the query's text."""

    words: tuple[Word, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Parts each near the one before: not overlapping, at most `distances[i]` words between them.

    `distances` has one entry less than `parts`. `ordered[i]` asks that part i + 1 stands behind part i (BEFORE);
    empty means that none does.
    """

    parts: tuple[Node, ...]
    distances: tuple[int, ...]
    column: int = field(default=1, compare=False)
    ordered: tuple[bool, ...] = ()

    @property
    def orders(self) -> tuple[bool, ...]:
        """`ordered`, one for each distance."""
        return self.ordered or (False,) * len(self.distances)


@dataclass(frozen=True, slots=True)
class And:
    """All of `wanted` somewhere in the item, and none of `unwanted`. `wanted` is never empty."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """A query that looks into one field of the item only: `title` or `text`."""

    name: str
    part: Node


@dataclass(frozen=True, slots=True)
class Named:
    """Where an item names an actor, or an issue's matter, as their own rules find them."""

    kind: RuleKind
    rule: str
    column: int = field(default=1, compare=False)


class Trait(StrEnum):
    """What an item is, apart from what it says."""

    SOURCE = "source"
    LANG = "lang"


@dataclass(frozen=True, slots=True)
class Has:
    """A trait of the item. It holds or not, but stands nowhere. `value` is folded to lower case."""

    trait: Trait
    value: str
    column: int = field(default=1, compare=False)


Node = Term | Near | And | Or | Within | Named | Has


@dataclass(frozen=True, slots=True)
class Query:
    """A query: what was written, and how it was understood."""

    text: str
    root: Node


def parts_of(node: Node) -> tuple[Node, ...]:
    """What a node is made of, wanted and unwanted, from left to right."""
    match node:
        case And(wanted, unwanted):
            return (*wanted, *unwanted)
        case Or(parts) | Near(parts):
            return parts
        case Within(_, part):
            return (part,)
        case Term() | Named() | Has():
            return ()


def nodes_of(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for part in parts_of(node):
        yield from nodes_of(part)


def terms_of(node: Node) -> list[Term]:
    """All terms of a tree, wanted and unwanted, from left to right."""
    return [part for part in nodes_of(node) if isinstance(part, Term)]


def has_place(node: Node) -> bool:
    """Whether a query stands somewhere in every item that it matches: `lang:de` alone stands nowhere."""
    match node:
        case Has():
            return False
        case And(wanted):
            return any(map(has_place, wanted))
        case Or(parts):
            return all(map(has_place, parts))
        case Within(_, part):
            return has_place(part)
        case Term() | Near() | Named():
            return True


def matter_of(root: Node) -> Node:
    """What names the matter in a line `a AND b`: its first part with a place. The rest says in which items it does."""
    if not isinstance(root, And):
        return root
    return next(part for part in root.wanted if has_place(part))
