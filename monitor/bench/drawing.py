"""Line charts as SVG documents, written by hand: no library, no script, readable in any browser and in a README."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_WIDE, _HIGH, _LEFT, _BELOW, _ABOVE, _RIGHT = 720, 440, 64, 56, 40, 80
_COLOURS = ("#0b5394", "#b45309", "#15803d", "#9d174d", "#6d28d9", "#0e7490", "#57534e")
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A named line through points (across, up). `reach`: an interval (low, high) up at each point, or none."""

    name: str
    points: tuple[tuple[float, float], ...]
    reach: tuple[tuple[float, float], ...] = ()
    joined: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart. `limit` marks a place across; `diagonal` draws where both are equal."""

    title: str
    across: str
    up: str
    span_across: tuple[float, float]
    span_up: tuple[float, float]
    lines: tuple[Line, ...]
    limit: float | None = None
    diagonal: bool = False

    def svg(self) -> str:
        """The document."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
            f'font-family="sans-serif" font-size="12"><title>{escape(self.title)}</title>',
            f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
            f'<text x="{_LEFT}" y="24" font-size="14">{escape(self.title)}</text>',
            *self._axes(),
        ]
        if self.diagonal:
            low, high = max(self.span_across[0], self.span_up[0]), min(self.span_across[1], self.span_up[1])
            parts.append(self._stroke((low, low), (high, high), "#999", dashed=True))
        if self.limit is not None:
            parts.append(
                self._stroke((self.limit, self.span_up[0]), (self.limit, self.span_up[1]), "#b91c1c", dashed=True)
            )
        for number, line in enumerate(self.lines):
            parts += self._line(line, _COLOURS[number % len(_COLOURS)])
        return "\n".join([*parts, "</svg>"]) + "\n"

    def _x(self, value: float) -> float:
        low, high = self.span_across
        return _LEFT + (min(max(value, low), high) - low) / (high - low) * (_WIDE - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        low, high = self.span_up
        return _HIGH - _BELOW - (min(max(value, low), high) - low) / (high - low) * (_HIGH - _BELOW - _ABOVE)

    def _stroke(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *, dashed: bool = False
    ) -> str:
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        return (
            f'<line x1="{self._x(start[0]):.1f}" y1="{self._y(start[1]):.1f}" x2="{self._x(end[0]):.1f}" '
            f'y2="{self._y(end[1]):.1f}" stroke="{colour}"{dash}/>'
        )

    def _axes(self) -> list[str]:
        (left, right), (low, high) = self.span_across, self.span_up
        parts = [self._stroke((left, low), (right, low), "#333"), self._stroke((left, low), (left, high), "#333")]
        for step in range(_TICKS + 1):
            x, y = left + (right - left) * step / _TICKS, low + (high - low) * step / _TICKS
            parts.append(f'<text x="{self._x(x):.1f}" y="{_HIGH - _BELOW + 18}" text-anchor="middle">{x:.4g}</text>')
            parts.append(f'<text x="{_LEFT - 8}" y="{self._y(y) + 4:.1f}" text-anchor="end">{y:.3g}</text>')
        middle = (_HIGH - _BELOW + _ABOVE) / 2
        parts.append(
            f'<text x="{(_LEFT + _WIDE - _RIGHT) / 2}" y="{_HIGH - 16}" text-anchor="middle">'
            f"{escape(self.across)}</text>"
        )
        parts.append(
            f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">{escape(self.up)}</text>'
        )
        return parts

    def _line(self, line: Line, colour: str) -> list[str]:
        places = [(self._x(x), self._y(y)) for x, y in line.points]
        if not places:
            return []
        parts = []
        if line.joined:
            drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for (x, _), (low, high) in zip(line.points, line.reach, strict=False):
            parts.append(self._stroke((x, low), (x, high), colour))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(line.name)}</text>')
        return parts
