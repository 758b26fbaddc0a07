"""/desk: how the service stands, and the way to everything that waits for an operator; /desk/checks: the doctor."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse

from monitor.settings import Settings
from monitor.web.desk import Desk
from monitor.web.desk_tools import DeskTools
from monitor.web.health import HealthProbe
from monitor.web.standing import DAYS, HOURS, standing

_RANK = {"broken": 0, "warning": 1}


def desk_health_router(desk: Desk, settings: Settings, probe: HealthProbe, tools: DeskTools) -> APIRouter:
    """The overview and the checks."""
    router = APIRouter(prefix="/desk", include_in_schema=False)

    def overview() -> HTMLResponse:
        now = desk.clock()
        with desk.database.view() as work:
            last_event = work.events.last_id()
        values = {
            "last_event": last_event,
            "found": standing(desk.database, settings, probe, now),
            "hours": HOURS,
            "days": DAYS,
            "can_check": tools.checks is not None,
        }
        return desk.pages.page("desk_health.html", values)

    def checks() -> HTMLResponse:
        if tools.checks is None:
            raise HTTPException(503, "This process has no checks; run `volteface doctor`.")
        found = sorted(tools.checks(), key=lambda check: _RANK.get(check.state, 2))
        return desk.pages.page("desk_checks.html", {"checks": found})

    router.add_api_route("", overview, methods=["GET", "HEAD"])
    router.add_api_route("/checks", checks, methods=["GET", "HEAD"])
    return router
