"""/positions/{actor}/{issue}: how one actor came to stand where they stand on one issue."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from monitor.api.names import Names
from monitor.api.views import change_views
from monitor.model.position import FoundPosition
from monitor.positions.bodies import counted_for, may_speak_for
from monitor.web.desk import Desk
from monitor.web.timeline import draw
from storage.errors import NotFound

MOST_CHANGES = 200


def positions_router(desk: Desk) -> APIRouter:
    """The page of one position."""
    router = APIRouter(prefix="/positions", include_in_schema=False)

    def position(actor: str, issue: str) -> HTMLResponse:
        now = desk.clock()
        with desk.database.view() as work:
            last_event = work.events.last_id()
            rules = work.rules.current()
            try:
                found = work.positions.get(actor, issue)
            except NotFound:
                if actor not in rules.actors or issue not in rules.issues:
                    raise
                found = FoundPosition(actor=actor, issue=issue, stance=None)
            changes = work.positions.changes(actor=actor, issue=issue, limit=MOST_CHANGES)
            views = change_views(work, changes)
            speakers = may_speak_for(actor, rules)
            statements = counted_for(actor, work.statements.live_for(issue, speakers), rules)
        values = {
            "last_event": last_event,
            "names": Names(rules),
            "position": found,
            "views": views,
            "statements": sorted(statements, key=lambda s: (s.said_at, s.id), reverse=True),
            "timeline": draw(statements, changes, now),
        }
        return desk.pages.page("position.html", values)

    router.add_api_route("/{actor}/{issue}", position, methods=["GET", "HEAD"])
    return router
