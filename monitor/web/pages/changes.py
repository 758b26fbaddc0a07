"""/changes: the whole stream, and one change for good."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from monitor.api.names import Names
from monitor.api.parameters import Before, RowId, RuleId, address
from monitor.api.views import change_views
from monitor.web.desk import Desk

PAGE = 25


def changes_router(desk: Desk) -> APIRouter:
    """The stream and the permalinks."""
    router = APIRouter(prefix="/changes", include_in_schema=False)

    def changes(actor: RuleId = None, issue: RuleId = None, before: Before = None) -> HTMLResponse:
        actor, issue = actor or None, issue or None
        with desk.database.view() as work:
            last_event = work.events.last_id()
            found = work.positions.changes(actor=actor, issue=issue, limit=PAGE + 1, before_id=before)
            views = change_views(work, found[:PAGE])
            names = Names(work.rules.current())
        more = found[PAGE - 1].id if len(found) > PAGE else None
        values = {
            "last_event": last_event if before is None else None,
            "names": names,
            "views": views,
            "actor": actor,
            "issue": issue,
            "before": before,
            "older": None if more is None else address("/changes", actor=actor, issue=issue, before=more),
        }
        return desk.pages.page("changes.html", values)

    def change(change_id: RowId) -> HTMLResponse:
        with desk.database.view() as work:
            last_event = work.events.last_id()
            [view] = change_views(work, [work.positions.change(change_id)])
            names = Names(work.rules.current())
        return desk.pages.page("change.html", {"last_event": last_event, "names": names, "view": view})

    router.add_api_route("", changes, methods=["GET", "HEAD"])
    router.add_api_route("/{change_id}", change, methods=["GET", "HEAD"])
    return router
