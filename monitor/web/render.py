"""Templates: autoescaped, strict about what they name, with the filters that every page uses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from monitor.api.links import safe_link
from monitor.api.parameters import address
from monitor.model.moment import utc
from monitor.net.mask import mask
from monitor.web import words
from monitor.web.asked import ASKED

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


class Renderer:
    """Renders pages. `label` is shown on every one of them, with `beside`, further addresses by name, next to it.

    `demo_url` is linked in the header.
    """

    def __init__(
        self,
        *,
        label: str,
        demo_url: str | None,
        clock: Callable[[], datetime],
        beside: Mapping[str, str] | None = None,
    ) -> None:
        self._clock = clock
        self._environment = _environment()
        links = {name: safe_link(url) for name, url in (beside or {}).items()}
        self._environment.globals.update(label=label, beside=links, demo_url=safe_link(demo_url), version=_version())

    def page(
        self,
        template: str,
        values: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """A whole page. `values` may hold `last_event`: the page then follows the events after that one.

        Every template knows who asks as `visitor`, None for whoever is not signed in, and for which path as `here`.
        """
        asked = ASKED.get()
        known = {"last_event": None, "now": self._clock(), "visitor": asked.visitor, "here": asked.path}
        shown = self._environment.get_template(template).render({**known, **values})
        answer = HTMLResponse(shown, status, headers=headers)
        answer.headers.add_vary_header("Cookie")
        if asked.visitor is not None:
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer

    def fragment(self, template: str, values: Mapping[str, Any]) -> str:
        """A part of a page, for one that is open already."""
        asked = ASKED.get()
        known = {"last_event": None, "now": self._clock(), "visitor": asked.visitor, "here": asked.path}
        return self._environment.get_template(template).render({**known, **values})


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        moment=moment,
        day=day,
        date=lambda on: f"{on.day} {on:%b} {on.year}",
        iso=lambda at: utc(at).isoformat(),
        percent=percent,
        link=safe_link,
        mask=mask,
        stance=words.stance_word,
        after=words.after_word,
        status=words.status_word,
        kind=lambda kind: words.KINDS[kind],
        meaning=words.meaning,
        distance=words.distance,
        count=lambda number: f"{number:,}",
    )
    environment.globals.update(static=static_address, address=address, feed_word=words.feed_word)
    return environment


def moment(at: datetime) -> str:
    """A moment for people: "17 Feb 2025, 09:12 UTC"."""
    return f"{day(at)}, {utc(at):%H:%M} UTC"


def day(at: date) -> str:
    """A day, or that of a moment, for people: "17 Feb 2025"."""
    on = utc(at) if isinstance(at, datetime) else at
    return f"{on.day} {on:%b} {on.year}"


def percent(share: float) -> str:
    """A probability for people. Nothing is certain, so it never rounds to 0 % or 100 %."""
    return f"{min(99, max(1, round(share * 100)))} %"


_addresses: dict[str, str] = {}


def static_address(name: str) -> str:
    """The address of a file under static/, with its contents' hash, so that a browser may keep it."""
    if name not in _addresses:
        digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        _addresses[name] = f"/static/{name}?v={digest}"
    return _addresses[name]


def _version() -> str:
    try:
        return version("volteface")
    except PackageNotFoundError:  # run from a source tree
        return ""
