"""/: what changed, who holds what, and how the feeds are."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from monitor.api.names import Names
from monitor.api.views import change_views
from monitor.model.feed import FeedStatus
from monitor.web.desk import Desk
from monitor.web.matrix import matrix

NEWEST = 12
"""How many changes the front page shows."""


def front_router(desk: Desk) -> APIRouter:
    """The front page."""
    router = APIRouter(include_in_schema=False)

    def front() -> HTMLResponse:
        now = desk.clock()
        with desk.database.view() as work:
            last_event = work.events.last_id()
            rules = work.rules.current()
            found = work.positions.changes(limit=NEWEST + 1)
            views = change_views(work, found[:NEWEST])
            positions = work.positions.all()
            feeds = work.feeds.all()
            counts = work.feeds.item_counts()
            states = work.items.counts()
        active = [feed for feed in feeds if feed.status is FeedStatus.ACTIVE]
        due = [feed.next_poll_at for feed in active]
        values = {
            "last_event": last_event,
            "names": Names(rules),
            "views": views,
            "older": found[NEWEST - 1].id if len(found) > NEWEST else None,
            "matrix": matrix(positions, rules, now),
            "standing": sum(p.stance is not None for p in positions),
            "feeds": feeds,
            "counts": counts,
            "failing": sum(feed.failures > 0 for feed in active),
            "polled": any(feed.last_poll_at is not None for feed in feeds),
            "next_poll": min(due) if due else None,
            "items": sum(states.values()),
            "states": states,
        }
        return desk.pages.page("front.html", values)

    router.add_api_route("/", front, methods=["GET", "HEAD"])
    return router
