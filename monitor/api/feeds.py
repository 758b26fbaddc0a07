"""/api/feeds"""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.present import feed_out
from monitor.api.schema import Feeds
from storage.engine import Database


def feeds_router(database: Database) -> APIRouter:
    """Feeds and how they are."""
    router = APIRouter(prefix="/feeds", tags=["feeds"])

    @router.get("")
    def feeds() -> Feeds:
        """All feeds, by folder and title."""
        with database.view() as work:
            counts = work.feeds.item_counts()
            return Feeds(feeds=[feed_out(feed, counts) for feed in work.feeds.all()])

    return router
