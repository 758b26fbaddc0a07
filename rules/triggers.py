"""Which words must be there before a query is worth evaluating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rules.automaton import Slots
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Within, terms_of

Requirements = list[frozenset[int]]
"""Sets of patterns; of each at least one is in every item that the query matches. Rarest first.

Empty when no word must be there: a query over actors or issues alone has to be tried on every item.
"""


def usage_of(roots: Iterable[Node], slots: Mapping[Term, Slots]) -> Counter[int]:
    """How many terms use each pattern: a stand-in for how frequent a word is in what is watched."""
    return Counter(
        pattern for root in roots for term in terms_of(root) for slot in slots[term] for row in slot for pattern in row
    )


def requirements(node: Node, slots: Mapping[Term, Slots], usage: Counter[int]) -> Requirements:
    """What every item that the query matches must hold."""
    found: Requirements = []
    match node:
        case Term():
            found = [_rarest_of_rows(slot, usage) for slot in slots[node]]
        case Near(parts) | And(parts):
            found = [needed for part in parts for needed in requirements(part, slots, usage)]
        case Or(parts):
            each = [requirements(part, slots, usage) for part in parts]
            found = [frozenset().union(*(needed[0] for needed in each))] if all(each) else []
        case Within(_, part):
            found = requirements(part, slots, usage)
        case Named() | Has():
            pass
    return sorted(
        dict.fromkeys(found), key=lambda patterns: (sum(usage[pattern] for pattern in patterns), len(patterns))
    )


def _rarest_of_rows(rows: Iterable[tuple[int, ...]], usage: Counter[int]) -> frozenset[int]:
    return frozenset(min(row, key=lambda pattern: usage[pattern]) for row in rows)
