"""Each chart is drawn twice, for broad and for narrow screens; the style sheet shows one of the two. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from monitor.web.charts.lanes import NARROW, WIDE

MOST_DRAWN, MOST_STRIPS = 3000, 30
"""How many statements, the newest, and how many strips a chart shows at most."""

Asked = ParamSpec("Asked")
Drawing = TypeVar("Drawing")


def both(draw: Callable[..., Drawing | None], *what: object) -> tuple[Drawing, ...]:
    """The drawing broad and narrow; none where there is nothing to draw."""
    drawn = [draw(*what, width) for width in (WIDE, NARROW)]
    return tuple(one for one in drawn if one is not None)
