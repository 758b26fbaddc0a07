"""Where a query stands in a text: minimal-interval semantics (Clarke, Cormack and Burkowski 1995).

A query stands at the intervals of word indexes that satisfy it and hold no smaller one that does. An interval is
(first word, one past the last word). `minimal` and `joined` give intervals sorted by start, and so by end as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
    parts: Sequence[Sequence[Interval]], distances: Sequence[int], ordered: Sequence[bool], positions: Sequence[int]
) -> list[Interval]:
    """The minimal intervals from one of each part, each near the one before it.

    Two neighbours do not overlap, have at most `distances[i]` words between, and stand in the order of the parts where
    `ordered[i]`. `positions` gives the place of each word, counted in words with leaps at paragraph breaks.
    """
    # Per place of the newest part the minimal intervals that reach it: what may follow depends on that place alone.
    reached: dict[Interval, list[Interval]] = {place: [place] for place in parts[0]}
    for part, distance, follows in zip(parts[1:], distances, ordered, strict=True):
        neighbours = _Neighbours(sorted(reached), distance, positions)
        following: dict[Interval, list[Interval]] = {}
        for place in part:
            hulls = [
                (min(start, place[0]), max(end, place[1]))
                for before in (neighbours.before(place) if follows else neighbours.of(place))
                for start, end in reached[before]
            ]
            if hulls:
                following[place] = minimal(hulls)
        reached = following
    return minimal(interval for intervals in reached.values() for interval in intervals)


class _Neighbours:
    """Finds which of some places stand near a place and do not overlap it."""

    def __init__(self, places: Sequence[Interval], distance: int, positions: Sequence[int]) -> None:
        self._by_start = places
        self._by_end = sorted(places, key=lambda place: place[1])
        self._starts = [positions[start] for start, _ in self._by_start]
        self._ends = [positions[end - 1] for _, end in self._by_end]
        self._distance = distance
        self._positions = positions

    def before(self, place: Interval) -> Sequence[Interval]:
        first = self._positions[place[0]]
        return self._by_end[bisect_left(self._ends, first - 1 - self._distance) : bisect_left(self._ends, first)]

    def of(self, place: Interval) -> list[Interval]:
        last = self._positions[place[1] - 1]
        after = slice(bisect_right(self._starts, last), bisect_right(self._starts, last + 1 + self._distance))
        return [*self.before(place), *self._by_start[after]]
