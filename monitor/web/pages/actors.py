"""/actors: all who are watched; /actors/{actor}: who one is, where they stand, and how they came to stand there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.api.names import Names
from monitor.api.parameters import address
from monitor.api.views import change_views
from monitor.model.course import Spoken
from monitor.model.position import FoundPosition
from monitor.positions.bodies import counted_for, may_speak_for
from monitor.positions.course import counted, courses
from monitor.web import chart_data
from monitor.web.charts import lanes
from monitor.web.charts.drawings import MOST_DRAWN, MOST_STRIPS, both
from monitor.web.chosen import KIND_NAMES
from monitor.web.desk import Desk
from monitor.web.pages.lists import found_by, listed
from monitor.web.parameters import Blank, Day, end_of
from monitor.web.sheets import MOST_ROWS, Sheet, answer, reached
from rules.model import ActorKind, ActorRule, RuleSet
from storage.errors import NotFound
from storage.timelines import Tally
from storage.work import Work

NEWEST, STATEMENTS = 6, 25
"""How many changes and statements the page of an actor shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An actor in the list."""

    id: str
    name: str
    rule: ActorRule | None
    known: Tally | None


def actors_router(desk: Desk) -> APIRouter:
    """The list, the pages, and the data of their charts."""
    router = APIRouter(prefix="/actors", include_in_schema=False)

    def actors(
        q: Annotated[str | None, Query(max_length=200)] = None, actor_kind: Annotated[ActorKind | None, Blank] = None
    ) -> Response:
        with desk.database.view() as work:
            last_event = work.events.last_id()
            rules = work.rules.current()
            known = work.timelines.of_actors()
        values = _list(rules, known, q or "", actor_kind)
        return desk.pages.page("actors.html", values | {"last_event": last_event})

    def actor(request: Request, actor: str) -> Response:
        with desk.database.view() as work:
            if (now_is := work.timelines.holders().now(actor)) != actor:
                return led_on(request, actor, now_is)
            values = _page(work, actor, desk.clock())
        return desk.pages.page("actor.html", values)

    def timeline(request: Request, actor: str, until: Day = None) -> Response:
        with desk.database.view() as work:
            if (now_is := work.timelines.holders().now(actor)) != actor:
                return led_on(request, actor, now_is)
            sheet = _sheet(work, request, actor, None if until is None else end_of(until))
        return answer(request, f"volteface-{actor}", sheet)

    router.add_api_route("", actors, methods=["GET", "HEAD"])
    router.add_api_route("/{actor}", actor, methods=["GET", "HEAD"])
    for form in ("csv", "json"):
        router.add_api_route(f"/{{actor}}/timeline.{form}", timeline, methods=["GET", "HEAD"])
    return router


def _list(rules: RuleSet, known: dict[str, Tally], q: str, kind: ActorKind | None) -> dict[str, Any]:
    rows = [row for row in _rows(rules, known) if kind in (None, row.rule.kind if row.rule else None)]
    found = [row for row in rows if found_by(q, _words(row))]
    groups = [(name, [r for r in found if r.rule and r.rule.kind is one]) for one, name in KIND_NAMES.items()]
    return {
        "names": Names(rules),
        "groups": [*groups, ("No longer watched", [r for r in found if r.rule is None])],
        "found": len(found),
        "all": len(rows),
        "kinds": KIND_NAMES,
        "asked": {"q": q, "kind": kind},
    }


def _sheet(work: Work, request: Request, actor: str, until: datetime | None) -> Sheet:
    rules, issues = _known(work, actor)
    stands = work.timelines.stands(actor=actor, until=until, pending=True)
    read = work.timelines.statements(issues, may_speak_for(actor, rules), MOST_ROWS, until=until)
    cited = work.statements.get({s.statement for s in stands} - {s.id for s in read})
    names = Names(rules)
    about = {"actor": actor, "actor_name": names.actor(actor), **reached(request, read)}
    said = [(actor, one) for one in counted_for(actor, read, rules)]
    return chart_data.timeline(stands, said, cited | {s.id: s for s in read}, names, about)


def led_on(request: Request, actor: str, now_is: str) -> Response:
    """To the actor that this one became. For as long as the merge stands, so browsers are not to keep it."""
    parts = [now_is if part == actor else part for part in request.url.path.split("/")]
    return RedirectResponse("/".join(parts) + (f"?{request.url.query}" if request.url.query else ""), 307)


def _known(work: Work, actor: str) -> tuple[RuleSet, list[str]]:
    """The rules, and the issues on which anything is known of the actor. Raises NotFound."""
    rules = work.rules.current()
    issues = [position.issue for position in work.positions.all(actor=actor)]
    if actor not in rules.actors and not issues and not work.change_feed.knows(actor=actor):
        raise NotFound("actor", actor)
    return rules, issues


def _page(work: Work, actor: str, now: datetime) -> dict[str, Any]:
    rules, issues = _known(work, actor)
    names = Names(rules)
    speakers = may_speak_for(actor, rules)
    stands = work.timelines.stands(actor=actor, pending=True)
    spoken = work.timelines.spoken(issues, speakers, MOST_DRAWN)
    mine = counted(spoken, rules).get(actor, [])
    positions = work.positions.all(actor=actor)
    changes = work.positions.changes(actor=actor, limit=NEWEST + 1)
    newest = counted_for(actor, work.timelines.statements(issues, speakers, 2 * STATEMENTS), rules)
    strips = _strips(stands, mine, names)
    rule = rules.actors.get(actor)
    return {
        "last_event": work.events.last_id(),
        "names": names,
        "actor": actor,
        "rule": rule,
        "offices": _offices(rule),
        "members": [other for other in rules.actors.values() if other.member_of == actor],
        "positions": sorted(positions, key=lambda p: _order(p, names)),
        "drawings": both(lanes.draw, strips[:MOST_STRIPS], now),
        "strips_left_out": len(strips) - MOST_STRIPS,
        "drawn_all": len(spoken) < MOST_DRAWN,
        "views": change_views(work, changes[:NEWEST]),
        "older": len(changes) > NEWEST,
        "statements": newest[:STATEMENTS],
        "statements_in_all": sum(p.statements for p in positions),
        "feed": address("/changes.atom", actor=actor),
    }


def _offices(rule: ActorRule | None) -> dict[tuple[date | None, date | None], list[str]]:
    """Titles by the days on which they are held: one office is written in many ways and languages."""
    found: dict[tuple[date | None, date | None], list[str]] = {}
    for office in rule.offices if rule is not None else ():
        found.setdefault((office.since, office.until), []).append(office.title)
    return found


def _strips(stands: list[Any], spoken: list[Spoken], names: Names) -> list[lanes.Strip]:
    """A strip for each issue, the one that moved last first."""
    held = courses(stands)
    issues = {s.issue for s in stands} | {s.issue for s in spoken}
    last = {stand.issue: stand.since for stand in stands}

    def order(issue: str) -> tuple[float, str]:
        return (-last[issue].timestamp() if issue in last else 0.0), names.issue(issue).casefold()

    return [
        lanes.Strip(
            name=names.issue(issue),
            stretches=[s for (_, on), course in held.items() if on == issue for s in course],
            pending=[s for s in stands if s.pending and s.issue == issue],
            spoken=[s for s in spoken if s.issue == issue],
        )
        for issue in sorted(issues, key=order)
    ]


def _order(position: FoundPosition, names: Names) -> tuple[bool, str]:
    return position.stance is None, names.issue(position.issue).casefold()


def _rows(rules: RuleSet, known: dict[str, Tally]) -> list[Row]:
    rows = [Row(id=rule.id, name=rule.name, rule=rule, known=known.get(rule.id)) for rule in rules.actors.values()] + [
        Row(id=actor, name=actor, rule=None, known=known[actor]) for actor in sorted(known.keys() - rules.actors.keys())
    ]
    return listed(rows)


def _words(row: Row) -> tuple[str, ...]:
    if row.rule is None:
        return (row.id,)
    return row.id, row.name, *row.rule.aliases, *(office.title for office in row.rule.offices)
