"""Counts over time as a small bar chart, drawn here. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.overview import Count

HEIGHT, WIDTH = 64, 640


@dataclass(frozen=True, slots=True)
class CountBar:
    """One bar, in the drawing's units, and what it counts."""

    x: float
    top: float
    width: float
    height: float
    count: Count


@dataclass(frozen=True, slots=True)
class BarChart:
    """The bars, the highest number, and all of them together."""

    bars: tuple[CountBar, ...]
    most: int
    total: int
    height: int = HEIGHT
    width: int = WIDTH


def bar_chart(counts: Sequence[Count]) -> BarChart:
    """Bars of equal width, the highest as high as the drawing; none is lower than can be seen."""
    most = max((count.number for count in counts), default=0)
    step = WIDTH / max(1, len(counts))
    bars = []
    for number, count in enumerate(counts):
        height = max(1.5, HEIGHT * count.number / most) if count.number else 0.0
        place = (number * step, HEIGHT - height, step * 0.78, height)
        x, top, width, high = (round(value, 2) for value in place)
        bars.append(CountBar(x, top, width, high, count))
    return BarChart(tuple(bars), most, sum(count.number for count in counts))
