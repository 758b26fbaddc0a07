"""The data of charts as files: which of the two is asked for, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from monitor.model.statement import Statement
from monitor.web.downloads import as_csv, as_json

MOST_ROWS = 10_000
"""Statements in one file; `until` asks for earlier ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows under named columns. `about` stands beside them in JSON, which has room for it."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    about: Mapping[str, object]


def answer(request: Request, name: str, sheet: Sheet) -> Response:
    """The sheet as the address asks for it. What is left out goes on under `Link: rel="next"`."""
    if request.url.path.endswith(".csv"):
        found = as_csv(request, name, sheet.columns, sheet.rows)
    else:
        rows = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
        found = as_json(request, {**sheet.about, "rows": rows})
    if following := sheet.about.get("next"):
        found.headers["Link"] = f'<{following}>; rel="next"'
    return found


def reached(request: Request, read: Sequence[Statement]) -> dict[str, object]:
    """How far back the file reaches: the address of the earlier ones, None where it holds everything.

    The day at which it ends is told again in the next file, by the same numbers of statements.
    """
    if len(read) < MOST_ROWS:
        return {"next": None}
    return {"next": f"{request.url.path}?until={read[-1].said_at.date().isoformat()}"}
