"""/feeds: how each feed is, failing ones first."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from monitor.web.desk import Desk
from monitor.web.icons import feed_icons


def feeds_router(desk: Desk) -> APIRouter:
    """The page of feeds."""
    router = APIRouter(prefix="/feeds", include_in_schema=False)

    def feeds() -> HTMLResponse:
        with desk.database.view() as work:
            last_event = work.events.last_id()
            found = work.feeds.all()
            counts = work.feeds.item_counts()
            icons = feed_icons(work)
        values = {"last_event": last_event, "feeds": found, "counts": counts, "icons": icons}
        return desk.pages.page("feeds.html", values)

    router.add_api_route("", feeds, methods=["GET", "HEAD"])
    return router
