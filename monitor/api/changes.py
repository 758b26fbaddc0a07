"""/api/changes"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.api.names import Names
from monitor.api.paging import Paged
from monitor.api.parameters import Actor, IssueId, RowId, Since
from monitor.api.present import change_detail, change_out
from monitor.api.problem import documented
from monitor.api.schema import ChangeDetail, Changes
from monitor.api.views import change_views
from monitor.model.position import ChangeStatus
from storage.engine import Database


def changes_router(database: Database) -> APIRouter:
    """Changes of position: a list, and one by its id."""
    router = APIRouter(prefix="/changes", tags=["changes"])

    @router.get("", summary="Changes, newest first", responses=documented(422))
    def changes(
        page: Paged,
        actor: Actor = None,
        issue: IssueId = None,
        status: Annotated[ChangeStatus | None, Query()] = None,
        since: Since = None,
    ) -> Changes:
        """Changes of position by the moment at which they took place, newest first."""
        with database.view() as work:
            found = work.listings.changes(
                page.limit + 1, page.moment(), since=since, actor=actor, issue=issue, status=status
            )
            more, found = len(found) > page.limit, found[: page.limit]
            names = Names(work.rules.current())
            shown = [change_out(view, names) for view in change_views(work, found)]
        following = page.after(found[-1].found.at, found[-1].id) if more else None
        return Changes(changes=shown, next=following)

    @router.get("/{change_id}", summary="One change with its evidence", responses=documented(404, 422))
    def change(change_id: RowId) -> ChangeDetail:
        """One change with every statement that it cites."""
        with database.view() as work:
            [view] = change_views(work, [work.positions.change(change_id)])
            return change_detail(view, Names(work.rules.current()))

    return router
