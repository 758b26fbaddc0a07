"""/api/positions"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.api.names import Names
from monitor.api.parameters import Moment, RuleId
from monitor.api.present import position_out, position_then
from monitor.api.problem import documented
from monitor.api.schema import Positions
from storage.engine import Database


def positions_router(database: Database) -> APIRouter:
    """Positions as they are, or as they were."""
    router = APIRouter(prefix="/positions", tags=["positions"])

    @router.get("", responses=documented(422))
    def positions(
        actor: RuleId = None,
        issue: RuleId = None,
        at: Annotated[Moment | None, Query(description="What held then, as it is known now.")] = None,
    ) -> Positions:
        """What actors hold on issues; all of it, for there are at most actors × issues."""
        with database.view() as work:
            names = Names(work.rules.current())
            if at is not None:
                then = work.positions.at(at, actor, issue)
                cited = work.statements.get([c.found.after_statement for c in then])
                shown = [position_then(c, cited.get(c.found.after_statement), names) for c in then]
            else:
                now = work.positions.all(actor, issue)
                cited = work.statements.get([p.statement for p in now if p.statement is not None])
                shown = [position_out(p, cited.get(p.statement or 0), names) for p in now]
        return Positions(at=at, positions=shown)

    return router
