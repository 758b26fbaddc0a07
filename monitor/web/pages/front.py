"""/: the matrix of positions, and what changed last. /matrix.csv and /matrix.json: the same as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.api.names import Names
from monitor.api.parameters import address
from monitor.api.views import change_views
from monitor.model.feed import FeedStatus
from monitor.web.chosen import KIND_NAMES, Chosen, families, groups
from monitor.web.desk import Desk
from monitor.web.downloads import as_csv, as_json
from monitor.web.matrix import Matrix, matrix
from monitor.web.matrix_markup import row_markup
from monitor.web.matrix_rows import COLUMNS, rows_of
from monitor.web.parameters import Blank, Day, Known, Ordinal, chosen, end_of
from rules.model import RuleSet
from storage.work import Work

NEWEST = 6
"""How many changes the front page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the matrix is asked to show; `at` None is now. `known` counts only with a day."""

    wanted: Chosen
    at: date | None = None
    known: Known = Known.NOW

    def until(self, now: datetime) -> View:
        """The same, where a day that is not over yet is now."""
        return replace(self, at=None) if self.at is not None and self.at >= now.date() else self

    def query(self) -> dict[str, str]:
        """The view as an address spells it."""
        found = self.wanted.query()
        if self.at is not None:
            found["at"] = self.at.isoformat()
            if self.known is Known.THEN:
                found["known"] = self.known.value
        return found


def view_of(
    wanted: Annotated[Chosen, Depends(chosen)],
    at: Day = None,
    known: Annotated[Known | None, Blank] = None,
    day: Ordinal = None,
) -> View:
    """The view that an address asks for. `day` is the slider's place, in days since the year 1; it was moved last."""
    return View(wanted=wanted, at=at if day is None else date.fromordinal(day), known=known or Known.NOW)


def front_router(desk: Desk) -> APIRouter:
    """The front page and its data."""
    router = APIRouter(include_in_schema=False)

    def front(asked: Annotated[View, Depends(view_of)], day: str | None = None) -> Response:
        asked = asked.until(desk.clock())
        if day is not None:
            return RedirectResponse(address("/", **asked.query()), 303)
        with desk.database.view() as work:
            values = _page(work, asked, desk.clock())
        return desk.pages.page("front.html", values)

    def data(request: Request, asked: Annotated[View, Depends(view_of)]) -> Response:
        now = desk.clock()
        asked = asked.until(now)
        with desk.database.view() as work:
            rules = work.rules.current()
            rows = rows_of(_matrix(work, asked, rules, now), rules)
        if request.url.path.endswith(".csv"):
            name = f"volteface-matrix-{asked.at or now.date()}"
            return as_csv(request, name, COLUMNS, rows)
        body = {"at": None if asked.at is None else end_of(asked.at), "known": asked.known, **asked.wanted.query()}
        return as_json(request, {**body, "positions": [dict(zip(COLUMNS, row, strict=True)) for row in rows]})

    router.add_api_route("/", front, methods=["GET", "HEAD"])
    for form in ("csv", "json"):
        router.add_api_route(f"/matrix.{form}", data, methods=["GET", "HEAD"])
    return router


def _matrix(work: Work, asked: View, rules: RuleSet, now: datetime) -> Matrix:
    asked.wanted.check(rules)
    actors, issues = asked.wanted.actors(rules), asked.wanted.issues(rules)
    if asked.at is None:
        return matrix(work.standings.now(actors, issues), rules, now, actors, issues)
    moment = end_of(asked.at)
    then = work.standings.at(moment, actors, issues, moment if asked.known is Known.THEN else None)
    return matrix(then, rules, moment, actors, issues)


def _page(work: Work, asked: View, now: datetime) -> dict[str, Any]:
    rules = work.rules.current()
    shown = _matrix(work, asked, rules, now)
    first = work.standings.first_at()
    found = work.positions.changes(limit=NEWEST + 1)
    query = asked.query()
    return {
        "last_event": work.events.last_id() if asked.at is None else None,
        "names": Names(rules),
        "asked": asked,
        "matrix": shown,
        "row_markup": row_markup,
        "kinds": KIND_NAMES,
        "groups": groups(rules),
        "families": families(rules),
        "first_day": None if first is None else min(first.date(), now.date()),
        "today": now.date(),
        "here_with": query,
        "data": {form: address(f"/matrix.{form}", **query) for form in ("csv", "json")},
        "views": change_views(work, found[:NEWEST]),
        "older": found[NEWEST - 1].id if len(found) > NEWEST else None,
        **_how_things_are(work),
    }


def _how_things_are(work: Work) -> dict[str, Any]:
    """What was read, and what happens next."""
    feeds = work.feeds.all()
    active = [feed for feed in feeds if feed.status is FeedStatus.ACTIVE]
    due = [feed.next_poll_at for feed in active]
    return {
        "standing": work.standings.count(),
        "items": sum(work.items.counts().values()),
        "feeds": feeds,
        "failing": sum(feed.failures > 0 for feed in active),
        "polled": any(feed.last_poll_at is not None for feed in feeds),
        "next_poll": min(due) if due else None,
    }
