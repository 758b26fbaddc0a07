"""Which words must be there before a query is worth evaluating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rules.automaton import Slots
from rules.query_tree import And, Near, Node, Or, Term, terms_of


def usage_of(roots: Iterable[Node], slots: Mapping[Term, Slots]) -> Counter[int]:
    """How many terms use each pattern: a stand-in for how frequent a word is in what is watched."""
    return Counter(
        pattern for root in roots for term in terms_of(root) for slot in slots[term] for row in slot for pattern in row
    )


def triggers(node: Node, slots: Mapping[Term, Slots], usage: Counter[int]) -> frozenset[int]:
    """Patterns of which at least one is in every item that the query matches; the cheapest such set that is found."""

    def cost(patterns: frozenset[int]) -> tuple[int, int]:
        return sum(usage[pattern] for pattern in patterns), len(patterns)

    match node:
        case Term():
            candidates = [
                frozenset(min(row, key=lambda pattern: usage[pattern]) for row in slot) for slot in slots[node]
            ]
            return min(candidates, key=cost)
        case Near(parts) | And(parts):
            return min((triggers(part, slots, usage) for part in parts), key=cost)
        case Or(parts):
            return frozenset().union(*(triggers(part, slots, usage) for part in parts))
