"""/desk/feeds/add: feeds by the address of a site, or many as OPML; and OPML out."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import one_line
from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.opml import BadOpml, OutlineFeed, write_opml
from monitor.net.mask import mask
from monitor.pipeline.feed_changes import Imported, add_feed, import_opml
from monitor.web.desk import Desk
from monitor.web.desk_tools import DeskTools
from monitor.web.door import Fields
from monitor.web.lookups import Lookup, Lookups, TooManyLookupsError
from monitor.web.pages.desk_feed import who
from monitor.web.upload import Upload
from monitor.web.visitor import seen, signed_fields
from storage.errors import FeedExists

Signed = Annotated[Fields, Depends(signed_fields)]
BUSY = "Other look-ups are under way; try again in a minute."
FORGOTTEN = "This look-up is no longer known: it is too old, or the service was started anew. Look it up again."


class AddPages:
    """The pages by which feeds come in."""

    def __init__(self, desk: Desk, tools: DeskTools) -> None:
        self._desk = desk
        self._cadence = tools.cadence
        self._lookups = Lookups(tools.look) if tools.look else None

    def form(self, address: Annotated[str, Query(max_length=2000)] = "") -> HTMLResponse:
        """The forms, both ways."""
        return self._page(address=address)

    async def look_up(self, request: Request, sent: Signed) -> Response:
        """Begins to look up what an address leads to."""
        typed, folder = _one(sent, "address"), one_line(_one(sent, "folder"), 300)
        if self._lookups is None:
            raise HTTPException(503, "This process looks nothing up; add feeds with `volteface feeds add`.")
        try:
            lookup = self._lookups.start(feed_address(typed), folder, _account(request), self._desk.clock())
        except BadAddress as problem:
            return await self._again(typed, folder, str(problem), 422)
        except TooManyLookupsError:
            return await self._again(typed, folder, BUSY, 503)
        return RedirectResponse(f"/desk/feeds/look-up/{lookup.id}", 303)

    def looked_up(self, request: Request, lookup_id: str) -> HTMLResponse:
        """How far it is, and then what was found."""
        lookup = self._known(request, lookup_id)
        return self._choice(lookup)

    def add(self, request: Request, lookup_id: str, sent: Signed) -> Response:
        """Adds what was chosen."""
        lookup = self._known(request, lookup_id)
        if "unread" in sent and lookup.over and not lookup.candidates:
            chosen = [(lookup.address, "")]
        else:
            wanted = set(sent.get("feed") or ())
            chosen = [(one.url, one.title) for number, one in enumerate(lookup.candidates) if str(number) in wanted]
        if not chosen:
            return self._choice(lookup, problem="Choose at least one.", status=422)
        folder = one_line(_one(sent, "folder"), 300)
        added = self._add(chosen, folder, who(request), self._desk.clock())
        if len(added) == 1:
            return RedirectResponse(f"/desk/feeds/{added[0]}?done=added", 303)
        return RedirectResponse("/desk/feeds?sort=added", 303)

    def take_opml(self, request: Request, given: Upload) -> HTMLResponse:
        """Adds the feeds of a list, as far as it is good."""
        data = given.data or _one(given.sent, "opml").encode("utf-8", "surrogatepass")
        if not data.strip():
            return self._page(problems={"opml": "Choose a file, or paste a list."}, status=422)
        source = one_line(given.name, 200) or "pasted"
        try:
            done = import_opml(self._desk.database, data, source, who(request), self._desk.clock(), self._cadence)
        except BadOpml as problem:
            return self._page(problems={"opml": str(problem)}, status=422)
        return self._page(imported=done)

    def export(self) -> Response:
        """All feeds as OPML, without what is secret in their addresses."""
        with self._desk.database.view() as work:
            feeds = work.feeds.all()
        outlines = [OutlineFeed(url=f.url, title=f.title, folder=f.folder, articles=f.articles) for f in feeds]
        headers = {"Content-Disposition": 'attachment; filename="volteface-feeds.opml"', "Cache-Control": "no-store"}
        return Response(write_opml(outlines), media_type="text/x-opml", headers=headers)

    def _add(self, chosen: list[tuple[str, str]], folder: str, name: str, now: datetime) -> list[int]:
        """The ids of the chosen feeds, those that are there already among them."""
        added: list[int] = []
        with self._desk.database.work() as work:
            for url, title in chosen:
                try:
                    added.append(add_feed(work, url, title, folder, name, now).id)
                except FeedExists as there:
                    added.append(there.feed_id)
        return added

    def _known(self, request: Request, lookup_id: str) -> Lookup:
        found = self._lookups.get(lookup_id, _account(request)) if self._lookups else None
        if found is None:
            raise HTTPException(404, FORGOTTEN)
        return found

    def _choice(self, lookup: Lookup, problem: str | None = None, status: int = 200) -> HTMLResponse:
        values: dict[str, Any] = {
            "lookup": lookup,
            "shown": mask(lookup.address),
            "candidates": [(one, mask(one.url), self._there(one.url)) for one in lookup.candidates],
            "problem": problem,
        }
        return self._desk.pages.page("desk_feed_lookup.html", values, status=status)

    def _there(self, url: str) -> int | None:
        with self._desk.database.view() as work:
            found = work.feeds.by_url(url)
        return found.id if found else None

    async def _again(self, typed: str, folder: str, problem: str, status: int) -> HTMLResponse:
        page = partial(self._page, address=typed, folder=folder, problems={"address": problem}, status=status)
        return await run_in_threadpool(page)

    def _page(
        self,
        *,
        address: str = "",
        folder: str = "",
        problems: dict[str, str] | None = None,
        imported: Imported | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        with self._desk.database.view() as work:
            folders = work.feed_items.folders()
        values = {
            "address": address if mask(address) == address else "",
            "folder": folder,
            "folders": folders,
            "problems": problems or {},
            "imported": imported,
            "can_look": self._lookups is not None,
        }
        return self._desk.pages.page("desk_feeds_add.html", values, status=status)


def desk_feeds_add_router(desk: Desk, tools: DeskTools) -> APIRouter:
    """The pages by which feeds come in and go out. To be included before the pages of one feed."""
    router = APIRouter(prefix="/desk/feeds", include_in_schema=False)
    pages = AddPages(desk, tools)
    router.add_api_route("/add", pages.form, methods=["GET", "HEAD"])
    router.add_api_route("/look-up", pages.look_up, methods=["POST"])
    router.add_api_route("/look-up/{lookup_id}", pages.looked_up, methods=["GET", "HEAD"])
    router.add_api_route("/look-up/{lookup_id}/add", pages.add, methods=["POST"])
    router.add_api_route("/import", pages.take_opml, methods=["POST"])
    router.add_api_route("/export.opml", pages.export, methods=["GET", "HEAD"])
    return router


def _account(request: Request) -> int:
    visitor = seen(request)
    assert visitor is not None
    return visitor.account.id


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[0]
