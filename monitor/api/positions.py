"""/api/positions"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.api.names import Names
from monitor.api.paging import Paged, Paging
from monitor.api.parameters import Actor, IssueId, Moment
from monitor.api.present import position_out, position_then
from monitor.api.problem import documented
from monitor.api.schema import PositionOut, Positions
from storage.engine import Database
from storage.work import Work


def positions_router(database: Database) -> APIRouter:
    """Positions as they are, or as they were."""
    router = APIRouter(prefix="/positions", tags=["positions"])

    @router.get("", summary="Who holds what, now or at a date", responses=documented(422))
    def positions(
        page: Paged,
        actor: Actor = None,
        issue: IssueId = None,
        at: Annotated[Moment | None, Query(description="What held then, as it is known now.")] = None,
    ) -> Positions:
        """What actors hold on issues, by the ids of both."""
        with database.view() as work:
            if at is None:
                shown, following = _now(work, page, actor, issue)
            else:
                shown, following = _then(work, page, actor, issue, at)
        return Positions(at=at, positions=shown, next=following)

    return router


def _now(work: Work, page: Paging, actor: str | None, issue: str | None) -> tuple[list[PositionOut], str | None]:
    last = page.words() or ("", "")
    # There are at most actors × issues: what costs is the evidence, and that is read for one page only.
    left = [p for p in work.positions.all(actor, issue) if (p.actor, p.issue) > last]
    found = sorted(left, key=lambda p: (p.actor, p.issue))[: page.limit]
    names = Names(work.rules.current())
    cited = work.statements.get([p.statement for p in found if p.statement is not None])
    following = page.after(found[-1].actor, found[-1].issue) if len(left) > len(found) else None
    return [position_out(p, cited.get(p.statement or 0), names) for p in found], following


def _then(
    work: Work, page: Paging, actor: str | None, issue: str | None, at: Moment
) -> tuple[list[PositionOut], str | None]:
    last = page.words() or ("", "")
    left = [c for c in work.positions.at(at, actor, issue) if (c.found.actor, c.found.issue) > last]
    found = sorted(left, key=lambda c: (c.found.actor, c.found.issue))[: page.limit]
    names = Names(work.rules.current())
    cited = work.statements.get([c.found.after_statement for c in found])
    following = page.after(found[-1].found.actor, found[-1].found.issue) if len(left) > len(found) else None
    return [position_then(c, cited.get(c.found.after_statement), names) for c in found], following
