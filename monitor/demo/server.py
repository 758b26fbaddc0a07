"""The invented wire over loopback HTTP: feeds that grow with the clock, and the articles behind their links."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monitor.demo import pages
from monitor.demo.clock import Clock
from monitor.demo.documents import CONTENT_TYPES, FeedEntry, FeedHead, feed_document
from monitor.demo.items import LABEL, Entry, Outlet, Wire, load_wire
from monitor.model.moment import utc

WINDOW = 25
"""Entries that a feed shows; real feeds of newspapers show 20 to 50."""

ORIGIN = "http://{outlet}.localhost:{port}"
"""Where an outlet's pages are: names under .localhost are loopback (RFC 6761), and each outlet has its own host."""


class DemoWire:
    """Serves what the outlets have published up to the clock's moment.

    `origin` is a template with `{outlet}`, `{domain}` and `{port}` (the port that was asked) for the addresses in
    links; the feeds themselves are answered under any host.
    """

    def __init__(self, clock: Clock, wire: Wire | None = None, *, window: int = WINDOW, origin: str = ORIGIN) -> None:
        self.clock = clock
        self.wire = wire if wire is not None else load_wire()
        self._window = window
        self._origin = origin

    def feed_paths(self) -> dict[str, str]:
        """The path of each outlet's feed, by outlet id."""
        return {outlet.id: f"/feeds/{outlet.id}.{outlet.format}" for outlet in self.wire.outlets.values()}

    def routes(self) -> list[BaseRoute]:
        """The index, the feeds, the articles and the style sheet."""
        return [
            Route("/", self._index),
            Route("/feeds/{name}", self._feed),
            Route("/articles/{key}", self._article),
            Route("/style.css", lambda _request: pages.stylesheet()),
        ]

    def app(self, extra: Sequence[BaseRoute] = ()) -> Starlette:
        """The wire as an ASGI application; `extra` routes, such as the sinks', are served beside it."""
        return Starlette(routes=[*self.routes(), *extra], middleware=[Middleware(GZipMiddleware, minimum_size=500)])

    def document(self, outlet: Outlet, port: int) -> tuple[bytes, datetime | None]:
        """The outlet's feed as it stands, and when it last changed (None: it is empty)."""
        entries = self.wire.entries(outlet.id, self.clock.now(), window=self._window)
        updated = max((entry.item.date for entry in entries), default=None)
        base = self._base(outlet, port)
        head = FeedHead(
            title=f"{outlet.name} (invented wording)",
            description=f"{outlet.name} does not exist. {LABEL}",
            site_url=f"{base}/",
            self_url=base + self.feed_paths()[outlet.id],
            language=outlet.language,
            updated=updated,
            encoding=outlet.encoding,
        )
        return feed_document(outlet.format, head, [self._entry(entry, outlet, port) for entry in entries]), updated

    def _base(self, outlet: Outlet, port: int) -> str:
        return self._origin.format(outlet=outlet.id, domain=outlet.domain, port=port)

    def _entry(self, entry: Entry, outlet: Outlet, port: int) -> FeedEntry:
        item = entry.item
        agency = self.wire.original(item)
        return FeedEntry(
            id=f"tag:{outlet.domain},2025:{item.guid}",
            url=f"{self._base(outlet, port)}/articles/{item.guid}",
            title=item.title,
            text=item.text,
            published=entry.published,
            updated=item.date,
            author=item.author or outlet.name,
            source_url=self._base(agency, port) + self.feed_paths()[agency.id] if agency else None,
            source_title=agency.name if agency else "",
        )

    def _index(self, _request: Request) -> Response:
        now, paths = self.clock.now(), self.feed_paths()
        outlets = [
            (outlet, paths[outlet.id], self.wire.entries(outlet.id, now)) for outlet in self.wire.outlets.values()
        ]
        return pages.page("wire.html", now=now, outlets=outlets)

    def _article(self, request: Request) -> Response:
        entry = self.wire.entry(request.path_params["key"], self.clock.now())
        if entry is None:
            return pages.missing("No article of that name has been published so far.")
        return pages.page("article.html", entry=entry, outlet=self.wire.outlets[entry.item.feed])

    def _feed(self, request: Request) -> Response:
        asked = f"/feeds/{request.path_params['name']}"
        outlet = next((self.wire.outlets[id_] for id_, path in self.feed_paths().items() if path == asked), None)
        if outlet is None:
            return pages.missing("No outlet has a feed of that name.")
        body, updated = self.document(outlet, _port(request))
        headers = {
            "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:24]}"',
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
        }
        if updated is not None:
            headers["Last-Modified"] = format_datetime(updated.astimezone(UTC), usegmt=True)
        if not_modified(request.headers, headers["ETag"], updated):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=_media_type(outlet))


def wire_app(
    wire: Wire, clock: Clock, *, origin: str = ORIGIN, window: int = WINDOW, extra: Sequence[BaseRoute] = ()
) -> Starlette:
    """A wire as an ASGI application: `DemoWire(…).app(extra)` in one call."""
    return DemoWire(clock, wire, window=window, origin=origin).app(extra)


def not_modified(headers: Mapping[str, str], etag: str, updated: datetime | None) -> bool:
    """Whether a conditional GET is answered with 304 (RFC 9110, 13.1). If-None-Match decides alone where it is sent."""
    asked = headers.get("if-none-match")
    if asked is not None:
        tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
        return "*" in tags or etag.removeprefix("W/") in tags
    since = headers.get("if-modified-since")
    if since is None or updated is None:
        return False
    try:
        return updated.replace(microsecond=0) <= utc(parsedate_to_datetime(since))
    except ValueError:
        return False


def _media_type(outlet: Outlet) -> str:
    kind = CONTENT_TYPES[outlet.format]
    return kind if outlet.format == "json" else f"{kind}; charset={outlet.encoding}"


def _port(request: Request) -> int:
    """The port that was asked: what the Host header says, as a browser will ask for the links the same way."""
    try:
        return request.url.port or 80
    except ValueError:
        server = request.scope.get("server") or ("127.0.0.1", 80)
        return int(server[1] or 80)
