"""The demo's HTML pages: every value is escaped, every page carries the label and a strict policy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from monitor.demo.items import LABEL

_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY + "; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Sent with every page. No script runs, nothing is loaded from elsewhere, nobody frames us."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.demo", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page of a template in `monitor/demo/templates`."""
    html = _environment().get_template(template).render(label=LABEL, **values)
    return HTMLResponse(html, status_code=status, headers=dict(SECURITY_HEADERS))


def missing(what: str) -> HTMLResponse:
    """A 404 that says what is missing."""
    return page("missing.html", status=404, what=what)


def stylesheet() -> Response:
    """The one style sheet."""
    css = _environment().get_template("style.css").render()
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return Response(css, media_type="text/css", headers=headers)
