"""What pages show as files for spreadsheets and programs. Pure but for the answer."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.web.conditional import conditional

_FORMULA = re.compile(r"[\s\x00-\x20\ufeff\u200b-\u200f\u2060]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""What a text begins with that a spreadsheet may run: signs of formulas, full width ones too, behind what it does not
show; and what ends a cell or a row."""


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV (RFC 4180), UTF-8. A text that a spreadsheet would run as a formula gets an apostrophe before it.

    Source of the rule: OWASP, "CSV Injection".
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def as_csv(request: Request, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The answer that holds a table; `name` is what the file is to be called, without its ending."""
    answer = conditional(request, csv_of(columns, rows), "text/csv", changed_at=None, now=_NEVER)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_json(request: Request, body: Mapping[str, Any]) -> Response:
    """The answer that holds the same as JSON."""
    text = json.dumps(body, ensure_ascii=False, default=_plain)
    return conditional(request, text.encode(), "application/json", changed_at=None, now=_NEVER)


_NEVER = datetime.min.replace(tzinfo=UTC)
"""Asked for by `conditional`, and not looked at where nothing says when the body changed last."""


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")
