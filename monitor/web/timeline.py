"""The timeline of one actor on one issue as geometry; the template only draws it. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Stance, Statement

WIDTH, HEIGHT = 960, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 132, 22, 26, 42
_STEP = 16.0
_ROWS: tuple[Stance | None, ...] = (Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES)
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Dot:
    """A statement on the timeline."""

    x: float
    y: float
    statement: Statement


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
class Tick:
    """A label under the time axis. `anchor` keeps the outer labels within the picture."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Row:
    """The level on which a stance is drawn."""

    y: float
    stance: Stance | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn, in units of the view box. What is left of `left` is for the names of the rows."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    left: int = _LEFT
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.first) / (self.last - self.first)
        return round(_LEFT + max(0.0, min(1.0, share)) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, stance: Stance | None) -> float:
        """Support above, opposition below, conditional between; a withdrawn position lies on the lowest line."""
        row = _ROWS.index(stance) if stance is not None else len(_ROWS)
        return round(_TOP + row * (HEIGHT - _TOP - _BOTTOM) / len(_ROWS), 1)


def draw(statements: Sequence[Statement], changes: Sequence[Change], now: datetime) -> Timeline | None:
    """The timeline of these statements and changes up to `now`; None when there is nothing to draw."""
    moments = [s.said_at for s in statements] + [c.found.at for c in changes]
    if not moments:
        return None
    first, last = min(moments), max(*moments, now)
    pad = max((last - first) * 0.03, timedelta(hours=6))
    scale = _Scale(first - pad, last)
    return Timeline(
        rows=tuple(Row(scale.y(stance), stance) for stance in (*_ROWS, None)),
        ticks=_ticks(scale),
        dots=_dots(statements, scale),
        lines=_lines(changes, scale),
    )


def _dots(statements: Sequence[Statement], scale: _Scale) -> tuple[Dot, ...]:
    """Statements that would cover one another are stacked upward a little, so that each can be seen and counted."""
    placed: list[Dot] = []
    for statement in sorted(statements, key=lambda s: (s.said_at, s.id)):
        level = None if statement.read.withdraws else statement.read.stance
        x, y = scale.x(statement.said_at), scale.y(level)
        near = sum(1 for dot in placed if abs(dot.x - x) < _STEP and abs(dot.y - y) < 3 * _STEP / 2)
        placed.append(Dot(x, round(y - min(near, 3) * 7.0, 1), statement))
    return tuple(placed)


def _lines(changes: Sequence[Change], scale: _Scale) -> tuple[Line, ...]:
    """The standing position as steps through the confirmed changes; pending ones branch off, dashed."""
    steps = sorted((c for c in changes if c.found.status is ChangeStatus.CONFIRMED), key=lambda c: (c.found.at, c.id))
    lines: list[Line] = []
    for number, change in enumerate(steps):
        x, y = scale.x(change.found.at), scale.y(change.found.after)
        tone = change.found.after.value if change.found.after else "unknown"
        if number:
            lines.append(Line(x, scale.y(steps[number - 1].found.after), x, y, "step"))
        end = scale.x(steps[number + 1].found.at) if number + 1 < len(steps) else scale.x(scale.last)
        lines.append(Line(x, y, end, y, tone))
    for change in changes:
        if change.found.status is ChangeStatus.PENDING:
            x, y = scale.x(change.found.at), scale.y(change.found.after)
            tone = change.found.after.value if change.found.after else "unknown"
            if change.found.before is not None:
                lines.append(Line(x, scale.y(change.found.before), x, y, "step", dashed=True))
            lines.append(Line(x, y, scale.x(scale.last), y, tone, dashed=True))
    return tuple(lines)


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    span = scale.last - scale.first
    form = "%-d %b %Y" if span > timedelta(days=_TICKS) else "%-d %b %H:%M"
    found = []
    for number in range(_TICKS):
        at = scale.first + span * number / (_TICKS - 1)
        anchor = "start" if number == 0 else "end" if number == _TICKS - 1 else "middle"
        found.append(Tick(scale.x(at), at.strftime(form), anchor))
    return tuple(found)
