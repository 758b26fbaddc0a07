"""/network: who agrees with whom, over chosen issues and a chosen period, as a picture, a table and files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from monitor.api.names import Names
from monitor.positions.alignment import Network, Normalisation, Tie, align
from monitor.web import chart_data
from monitor.web.charts import network as drawing
from monitor.web.charts.lanes import NARROW, WIDE
from monitor.web.chosen import KIND_NAMES, Chosen, families, groups
from monitor.web.conditional import conditional
from monitor.web.desk import Desk
from monitor.web.graphml import MEDIA_TYPE, graphml_of
from monitor.web.parameters import Blank, Day, chosen, end_of, in_order, start_of
from monitor.web.sheets import answer
from rules.model import RuleSet
from storage.errors import NotFound
from storage.work import Work

SHOWN = 100
"""How many pairs the table shows; the files hold all."""

_YEAR = timedelta(days=365)
_KEPT = 32

Issues = Annotated[list[str] | None, Query(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What network is asked for; without days, the last year."""

    wanted: Chosen
    issues: tuple[str, ...]
    since: date | None
    until: date | None
    least: int
    normal: Normalisation

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """From when until when."""
        end = now if self.until is None else min(end_of(self.until), now)
        return min(start_of(self.since) if self.since is not None else end - _YEAR, end), end

    def query(self) -> list[tuple[str, str]]:
        """The same as an address spells it."""
        found = [*self.wanted.query().items(), *(("issue", issue) for issue in self.issues)]
        found += [("since", self.since.isoformat())] if self.since is not None else []
        found += [("until", self.until.isoformat())] if self.until is not None else []
        found += [("least", str(self.least))] if self.least > 1 else []
        return found + ([("normal", self.normal.value)] if self.normal is not Normalisation.AVERAGE else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A network with its pictures."""

    network: Network
    pictures: tuple[drawing.Picture, ...]
    began: datetime
    ended: datetime


class Answers:
    """Networks that were asked for lately: while no change comes up, is confirmed or falls, each is reckoned once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._lock = Lock()

    def of(self, work: Work, asked: Asked, rules: RuleSet, now: datetime) -> Answer:
        """The network. Raises NotFound for a group, family or issue that is not there."""
        asked.wanted.check(rules)
        for issue in asked.issues:
            if issue not in rules.issues and not work.change_feed.knows(issue=issue):
                raise NotFound("issue", issue)
        # Within an hour in which nothing changes the period moves on without changing what anybody could see.
        key = (work.timelines.stamp(), rules.version, asked, now.replace(minute=0, second=0, microsecond=0))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = _reckoned(work, asked, rules, now)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


def asked_for(
    wanted: Annotated[Chosen, Depends(chosen)],
    issue: Issues = None,
    since: Day = None,
    until: Day = None,
    least: Annotated[int | None, Blank, Query(ge=1, le=50)] = None,
    normal: Annotated[Normalisation | None, Blank] = None,
) -> Asked:
    """What an address asks for."""
    in_order(since, until)
    issues = tuple(sorted({one for one in issue or () if one}))
    return Asked(
        wanted=wanted, issues=issues, since=since, until=until, least=least or 1,
        normal=normal or Normalisation.AVERAGE,
    )  # fmt: skip


def network_router(desk: Desk) -> APIRouter:
    """The page and its files."""
    router = APIRouter(include_in_schema=False)
    answers = Answers()

    def page(asked: Annotated[Asked, Depends(asked_for)]) -> Response:
        now = desk.clock()
        with desk.database.view() as work:
            rules = work.rules.current()
            found = answers.of(work, asked, rules, now)
            last_event = work.events.last_id() if asked.until is None else None
        return desk.pages.page("network.html", _page(asked, found, rules, now) | {"last_event": last_event})

    def files(request: Request, asked: Annotated[Asked, Depends(asked_for)]) -> Response:
        with desk.database.view() as work:
            rules = work.rules.current()
            found = answers.of(work, asked, rules, desk.clock())
        names = Names(rules)
        about = {"since": found.began, "until": found.ended, "normalisation": asked.normal, "query": asked.query()}
        if request.url.path.endswith(".graphml"):
            title = f"Alignment from {found.began:%Y-%m-%d} to {found.ended:%Y-%m-%d}"
            body = graphml_of(found.network, names, title)
            sent = conditional(request, body, MEDIA_TYPE, changed_at=None, now=desk.clock())
            sent.headers["Content-Disposition"] = 'attachment; filename="volteface-network.graphml"'
            return sent
        return answer(request, "volteface-network", chart_data.ties(found.network, names, about))

    router.add_api_route("/network", page, methods=["GET", "HEAD"])
    for form in ("csv", "json", "graphml"):
        router.add_api_route(f"/network.{form}", files, methods=["GET", "HEAD"])
    return router


def _reckoned(work: Work, asked: Asked, rules: RuleSet, now: datetime) -> Answer:
    began, ended = asked.period(now)
    issues = asked.wanted.issues(rules)
    if asked.issues:
        issues = frozenset(asked.issues) if issues is None else issues & frozenset(asked.issues)
    network = align(
        work.timelines.stands(issues=issues, until=ended), began, ended, actors=asked.wanted.actors(rules),
        apart=belonging(rules), least=asked.least, normalisation=asked.normal,
    )  # fmt: skip
    names = Names(rules)
    pictures = drawing.draw(network, {actor: names.actor(actor) for actor in network.issues_of}, (WIDE, NARROW))
    return Answer(network=network, pictures=pictures, began=began, ended=ended)


def belonging(rules: RuleSet) -> list[tuple[str, str]]:
    """Everybody with each body that they belong to, by way of others too: such pairs agree by construction."""
    found = []
    for actor, rule in rules.actors.items():
        seen = {actor}
        above = rule.member_of
        while above is not None and above in rules.actors and above not in seen:
            seen.add(above)
            found.append((actor, above))
            above = rules.actors[above].member_of
    return found


def _page(asked: Asked, found: Answer, rules: RuleSet, now: datetime) -> dict[str, Any]:
    ties = in_table(found.network.ties)
    issues = [(rule.id, rule.name) for rule in rules.issues.values()]
    return {
        "names": Names(rules),
        "asked": asked,
        "here_with": asked.query(),
        "found": found,
        "ties": ties[:SHOWN],
        "ties_in_all": len(ties),
        "pictures": found.pictures,
        "kinds": KIND_NAMES,
        "groups": groups(rules),
        "families": families(rules),
        "issues": sorted(issues, key=lambda issue: issue[1].casefold()),
        "normalisations": NORMALISATIONS,
        "today": now.date(),
    }


NORMALISATIONS = {
    Normalisation.AVERAGE: "how many issues the two speak on, on average",
    Normalisation.JACCARD: "how many issues either speaks on",
    Normalisation.NONE: "nothing: plain sums",
}


def in_table(ties: Sequence[Tie]) -> list[Tie]:
    """The pairs that have most to do with one another first, be it in agreement or not."""
    return sorted(ties, key=lambda tie: (-abs(tie.weight), -tie.common, tie.a, tie.b))
