"""/desk/audit: who did what to which thing, newest first, with what it was before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse, Response

from monitor.api.parameters import Before, address
from monitor.net.mask import mask
from monitor.web.desk import Desk
from monitor.web.differences import told
from monitor.web.downloads import csv_of
from storage.audit import AuditFilter
from storage.values import AuditEntry

PAGE = 50
MOST_OUT = 50_000
"""Entries of one file; a period narrows what is asked for."""

COLUMNS = ("id", "at", "who", "what", "object", "detail")

_Text = Annotated[str, Query(max_length=300)]


class Asked:
    """What is asked for, as it stands in the address. A day that is none asks for nothing, and is said to be none."""

    def __init__(self, who: _Text = "", what: _Text = "", target: _Text = "", since: _Text = "", until: _Text = ""):
        self.fields = {"who": who, "what": what, "target": target.strip(), "since": since, "until": until}
        self.problems: dict[str, str] = {}
        begin, end = self._day("since"), self._day("until")
        self.filter = AuditFilter(
            who=who or None,
            what=what or None,
            target=self.fields["target"] or None,
            since=begin,
            until=end + timedelta(days=1) if end else None,
        )

    def address(self, path: str, **more: object) -> str:
        """An address that asks for the same, with more."""
        return address(path, **{name: value or None for name, value in self.fields.items()}, **more)

    def _day(self, name: str) -> datetime | None:
        typed = self.fields[name]
        if not typed:
            return None
        try:
            found = date.fromisoformat(typed)
        except ValueError:
            found = date.min
        if not 1970 <= found.year <= 9000:
            self.problems[name] = "This is no day; write it as 2025-02-17."
            return None
        return datetime.combine(found, time(), UTC)


def desk_audit_router(desk: Desk) -> APIRouter:
    """The audit log, as a page and as files."""
    router = APIRouter(prefix="/desk/audit", include_in_schema=False)

    def log(asked: Annotated[Asked, Depends()], before: Before = None) -> HTMLResponse:
        with desk.database.view() as work:
            found = [] if asked.problems else work.audit.find(asked.filter, PAGE + 1, before)
            names = work.audit.names()
        shown = found[:PAGE]
        values = {
            "entries": [(entry, told(entry.detail), _place(entry)) for entry in shown],
            "fields": asked.fields,
            "problems": asked.problems,
            "names": names,
            "older": asked.address("/desk/audit", before=shown[-1].id) if len(found) > PAGE else None,
            "newest": asked.address("/desk/audit") if before else None,
            "csv": asked.address("/desk/audit.csv"),
            "json": asked.address("/desk/audit.json"),
            "filtered": any(asked.fields.values()),
        }
        return desk.pages.page("desk_audit.html", values, status=422 if asked.problems else 200)

    router.add_api_route("", log, methods=["GET", "HEAD"])
    router.add_api_route(".csv", _file(desk, "csv"), methods=["GET", "HEAD"])
    router.add_api_route(".json", _file(desk, "json"), methods=["GET", "HEAD"])
    return router


def _file(desk: Desk, kind: str) -> Callable[[Asked], Response]:
    def out(asked: Annotated[Asked, Depends()]) -> Response:
        with desk.database.view() as work:
            found = [] if asked.problems else work.audit.find(asked.filter, MOST_OUT)
        headers = {"Content-Disposition": f'attachment; filename="volteface-audit.{kind}"', "Cache-Control": "no-store"}
        status = 422 if asked.problems else 200
        if kind == "csv":
            return Response(csv_of(COLUMNS, map(_row, found)), status, headers, "text/csv; charset=utf-8")
        entries = [dict(zip(COLUMNS, (*_key(entry), _masked(entry.detail)), strict=True)) for entry in found]
        body = json.dumps({"entries": entries, "problems": asked.problems}, ensure_ascii=False)
        return Response(body, status, headers, "application/json")

    return out


def _key(entry: AuditEntry) -> tuple[object, ...]:
    return entry.id, entry.at.isoformat(), entry.who, entry.what, mask(entry.target)


def _row(entry: AuditEntry) -> tuple[object, ...]:
    detail = json.dumps(_masked(entry.detail), ensure_ascii=False, sort_keys=True) if entry.detail else ""
    return (*_key(entry), detail)


def _masked(value: Any) -> Any:
    """The same without what is secret in addresses."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {name: _masked(inner) for name, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value


def _place(entry: AuditEntry) -> str | None:
    """The page of what an entry is about, where there is one."""
    if not entry.target.isdecimal():
        return None
    for noun, path in (("feed ", "/desk/feeds/"),):
        if entry.what.startswith(noun) and entry.what != "feed removed":
            return f"{path}{entry.target}"
    return None
