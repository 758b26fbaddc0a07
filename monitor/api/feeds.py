"""/api/feeds"""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.parameters import RowId
from monitor.api.present import feed_out
from monitor.api.problem import documented
from monitor.api.schema import FeedOut, Feeds
from storage.engine import Database


def feeds_router(database: Database) -> APIRouter:
    """Feeds and how they are."""
    router = APIRouter(prefix="/feeds", tags=["feeds"])

    @router.get("", summary="All feeds")
    def feeds() -> Feeds:
        """All feeds, by folder and title; all of them at once."""
        with database.view() as work:
            counts = work.feeds.item_counts()
            return Feeds(feeds=[feed_out(feed, counts) for feed in work.feeds.all()])

    @router.get("/{feed_id}", summary="One feed", responses=documented(404, 422))
    def feed(feed_id: RowId) -> FeedOut:
        """One feed and how it is."""
        with database.view() as work:
            return feed_out(work.feeds.get(feed_id), work.feeds.item_counts())

    return router
