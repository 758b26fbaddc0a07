"""Where a query stands in an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules.automaton import Row, SearchedField, Slots
from rules.intervals import Interval, joined, minimal, near
from rules.query_tree import And, Near, Node, Or, Term

Standing = dict[str, list[Interval]]
"""Per field, the minimal intervals of words at which a query stands; fields without any are left out."""


class Evaluation:
    """Evaluates queries over one item whose fields the automaton has searched.

    A term stands where its words are; OR where any part stands; NEAR within one field at the minimal intervals that
    hold its parts. AND stands, in each field that holds all wanted parts, at the minimal intervals that hold one of
    each; when no single field holds them all, at every place of every part. It stands nowhere when an unwanted part
    stands anywhere in the item.
    """

    def __init__(self, fields: Mapping[str, SearchedField], slots: Mapping[Term, Slots]) -> None:
        self._fields = fields
        self._slots = slots
        self._found: dict[tuple[Term, str], list[Interval]] = {}

    def stands(self, node: Node) -> Standing:
        """Where the query stands; empty when it does not match the item."""
        match node:
            case And():
                return self._all(node)
            case Or(parts):
                return _merged([self.stands(part) for part in parts])
            case _:
                found = {name: minimal(self._occurrences(node, name)) for name in self._fields}
                return {name: intervals for name, intervals in found.items() if intervals}

    def _all(self, node: And) -> Standing:
        wanted: list[Standing] = []
        for part in node.wanted:
            standing = self.stands(part)
            if not standing:
                return {}
            wanted.append(standing)
        if any(self.stands(part) for part in node.unwanted):
            return {}
        together: Standing = {}
        for name in self._fields:
            if all(name in standing for standing in wanted):
                together[name] = _joined_all([standing[name] for standing in wanted])
        return together or _merged(wanted)

    def _occurrences(self, node: Node, name: str) -> list[Interval]:
        """All intervals of a term, of terms joined by OR, or of NEAR, in one field; not yet reduced."""
        match node:
            case Term():
                key = (node, name)
                if key not in self._found:
                    self._found[key] = _places(self._slots[node], self._fields[name])
                return self._found[key]
            case Or(parts):
                return sorted({place for part in parts for place in self._occurrences(part, name)})
            case Near(parts, distances):
                places = [self._occurrences(part, name) for part in parts]
                return near(places, distances, self._fields[name].tokens.positions) if all(places) else []
            case And():
                raise TypeError("AND never stands beside NEAR: the grammar refuses it")


def _joined_all(parts: Sequence[list[Interval]]) -> list[Interval]:
    intervals = parts[0]
    for part in parts[1:]:
        intervals = joined(intervals, part)
    return intervals


def _merged(standings: Sequence[Standing]) -> Standing:
    names = dict.fromkeys(name for standing in standings for name in standing)
    return {name: minimal(interval for standing in standings for interval in standing.get(name, ())) for name in names}


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
