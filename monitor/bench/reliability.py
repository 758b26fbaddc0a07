"""Whether a confidence means what it says: of the statements at 0.8, how many are right, with what is left uncertain.

`leave_one_out` gives each statement the share of right ones of its group in all *other* documents, smoothed by a Beta
prior: what a table of confidences by group would have said of a document that it had not seen. The rules of reading
themselves are not refitted, so that on documents that the rules were written with both are too high.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.model.share import wilson

PRIOR = (8.0, 2.0)
"""Beta prior over the share of right ones, worth ten statements."""
EDGES = (0.0, 0.65, 0.7, 0.75, 0.8, 0.85, 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement that somebody judged. `group` is what its confidence hangs on, `said` the confidence given."""

    document: str
    group: str
    said: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements whose confidence lies in low ≤ p < high: how many, their mean confidence, the share that is right and
    its Wilson interval at 95 %.
    """

    low: float
    high: float
    count: int
    said: float
    right: float
    interval: tuple[float, float]


def leave_one_out(judged: Sequence[Judged], prior: tuple[float, float] = PRIOR) -> tuple[float, ...]:
    """For each statement, the confidence that its group would have by all other documents."""
    count = Counter(one.group for one in judged)
    right = Counter(one.group for one in judged if one.right)
    own_count = Counter((one.group, one.document) for one in judged)
    own_right = Counter((one.group, one.document) for one in judged if one.right)
    return tuple(
        (right[g] - own_right[g, d] + prior[0]) / (count[g] - own_count[g, d] + sum(prior))
        for g, d in ((one.group, one.document) for one in judged)
    )


def reliability(said: Sequence[float], right: Sequence[bool], edges: Sequence[float] = EDGES) -> tuple[Bin, ...]:
    """The table, without empty rows. Raises ValueError when the two have not the same length."""
    pairs = list(zip(said, right, strict=True))
    bins = []
    for low, high in pairwise(edges):
        here = [(p, r) for p, r in pairs if low <= p < high or (high == edges[-1] and p == high)]
        if here:
            hits = sum(r for _, r in here)
            mean = sum(p for p, _ in here) / len(here)
            bins.append(Bin(low, high, len(here), mean, hits / len(here), wilson(hits, len(here))))
    return tuple(bins)


def shown(bins: Sequence[Bin]) -> str:
    """The table for people."""
    rows = ["confidence    statements  said   right  95 % interval"]
    rows += [
        f"{b.low:.2f} to {b.high:.2f}  {b.count:10}  {b.said:.3f}  {b.right:.3f}  "
        + "{:.2f} to {:.2f}".format(*b.interval)
        for b in bins
    ]
    return "\n".join(rows)
