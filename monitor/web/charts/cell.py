"""The timeline of one actor on one issue as geometry; the template only draws it. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.course import Spoken, Stand
from monitor.model.statement import Stance
from monitor.web.charts.lanes import WIDE, together
from monitor.web.charts.time_axis import Tick, TimeAxis

_TOP, _LEVEL, _BOTTOM = 66.0, 64.0, 34.0
_DOT, _STEP, _MOST = 7.0, 13.0, 4
"""A dot's radius, the distance of dots in a stack, and how many are stacked before they become one with a number."""

_ROWS: tuple[Stance | None, ...] = (Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES, None)


@dataclass(frozen=True, slots=True)
class Dot:
    """A statement, or, with `count` above one, all those at this place. None is a retraction."""

    x: float
    y: float
    radius: float
    stance: Stance | None
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the standing position; `dashed` where a change is pending. `tone` names the stance."""

    x1: float
    y1: float
    x2: float
    y2: float
    tone: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The level on which a stance is drawn; None: withdrawn."""

    y: float
    stance: Stance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What is drawn, in units of the view box. What is left of `left` is for the names of the rows.

    `merged`: statements that share a dot with a number; `within`: how near to one another they were made.
    """

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    left: float
    width: int
    height: float
    merged: int
    within: timedelta


def draw(spoken: Iterable[Spoken], stands: Sequence[Stand], now: datetime, width: int = WIDE) -> Timeline | None:
    """The timeline of these statements and positions up to `now`; None when there is nothing to draw."""
    said = list(spoken)
    moments = [s.said_at for s in said] + [s.since for s in stands]
    if not moments:
        return None
    left = 132.0 if width >= WIDE else 26.0
    axis = TimeAxis.around(min(moments), max(*moments, now), left, width - 12.0)
    levels = {stance: _TOP + row * _LEVEL for row, stance in enumerate(_ROWS)}
    if not any(s.withdraws for s in said) and all(s.stance is not None for s in stands):
        del levels[None]
    dots = _dots(said, levels, axis)
    return Timeline(
        rows=tuple(Row(y, stance) for stance, y in levels.items()),
        ticks=axis.ticks(),
        dots=dots,
        lines=_lines(stands, levels, axis),
        left=left,
        width=width,
        height=_TOP + (len(levels) - 1) * _LEVEL + _BOTTOM,
        merged=sum(dot.count for dot in dots if dot.count > 1),
        within=axis.unit * _STEP,
    )


def _dots(said: Iterable[Spoken], levels: dict[Stance | None, float], axis: TimeAxis) -> tuple[Dot, ...]:
    """Statements at one place are stacked upward, so that each can be counted; many become one dot with a number."""
    by_level: dict[Stance | None, list[float]] = {}
    for one in said:
        by_level.setdefault(None if one.withdraws else one.stance, []).append(axis.x(one.said_at))
    dots: list[Dot] = []
    for stance, places in by_level.items():
        for x, count in together(sorted(places), _STEP):
            y = levels[stance]
            if count > _MOST:
                dots.append(Dot(x, y, min(20.0, _DOT + 1.6 * len(str(count)) + count**0.5 / 2), stance, count))
            else:
                dots += [Dot(x, y - number * _STEP, _DOT, stance, 1) for number in range(count)]
    return tuple(sorted(dots, key=lambda dot: (dot.x, dot.y)))


def _lines(stands: Sequence[Stand], levels: dict[Stance | None, float], axis: TimeAxis) -> tuple[Line, ...]:
    """The standing position as steps; pending ones branch off, dashed."""
    ordered = sorted(stands, key=lambda s: (s.since, s.change))
    steps = [stand for stand in ordered if not stand.pending]
    lines: list[Line] = []
    for number, stand in enumerate(steps):
        x, y = axis.x(stand.since), levels[stand.stance]
        if number:
            lines.append(Line(x, levels[steps[number - 1].stance], x, y, "step"))
        end = axis.x(steps[number + 1].since) if number + 1 < len(steps) else axis.right
        lines.append(Line(x, y, end, y, _tone(stand.stance)))
    for stand in ordered:
        if stand.pending:
            x, y = axis.x(stand.since), levels[stand.stance]
            if steps:
                lines.append(Line(x, levels[steps[-1].stance], x, y, "step", dashed=True))
            lines.append(Line(x, y, axis.right, y, _tone(stand.stance), dashed=True))
    return tuple(lines)


def _tone(stance: Stance | None) -> str:
    return "unknown" if stance is None else stance.value
