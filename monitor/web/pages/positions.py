"""/positions/{actor}/{issue}: how one actor came to stand where they stand on one issue."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from monitor.api.names import Names
from monitor.api.parameters import address
from monitor.api.views import change_views
from monitor.model.position import FoundPosition
from monitor.positions.bodies import counted_for, may_speak_for
from monitor.positions.course import counted
from monitor.web import chart_data
from monitor.web.charts import cell
from monitor.web.charts.drawings import MOST_DRAWN, both
from monitor.web.desk import Desk
from monitor.web.pages.actors import led_on
from monitor.web.parameters import Day, end_of
from monitor.web.sheets import MOST_ROWS, answer, reached
from rules.model import RuleSet
from storage.errors import NotFound
from storage.work import Work

NEWEST, STATEMENTS = 50, 100
"""How many changes and statements the page shows."""


def positions_router(desk: Desk) -> APIRouter:
    """The page of one position, and the data of its chart."""
    router = APIRouter(prefix="/positions", include_in_schema=False)

    def position(request: Request, actor: str, issue: str) -> Response:
        with desk.database.view() as work:
            if (now_is := work.timelines.holders().now(actor)) != actor:
                return led_on(request, actor, now_is)
            values = _page(desk, work, actor, issue)
        return desk.pages.page("position.html", values)

    def timeline(request: Request, actor: str, issue: str, until: Day = None) -> Response:
        with desk.database.view() as work:
            if (now_is := work.timelines.holders().now(actor)) != actor:
                return led_on(request, actor, now_is)
            rules, _ = _known(work, actor, issue)
            end = None if until is None else end_of(until)
            stands = work.timelines.stands(actor=actor, issues=[issue], until=end, pending=True)
            read = work.timelines.statements([issue], may_speak_for(actor, rules), MOST_ROWS, until=end)
            cited = work.statements.get({s.statement for s in stands} - {s.id for s in read})
        about = {"actor": actor, "issue": issue, **reached(request, read)}
        said = [(actor, one) for one in counted_for(actor, read, rules)]
        known = cited | {s.id: s for s in read}
        sheet = chart_data.timeline(stands, said, known, Names(rules), about)
        return answer(request, f"volteface-{actor}-{issue}", sheet)

    router.add_api_route("/{actor}/{issue}", position, methods=["GET", "HEAD"])
    for form in ("csv", "json"):
        router.add_api_route(f"/{{actor}}/{{issue}}/timeline.{form}", timeline, methods=["GET", "HEAD"])
    return router


def _known(work: Work, actor: str, issue: str) -> tuple[RuleSet, FoundPosition]:
    """The rules, and the position, which may be unknown. Raises NotFound for an actor or issue that is not watched."""
    rules = work.rules.current()
    try:
        return rules, work.positions.get(actor, issue)
    except NotFound:
        if actor not in rules.actors or issue not in rules.issues:
            raise
        return rules, FoundPosition(actor=actor, issue=issue, stance=None)


def _page(desk: Desk, work: Work, actor: str, issue: str) -> dict[str, Any]:
    rules, found = _known(work, actor, issue)
    speakers = may_speak_for(actor, rules)
    changes = work.positions.changes(actor=actor, issue=issue, limit=NEWEST + 1)
    spoken = work.timelines.spoken([issue], speakers, MOST_DRAWN)
    mine = counted(spoken, rules).get(actor, [])
    stands = work.timelines.stands(actor=actor, issues=[issue], pending=True)
    statements = counted_for(actor, work.timelines.statements([issue], speakers, 2 * STATEMENTS), rules)
    return {
        "last_event": work.events.last_id(),
        "names": Names(rules),
        "position": found,
        "views": change_views(work, changes[:NEWEST]),
        "older": len(changes) > NEWEST,
        "statements": statements[:STATEMENTS],
        "drawings": both(cell.draw, mine, stands, desk.clock()),
        "drawn": len(mine),
        "drawn_all": len(spoken) < MOST_DRAWN,
        "feed": address("/changes.atom", actor=actor, issue=issue),
    }
