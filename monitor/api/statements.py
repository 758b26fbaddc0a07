"""/api/statements"""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.names import Names
from monitor.api.paging import Paged
from monitor.api.parameters import Actor, IssueId, RowId
from monitor.api.present import statement_out
from monitor.api.problem import documented
from monitor.api.schema import StatementOut, Statements
from storage.engine import Database
from storage.errors import NotFound


def statements_router(database: Database) -> APIRouter:
    """Who said what: a list, and one by its id."""
    router = APIRouter(prefix="/statements", tags=["statements"])

    @router.get("", summary="Statements, newest first", responses=documented(422))
    def statements(page: Paged, actor: Actor = None, issue: IssueId = None) -> Statements:
        """What was read from items as they are now, last read first, with operators' corrections.

        A page can hold fewer than `limit`, where operators rejected some; `next` alone says whether more follow.
        """
        with database.view() as work:
            found, last = work.listings.statements(page.limit, page.number(), actor=actor, issue=issue)
            names = Names(work.rules.current())
        following = None if last is None else page.after(last)
        return Statements(statements=[statement_out(one, names) for one in found], next=following)

    @router.get("/{statement_id}", summary="One statement", responses=documented(404, 422))
    def statement(statement_id: RowId) -> StatementOut:
        """One statement, also where its item was read otherwise since: a change may cite it still."""
        with database.view() as work:
            found = work.statements.get([statement_id]).get(statement_id)
            names = Names(work.rules.current())
        if found is None:
            raise NotFound("statement", statement_id)
        return statement_out(found, names)

    return router
