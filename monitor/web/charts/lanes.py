"""Positions over time, one above the other: a strip for each actor or issue. Pure.

A strip has three levels: support above, conditions between, opposition below. A bar is a position that stands, a stroke
a statement. Strokes that would cover one another are drawn as one, the broader the more there are, and the drawing says
how many were put together and how far apart they were at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2

from monitor.model.course import Spoken, Stand
from monitor.model.statement import Stance
from monitor.positions.course import Stretch
from monitor.web.charts.time_axis import Tick, TimeAxis

WIDE, NARROW = 960, 360
_NAMES_BESIDE = 600
"""From which width on names stand beside the strips, else above them."""

_LEVELS = (Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES)
_LEVEL, _BAR, _STROKE = 13.0, 11.0, 4.0
_TOGETHER = 3.0
"""Strokes nearer than this many units are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What one strip shows."""

    name: str
    stretches: Sequence[Stretch]
    pending: Sequence[Stand] = ()
    spoken: Sequence[Spoken] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A position that stands, or, `pending`, may come to."""

    x: float
    y: float
    width: float
    height: float
    stance: Stance
    pending: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """Statements at one place; `width` grows with their `count`. A retraction is drawn hollow."""

    x: float
    y1: float
    y2: float
    width: float
    stance: Stance
    count: int
    withdraws: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """A strip in its place. `name` is cut to the room that there is; `whole` is not."""

    name: str
    whole: str
    name_x: float
    name_y: float
    levels: tuple[tuple[Stance, float], ...]
    bars: tuple[Bar, ...]
    strokes: tuple[Stroke, ...]

    @property
    def pens(self) -> list[tuple[Stroke, str]]:
        """The strokes that look alike as one SVG path each, with the first of them: a tenth of the elements."""
        alike: dict[tuple[Stance, bool, float], list[Stroke]] = {}
        for stroke in self.strokes:
            alike.setdefault((stroke.stance, stroke.withdraws, stroke.width), []).append(stroke)
        return [(same[0], "".join(f"M{s.x:g} {s.y1:g}V{s.y2:g}" for s in same)) for same in alike.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """The picture, in units of its view box. `merged`: statements that share a stroke; `within`: how near they are."""

    width: int
    height: float
    left: float
    axis_y: float
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    statements: int
    merged: int
    within: timedelta


def draw(strips: Sequence[Strip], now: datetime, width: int = WIDE) -> Lanes | None:
    """The strips in their order over one axis of time up to `now`; None where there is nothing to draw."""
    moments = [s.stand.since for strip in strips for s in strip.stretches]
    moments += [s.since for strip in strips for s in strip.pending] + [s.said_at for t in strips for s in t.spoken]
    if not moments:
        return None
    beside = width >= _NAMES_BESIDE
    left, above = (216.0, 8.0) if beside else (22.0, 24.0)
    axis = TimeAxis.around(min(moments), max(*moments, now), left, width - 8.0)
    pitch = above + 3 * _LEVEL + 7.0
    lanes = [_lane(strip, number * pitch, above, beside, axis) for number, strip in enumerate(strips)]
    strokes = [stroke for lane in lanes for stroke in lane.strokes]
    bottom = len(strips) * pitch + 4.0
    return Lanes(
        width=width, height=bottom + 24.0, left=left, axis_y=bottom, lanes=tuple(lanes), ticks=axis.ticks(),
        statements=sum(s.count for s in strokes), merged=sum(s.count for s in strokes if s.count > 1),
        within=axis.unit * _TOGETHER,
    )  # fmt: skip


def _lane(strip: Strip, top: float, above: float, beside: bool, axis: TimeAxis) -> Lane:
    levels = {stance: round(top + above + _LEVEL * (row + 0.5), 1) for row, stance in enumerate(_LEVELS)}
    bars = [
        _bar(stretch.stand, axis.x(stretch.until) if stretch.until else axis.right, levels, axis)
        for stretch in strip.stretches
    ]
    bars += [_bar(stand, axis.right, levels, axis) for stand in strip.pending]
    return Lane(
        name=fitted(strip.name, axis.left - 30.0 if beside else axis.right - 8.0, 7.4),
        whole=strip.name,
        name_x=0.0,
        name_y=round(levels[Stance.CONDITIONAL] + 4.5, 1) if beside else top + 17.0,
        levels=tuple(levels.items()),
        bars=tuple(bar for bar in bars if bar is not None),
        strokes=tuple(_strokes(strip.spoken, levels, axis)),
    )


def _bar(stand: Stand, end: float, levels: dict[Stance, float], axis: TimeAxis) -> Bar | None:
    if stand.stance is None:
        return None
    x = axis.x(stand.since)
    width = round(max(2.0, end - x), 1)
    return Bar(x, round(levels[stand.stance] - _BAR / 2, 1), width, _BAR, stand.stance, stand.pending, width >= 14)


def _strokes(spoken: Sequence[Spoken], levels: dict[Stance, float], axis: TimeAxis) -> list[Stroke]:
    """Statements by place; neighbours are put together from the first on, so that none spans more than it says."""
    by_level: dict[tuple[Stance, bool], list[float]] = {}
    for said in spoken:
        by_level.setdefault((said.stance, said.withdraws), []).append(axis.x(said.said_at))
    found = []
    for (stance, withdraws), places in sorted(by_level.items()):
        for x, count in together(sorted(places), _TOGETHER):
            y = levels[stance]
            broad = round(min(5.0, 1.4 + int(log2(count)) * 0.7), 1)
            found.append(Stroke(x, round(y - _STROKE, 1), round(y + _STROKE, 1), broad, stance, count, withdraws))
    return found


def together(places: Sequence[float], near: float) -> list[tuple[float, int]]:
    """Sorted places, those within `near` of the first of a group as one, in its middle, with how many they are."""
    groups: list[list[float]] = []
    for place in places:
        if groups and place - groups[-1][0] < near:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [(round((group[0] + group[-1]) / 2, 1), len(group)) for group in groups]


def fitted(name: str, room: float, letter: float) -> str:
    """The name cut to the room, at so many units a letter, with an ellipsis where something is missing."""
    most = max(2, int(room / letter))
    return name if len(name) <= most else name[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
