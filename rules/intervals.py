"""Where a query stands in a text: minimal-interval semantics (Clarke, Cormack and Burkowski 1995).

A query stands at the intervals of word indexes that satisfy it and hold no smaller one that does. An interval is
(first word, one past the last word). `minimal` and `joined` give intervals sorted by start, and so by end as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def minimal(intervals: Iterable[Interval]) -> list[Interval]:
    """Those that contain no other, each once."""
    kept: list[Interval] = []
    # From the right: an interval contains one that was kept exactly when it ends no earlier than the last kept.
    for start, end in sorted(set(intervals), key=lambda interval: (-interval[0], interval[1])):
        if not kept or end < kept[-1][1]:
            kept.append((start, end))
    kept.reverse()
    return kept


def joined(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """The minimal intervals that hold one of each side. Both sides must be minimal and sorted themselves."""
    return minimal([*_hulls(left, right), *_hulls(right, left)])


def _hulls(ones: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """For each interval its hull with the next other that starts no earlier, and the last that ends no later."""
    starts = [start for start, _ in others]
    ends = [end for _, end in others]
    hulls: list[Interval] = []
    for start, end in ones:
        following = bisect_left(starts, start)
        if following < len(others):
            hulls.append((start, max(end, ends[following])))
        preceding = bisect_left(ends, end + 1) - 1
        if preceding >= 0:
            hulls.append((min(start, starts[preceding]), end))
    return hulls


def near(
    left: Sequence[Interval], right: Sequence[Interval], distance: int, positions: Sequence[int]
) -> list[Interval]:
    """The minimal intervals from one of each side that do not overlap and have at most `distance` words between.

    `positions` gives the place of each word, counted in words with leaps at paragraph breaks.
    """
    return minimal(
        [*_followed(left, right, distance, positions), *_followed(right, left, distance, positions)],
    )


def _followed(
    ones: Sequence[Interval], others: Sequence[Interval], distance: int, positions: Sequence[int]
) -> list[Interval]:
    others = sorted(others)
    starts = [start for start, _ in others]
    found: list[Interval] = []
    for start, end in ones:
        best: int | None = None
        for index in range(bisect_left(starts, end), len(others)):
            other_start, other_end = others[index]
            if positions[other_start] - positions[end - 1] - 1 > distance or (best is not None and other_start >= best):
                break
            best = other_end if best is None else min(best, other_end)
        if best is not None:
            found.append((start, best))
    return found
