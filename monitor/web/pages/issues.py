"""/issues: all that is asked; /issues/{issue}: who stands where on one, and how that moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from monitor.api.names import Names
from monitor.api.parameters import address
from monitor.api.views import change_views
from monitor.model.course import Spoken, Stand
from monitor.positions.course import counted, courses, held_at
from monitor.web import chart_data
from monitor.web.charts import lanes, movement, spectrum
from monitor.web.charts.drawings import MOST_DRAWN, MOST_STRIPS, both
from monitor.web.chosen import families
from monitor.web.desk import Desk
from monitor.web.pages.lists import found_by, listed
from monitor.web.parameters import Day, Id, end_of, in_order
from monitor.web.sheets import MOST_ROWS, Sheet, answer, reached
from rules.model import IssueRule, RuleSet
from storage.errors import NotFound
from storage.timelines import Tally
from storage.work import Work

NEWEST, STATEMENTS = 6, 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An issue in the list."""

    id: str
    name: str
    rule: IssueRule | None
    known: Tally | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Between which days the movement is shown; None: from the first position, to now."""

    since: date | None
    at: date | None

    def dates(self, stands: Sequence[Stand], now: datetime) -> list[datetime]:
        """The moments at which positions are compared."""
        last = now if self.at is None else min(end_of(self.at), now)
        if self.since is not None:
            return spectrum.dates(min(end_of(self.since), last), last)
        first = min((s.since for s in stands if not s.pending), default=last)
        return spectrum.dates(min(first + timedelta(days=1), last), last)


def issues_router(desk: Desk) -> APIRouter:
    """The list, the pages, and the data of their charts."""
    router = APIRouter(prefix="/issues", include_in_schema=False)

    def issues(q: Annotated[str | None, Query(max_length=200)] = None, family: Id = None) -> Response:
        with desk.database.view() as work:
            last_event = work.events.last_id()
            rules = work.rules.current()
            known = work.timelines.of_issues()
        values = _list(rules, known, q or "", family)
        return desk.pages.page("issues.html", values | {"last_event": last_event})

    def issue(issue: str, since: Day = None, at: Day = None) -> Response:
        in_order(since, at)
        with desk.database.view() as work:
            values = _page(work, issue, Period(since=since, at=at), desk.clock())
        return desk.pages.page("issue.html", values)

    def timeline(request: Request, issue: str, until: Day = None) -> Response:
        with desk.database.view() as work:
            sheet = _sheet(work, request, issue, None if until is None else end_of(until))
        return answer(request, f"volteface-{issue}", sheet)

    def data(request: Request, issue: str, since: Day = None, at: Day = None) -> Response:
        in_order(since, at)
        with desk.database.view() as work:
            sheet = _spectrum(work, issue, Period(since=since, at=at), desk.clock())
        return answer(request, f"volteface-{issue}-spectrum", sheet)

    router.add_api_route("", issues, methods=["GET", "HEAD"])
    router.add_api_route("/{issue}", issue, methods=["GET", "HEAD"])
    for form in ("csv", "json"):
        router.add_api_route(f"/{{issue}}/timeline.{form}", timeline, methods=["GET", "HEAD"])
        router.add_api_route(f"/{{issue}}/spectrum.{form}", data, methods=["GET", "HEAD"])
    return router


def _list(rules: RuleSet, known: dict[str, Tally], q: str, family: str | None) -> dict[str, Any]:
    rows = [row for row in _rows(rules, known) if family is None or (row.rule and row.rule.family == family)]
    found = [row for row in rows if found_by(q, _words(row))]
    return {
        "groups": _grouped(found, rules),
        "found": len(found),
        "all": len(rows),
        "families": families(rules),
        "asked": {"q": q, "family": family},
    }


def _sheet(work: Work, request: Request, issue: str, until: datetime | None) -> Sheet:
    names = Names(_known(work, issue))
    stands = work.timelines.stands(issues=[issue], until=until, pending=True)
    read = work.timelines.statements([issue], None, MOST_ROWS, until=until)
    cited = work.statements.get({s.statement for s in stands} - {s.id for s in read})
    about = {"issue": issue, "proposition": names.proposition(issue), **reached(request, read)}
    return chart_data.timeline(
        stands, [(s.read.holder, s) for s in read], cited | {s.id: s for s in read}, names, about
    )


def _spectrum(work: Work, issue: str, period: Period, now: datetime) -> Sheet:
    names = Names(_known(work, issue))
    stands = work.timelines.stands(issues=[issue])
    dates = period.dates(stands, now)
    held = [_held(stands, then) for then in dates]
    cited = work.statements.get({stand.statement for then in held for stand in then.values()})
    about = {"issue": issue, "proposition": names.proposition(issue), "dates": dates}
    return chart_data.spectrum(dates, held, cited, names, about)


def _known(work: Work, issue: str) -> RuleSet:
    """The rules. Raises NotFound for an issue that is neither in them nor in any change."""
    rules = work.rules.current()
    if issue not in rules.issues and not work.change_feed.knows(issue=issue):
        raise NotFound("issue", issue)
    return rules


def _held(stands: Sequence[Stand], moment: datetime) -> dict[str, Stand]:
    """On one issue what each actor held then."""
    return {actor: stand for (actor, _), stand in held_at(stands, moment).items()}


def _page(work: Work, issue: str, period: Period, now: datetime) -> dict[str, Any]:
    rules = _known(work, issue)
    names = Names(rules)
    stands = work.timelines.stands(issues=[issue], pending=True)
    spoken = work.timelines.spoken([issue], None, MOST_DRAWN)
    positions = {p.actor: p for p in work.positions.all(issue=issue)}
    changes = work.positions.changes(issue=issue, limit=NEWEST + 1)
    dates = period.dates(stands, now)
    held = [_held(stands, then) for then in dates]
    called = {actor: names.actor(actor) for actor in {s.actor for s in stands} | positions.keys()}
    strips = _strips(stands, counted(spoken, rules), called)
    query = {"since": period.since, "at": period.at}
    return {
        "last_event": work.events.last_id() if period.at is None else None,
        "names": names,
        "issue": issue,
        "rule": rules.issues.get(issue),
        "period": period,
        "today": now.date(),
        "dates": dates,
        "places": spectrum.places(held[-1], spectrum.earlier(held), positions if period.at is None else None, called),
        "unknown": sorted(
            (called[a] for a in called if a not in held[-1] or held[-1][a].stance is None), key=str.casefold
        ),
        "ways": sorted(spectrum.ways(sorted(called), held).items(), key=lambda way: called[way[0]].casefold()),
        "movements": both(movement.draw, dates, spectrum.ways(sorted(called), held), called),
        "drawings": both(lanes.draw, strips[:MOST_STRIPS], now),
        "strips_left_out": len(strips) - MOST_STRIPS,
        "drawn_all": len(spoken) < MOST_DRAWN,
        "views": change_views(work, changes[:NEWEST]),
        "older": len(changes) > NEWEST,
        "statements": work.timelines.statements([issue], None, STATEMENTS),
        "data": {f: address(f"/issues/{issue}/spectrum.{f}", **query) for f in ("csv", "json")},
        "feed": address("/changes.atom", issue=issue),
    }


def _strips(stands: Sequence[Stand], spoken: Any, called: dict[str, str]) -> list[lanes.Strip]:
    """A strip for each actor of whom a position is known, the one that moved last first."""
    held = courses(stands)
    last = {stand.actor: stand.since for stand in stands}
    said: dict[str, list[Spoken]] = spoken
    return [
        lanes.Strip(
            name=called[actor],
            stretches=[s for (who, _), course in held.items() if who == actor for s in course],
            pending=[s for s in stands if s.pending and s.actor == actor],
            spoken=said.get(actor, ()),
        )
        for actor in sorted(last, key=lambda actor: (-last[actor].timestamp(), called[actor].casefold()))
    ]


def _rows(rules: RuleSet, known: dict[str, Tally]) -> list[Row]:
    rows = [Row(id=rule.id, name=rule.name, rule=rule, known=known.get(rule.id)) for rule in rules.issues.values()]
    gone = sorted(known.keys() - rules.issues.keys())
    return listed([*rows, *(Row(id=issue, name=issue, rule=None, known=known[issue]) for issue in gone)])


def _grouped(rows: Sequence[Row], rules: RuleSet) -> list[tuple[str, list[Row]]]:
    """By family, those without one after them, and last what is no longer watched."""
    grouped = [(family, [r for r in rows if r.rule and r.rule.family == family]) for family in families(rules)]
    rest = [row for row in rows if row.rule is not None and row.rule.family is None]
    gone = [row for row in rows if row.rule is None]
    return [*grouped, ("Other issues" if grouped else "Issues", rest), ("No longer watched", gone)]


def _words(row: Row) -> tuple[str, ...]:
    return (row.id, row.name) if row.rule is None else (row.id, row.name, row.rule.proposition, row.rule.family or "")
