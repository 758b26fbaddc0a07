"""Where a query stands in an item."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rules.automaton import Row, SearchedField, Slots
from rules.intervals import Interval, joined, minimal, near
from rules.model import RuleKind
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Trait, Within

Places = Mapping[str, Sequence[Interval]]
"""Per field, intervals of words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a query matches an item, and where: per field the minimal intervals, fields without any left out.

    A query over traits alone (`lang:de`) may hold without standing anywhere.
    """

    holds: bool
    places: dict[str, list[Interval]] = field(default_factory=dict)


_NOT = Standing(holds=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What an item is: its language (ISO 639-1, None when unknown), and the names and domains of who publishes it."""

    lang: str | None = None
    sources: Collection[str] = ()

    def has(self, node: Has) -> bool:
        """Whether the item has the trait. A source is a name or domain as given, or the domain above it."""
        if node.trait is Trait.LANG:
            return (self.lang or "").replace("_", "-").split("-")[0].casefold() == node.value
        names = [source.casefold() for source in self.sources]
        return any(name == node.value or name.endswith("." + node.value) for name in names)


class Evaluation:
    """Evaluates queries over one item whose fields the automaton has searched.

    A term stands where its words are; OR where any part stands; NEAR within one field at the minimal intervals that
    hold its parts; `actor:` and `issue:` at the places in `named`. AND stands, in each field that holds all wanted
    parts that have places, at the minimal intervals that hold one of each; when no single field holds them all, at
    every place of every part. It stands nowhere when an unwanted part holds.
    """

    def __init__(
        self,
        fields: Mapping[str, SearchedField],
        slots: Mapping[Term, Slots],
        traits: Traits,
        named: Mapping[tuple[RuleKind, str], Places],
    ) -> None:
        self._fields = fields
        self._slots = slots
        self._traits = traits
        self._named = named
        self._found: dict[tuple[Term, str], list[Interval]] = {}

    def stands(self, node: Node, within: str | None = None) -> Standing:
        """Where the query stands; `within` names the only field that is looked into."""
        match node:
            case And():
                return self._all(node, within)
            case Or(parts):
                return _either([self.stands(part, within) for part in parts])
            case Within(name, part):
                return self.stands(part, name) if within in (None, name) else _NOT
            case Has():
                return Standing(holds=self._traits.has(node))
            case _:
                names = self._fields if within is None else [name for name in self._fields if name == within]
                found = {name: minimal(self._occurrences(node, name)) for name in names}
                places = {name: intervals for name, intervals in found.items() if intervals}
                return Standing(bool(places), places)

    def _all(self, node: And, within: str | None) -> Standing:
        placed: list[Standing] = []
        for part in node.wanted:
            standing = self.stands(part, within)
            if not standing.holds:
                return _NOT
            if standing.places:
                placed.append(standing)
        if any(self.stands(part, within).holds for part in node.unwanted):
            return _NOT
        together: dict[str, list[Interval]] = {}
        for name in self._fields:
            if placed and all(name in standing.places for standing in placed):
                together[name] = _joined_all([standing.places[name] for standing in placed])
        return Standing(holds=True, places=together or _either(placed).places)

    def _occurrences(self, node: Node, name: str) -> list[Interval]:
        """All intervals of what may stand beside NEAR, in one field; not yet reduced."""
        match node:
            case Term():
                key = (node, name)
                if key not in self._found:
                    self._found[key] = _places(self._slots[node], self._fields[name])
                return self._found[key]
            case Named(kind, rule):
                return sorted(self._named.get((kind, rule), {}).get(name, ()))
            case Or(parts):
                return sorted({place for part in parts for place in self._occurrences(part, name)})
            case Near(parts, distances):
                places = [self._occurrences(part, name) for part in parts]
                positions = self._fields[name].tokens.positions
                return near(places, distances, node.orders, positions) if all(places) else []
            case And() | Within() | Has():
                raise TypeError(f"{type(node).__name__} never stands beside NEAR: the grammar refuses it")


def _joined_all(parts: Sequence[list[Interval]]) -> list[Interval]:
    intervals = parts[0]
    for part in parts[1:]:
        intervals = joined(intervals, part)
    return intervals


def _either(standings: Sequence[Standing]) -> Standing:
    names = dict.fromkeys(name for standing in standings for name in standing.places)
    places = {
        name: minimal(interval for standing in standings for interval in standing.places.get(name, ()))
        for name in names
    }
    return Standing(any(standing.holds for standing in standings), places)


def _places(slots: Slots, field: SearchedField) -> list[Interval]:
    """The intervals at which the slots of a term follow one another."""
    open_: set[Interval] = {interval for row in slots[0] for interval in _rows(row, field)}
    for slot in slots[1:]:
        if not open_:
            return []
        following: dict[int, list[int]] = {}
        for row in slot:
            for start, end in _rows(row, field):
                following.setdefault(start, []).append(end)
        open_ = {
            (start, further)
            for start, end in open_
            for further in following.get(end, ())
            if _adjoins(field.tokens.positions, end)
        }
    return sorted(open_)


def _rows(row: Row, field: SearchedField) -> list[Interval]:
    """The intervals at which words stand in a row."""
    later = [frozenset(field.atoms.get(pattern, ())) for pattern in row[1:]]
    if not all(later):
        return []
    positions = field.tokens.positions
    return [
        (first, first + len(row))
        for first in field.atoms.get(row[0], ())
        if all(first + n in found and _adjoins(positions, first + n) for n, found in enumerate(later, start=1))
    ]


def _adjoins(positions: Sequence[int], index: int) -> bool:
    """Whether no paragraph break stands before the word."""
    return positions[index] == positions[index - 1] + 1
