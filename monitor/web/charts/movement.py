"""How the actors on one issue moved between some dates: columns of stances, a line for each actor. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from monitor.model.statement import Stance
from monitor.web.charts.lanes import NARROW, fitted

ROWS: tuple[Stance | None, ...] = (Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES, None)
"""From above: support to opposition; None: no position is known, or it was withdrawn."""

_SLOT, _GAP, _HEAD = 16.0, 16.0, 30.0


@dataclass(frozen=True, slots=True)
class Block:
    """The actors of one stance at one date."""

    x: float
    y: float
    width: float
    height: float
    stance: Stance | None
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """An actor's way; `path` is that of SVG. `moved`: they gave up what they had held at an earlier date."""

    path: str
    name: str
    whole: str
    name_x: float
    name_y: float
    tone: Stance | None
    moved: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A date above its column."""

    x: float
    anchor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The picture, in units of its view box."""

    width: int
    height: float
    heads: tuple[Head, ...]
    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]


def draw(
    dates: Sequence[datetime], held: Mapping[str, Sequence[Stance | None]], names: Mapping[str, str], width: int
) -> Movement | None:
    """The way of each actor: `held` has a stance for each of the dates. None where there are less than two dates.

    Actors of whom nothing is known at any of the dates are left out.
    """
    known = {actor: tuple(way) for actor, way in held.items() if any(way)}
    if len(dates) < 2 or not known:
        return None
    labels = 118.0 if width <= NARROW else 210.0
    bar = 20.0 if width <= NARROW else 26.0
    reach = width - labels - bar
    columns = [round(reach * number / (len(dates) - 1), 1) for number in range(len(dates))]
    places = [_places(known, column) for column in range(len(dates))]
    tallest = max(max(column.values()) for column in places) + _SLOT / 2
    ordered = sorted(known, key=lambda actor: places[-1][actor])
    return Movement(
        width=width,
        height=round(tallest + 8.0, 1),
        heads=tuple(
            Head(x + (0 if number == 0 else bar / 2), "start" if number == 0 else "middle", at)
            for number, (x, at) in enumerate(zip(columns, dates, strict=True))
        ),
        blocks=tuple(b for n, x in enumerate(columns) for b in _blocks(known, places[n], n, x, bar)),
        lines=tuple(_line(actor, names.get(actor, actor), known, places, columns, bar, labels) for actor in ordered),
    )


def _places(known: Mapping[str, tuple[Stance | None, ...]], column: int) -> dict[str, float]:
    """The height of each actor in a column: by stance, then by where they go and come from, so that few lines cross."""
    rows = {actor: tuple(ROWS.index(stance) for stance in way) for actor, way in known.items()}

    def order(actor: str) -> tuple[object, ...]:
        way = rows[actor]
        return way[column], way[column + 1 :], way[:column][::-1], actor

    places, y, before = {}, _HEAD, None
    for actor in sorted(rows, key=order):
        row = rows[actor][column]
        y += _SLOT + (_GAP if before is not None and row != before else 0.0)
        places[actor] = round(y - _SLOT / 2, 1)
        before = row
    return places


def _blocks(
    known: Mapping[str, tuple[Stance | None, ...]], places: Mapping[str, float], column: int, x: float, bar: float
) -> list[Block]:
    blocks = []
    for stance in ROWS:
        heights = [places[actor] for actor, way in known.items() if way[column] is stance]
        if heights:
            top, bottom = min(heights) - _SLOT / 2, max(heights) + _SLOT / 2
            blocks.append(Block(x, round(top, 1), bar, round(bottom - top, 1), stance, len(heights)))
    return blocks


def _line(
    actor: str,
    name: str,
    known: Mapping[str, tuple[Stance | None, ...]],
    places: Sequence[Mapping[str, float]],
    columns: Sequence[float],
    bar: float,
    labels: float,
) -> Line:
    way = known[actor]
    parts = []
    for number in range(len(columns) - 1):
        x1, x2 = columns[number] + bar, columns[number + 1]
        y1, y2, middle = places[number][actor], places[number + 1][actor], (x1 + x2) / 2
        parts.append(f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}")
    moved = any(a is not None and a is not b for a, b in pairwise(way))
    return Line(
        path="".join(parts),
        name=fitted(name, labels - 8.0, 7.6 if moved else 6.8),
        whole=name,
        name_x=columns[-1] + bar + 6.0,
        name_y=round(places[-1][actor] + 4.0, 1),
        tone=way[-1],
        moved=moved,
    )
