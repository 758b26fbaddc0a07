"""/api/changes"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.api.names import Names
from monitor.api.parameters import Before, Limit, Moment, RowId, RuleId, address
from monitor.api.present import change_detail, change_out
from monitor.api.problem import documented
from monitor.api.schema import ChangeDetail, Changes
from monitor.api.views import change_views
from monitor.model.position import ChangeStatus
from storage.engine import Database


def changes_router(database: Database) -> APIRouter:
    """Changes of position: a list, and one by its id."""
    router = APIRouter(prefix="/changes", tags=["changes"])

    @router.get("", responses=documented(404, 422))
    def changes(
        actor: RuleId = None,
        issue: RuleId = None,
        status: Annotated[ChangeStatus | None, Query()] = None,
        since: Annotated[Moment | None, Query()] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Changes:
        """Changes, newest first."""
        with database.view() as work:
            found = work.positions.changes(
                since=since, actor=actor, issue=issue, status=status, limit=limit + 1, before_id=before
            )
            more, found = len(found) > limit, found[:limit]
            names = Names(work.rules.current())
            shown = [change_out(view, names) for view in change_views(work, found)]
        following = address(
            "/api/changes",
            actor=actor,
            issue=issue,
            status=None if status is None else status.value,
            since=None if since is None else since.isoformat(),
            limit=limit,
            before=found[-1].id if more else None,
        )
        return Changes(changes=shown, next=following if more else None)

    @router.get("/{change_id}", responses=documented(404, 422))
    def change(change_id: RowId) -> ChangeDetail:
        """One change with every statement that it cites."""
        with database.view() as work:
            [view] = change_views(work, [work.positions.change(change_id)])
            return change_detail(view, Names(work.rules.current()))

    return router
