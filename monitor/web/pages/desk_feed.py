"""/desk/feeds/{id}: one feed: its polls, its settings, and what operators do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.api.parameters import RowId
from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.cadence import CadenceConfig
from monitor.feeds.health import health
from monitor.model.feed import Feed
from monitor.net.mask import mask
from monitor.pipeline.feed_changes import (
    ChangedMeanwhile,
    edit_feed,
    pause_feed,
    poll_feed_now,
    readdress_feed,
    remove_feed,
    resume_feed,
)
from monitor.web.desk import Desk
from monitor.web.door import Fields
from monitor.web.feed_form import FeedForm, read_form
from monitor.web.icons import icons_of
from monitor.web.strips import failed, items_per_day, strip
from monitor.web.visitor import seen, signed_fields
from storage.errors import FeedExists
from storage.feed_edits import FeedSettings
from storage.work import Work

Signed = Annotated[Fields, Depends(signed_fields)]

NOTES = {
    "saved": "Saved. It holds for what is polled from now on.",
    "same": "Nothing differs from what was saved.",
    "paused": "Paused. It is not polled until you resume it.",
    "resumed": "Resumed. It is polled at the worker's next tick.",
    "asked": "It is polled at the worker's next tick; this page then shows what came of it.",
    "address": "It is polled at its new address from now on.",
    "added": "Added. What it holds at its first poll is its baseline and alerts nobody.",
}
MEANWHILE = "Somebody else changed this feed while you did: nothing was saved. The fields show what holds now."
MOST_ITEMS = 10

Act = Callable[[Work, int, str, datetime], object]


class FeedPages:
    """The pages of one feed."""

    def __init__(self, desk: Desk, cadence: CadenceConfig, *, articles: bool) -> None:
        self._desk = desk
        self._defaults = {
            "default_shortest": cadence.shortest_s,
            "default_longest": cadence.longest_s,
            "default_articles": articles,
        }

    def feed(self, feed_id: RowId, done: str = "") -> HTMLResponse:
        """All about it."""
        return self._page(feed_id, note=NOTES.get(done))

    def save(self, request: Request, feed_id: RowId, sent: Signed) -> Response:
        """Its settings."""
        form = FeedForm.sent(sent)
        read = read_form(form)
        if read.problems:
            return self._page(feed_id, form=form, problems=read.problems, shown=_one(sent, "shown"), status=422)
        try:
            with self._desk.database.work() as work:
                changed = edit_feed(work, feed_id, _one(sent, "shown"), read.settings, who(request), self._desk.clock())
        except ChangedMeanwhile:
            return self._page(feed_id, problems={"": MEANWHILE}, status=409)
        return _back(feed_id, "saved" if changed else "same")

    def act(self, act: Act, done: str) -> Callable[[Request, int, Fields], Response]:
        """An endpoint that does one thing to a feed."""

        def endpoint(request: Request, feed_id: RowId, _sent: Signed) -> Response:
            with self._desk.database.work() as work:
                act(work, feed_id, who(request), self._desk.clock())
            return _back(feed_id, done)

        return endpoint

    def readdress(self, request: Request, feed_id: RowId, sent: Signed) -> Response:
        """Another address."""
        typed = _one(sent, "address")
        try:
            address = feed_address(typed)
            with self._desk.database.work() as work:
                another = "another" in sent
                readdress_feed(work, feed_id, address, who(request), self._desk.clock(), another=another)
        except BadAddress as problem:
            return self._page(feed_id, problems={"address": str(problem)}, typed=typed, status=422)
        except FeedExists as there:
            taken = f"Feed {there.feed_id} has this address already."
            return self._page(feed_id, problems={"address": taken}, typed=typed, status=422)
        return _back(feed_id, "address")

    def ask_to_remove(self, feed_id: RowId) -> HTMLResponse:
        """What would go and what would stay."""
        with self._desk.database.view() as work:
            feed = work.feeds.get(feed_id)
            items = work.feed_items.count(feed_id)
        return self._desk.pages.page("desk_feed_remove.html", {"feed": feed, "items": items})

    def remove(self, request: Request, feed_id: RowId, _sent: Signed) -> Response:
        """Removes it."""
        with self._desk.database.work() as work:
            remove_feed(work, feed_id, who(request), self._desk.clock())
        return RedirectResponse("/desk/feeds?done=removed", 303)

    def _page(
        self,
        feed_id: int,
        *,
        form: FeedForm | None = None,
        shown: str | None = None,
        problems: dict[str, str] | None = None,
        typed: str = "",
        note: str | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        now = self._desk.clock()
        with self._desk.database.view() as work:
            feed = work.feeds.get(feed_id)
            values = self._facts(work, feed, now)
        settings = FeedSettings.of(feed)
        values |= {
            **self._defaults,
            "form": form or FeedForm.of(settings),
            "shown": shown or settings.mark,
            "problems": problems or {},
            "typed": typed if mask(typed) == typed else "",
            "note": note,
        }
        return self._desk.pages.page("desk_feed.html", values, status=status)

    def _facts(self, work: Work, feed: Feed, now: datetime) -> dict[str, Any]:
        polls = work.poll_logs.of([feed.id]).get(feed.id, ())
        return {
            "last_event": work.events.last_id(),
            "feed": feed,
            "health": health(feed, now),
            "polls": [(poll, failed(poll)) for poll in reversed(polls)],
            "strip": strip(polls),
            "per_day": items_per_day(polls, now),
            "items": work.feed_items.newest(feed.id, MOST_ITEMS),
            "count": work.feed_items.count(feed.id),
            "icon": icons_of(work, [feed]).get(feed.id),
            "masked": mask(feed.url) != feed.url,
        }


def desk_feed_router(desk: Desk, cadence: CadenceConfig, *, articles: bool) -> APIRouter:
    """The pages of one feed. To be included after what stands beside them under /desk/feeds.

    `cadence` and `articles` are what holds where a feed sets nothing.
    """
    router = APIRouter(prefix="/desk/feeds/{feed_id}", include_in_schema=False)
    pages = FeedPages(desk, cadence, articles=articles)
    router.add_api_route("", pages.feed, methods=["GET", "HEAD"])
    router.add_api_route("", pages.save, methods=["POST"])
    for path, act, done in (
        ("/pause", pause_feed, "paused"),
        ("/resume", resume_feed, "resumed"),
        ("/poll", poll_feed_now, "asked"),
    ):
        router.add_api_route(path, pages.act(act, done), methods=["POST"])
    router.add_api_route("/address", pages.readdress, methods=["POST"])
    router.add_api_route("/remove", pages.ask_to_remove, methods=["GET", "HEAD"])
    router.add_api_route("/remove", pages.remove, methods=["POST"])
    return router


def who(request: Request) -> str:
    """Under which name an operator stands in the audit log."""
    visitor = seen(request)
    assert visitor is not None
    return visitor.account.name


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[0]


def _back(feed_id: int, done: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/feeds/{feed_id}?done={done}", 303)
