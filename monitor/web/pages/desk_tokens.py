"""/desk/tokens: everybody's tokens of the API, whose they are and when they were used, and their end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.api.parameters import Before, RowId
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.pages.desk_feed import who
from monitor.web.visitor import signed_fields

ON_A_PAGE = 100


class TokensOfAll:
    """The list of those that open something, the list of those that ended, and the button."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, ended: bool = False, before: Before = None, done: str = "") -> HTMLResponse:
        """The tokens, newest first."""
        now = self._desk.clock()
        with self._desk.database.view() as work:
            found = work.api_tokens.listed(now, ended=ended, before=before, limit=ON_A_PAGE + 1)
        values = {
            "lines": found[:ON_A_PAGE],
            "ended": ended,
            "older": found[ON_A_PAGE - 1][0].id if len(found) > ON_A_PAGE else None,
            "newest": before is not None,
            "note": "The token opens nothing any more." if done == "revoked" else "",
        }
        return self._desk.pages.page("desk_tokens.html", values, headers=HEADERS)

    def revoke(self, request: Request, token_id: RowId, _sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Ends a token for good, whoever's it is."""
        now = self._desk.clock()
        with self._desk.database.work() as work:
            work.api_tokens.revoke(token_id, now)
            work.audit.add(who(request), "token revoked", str(token_id), {}, now)
        return RedirectResponse("/desk/tokens?done=revoked", 303, dict(HEADERS))


def desk_tokens_router(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/desk/tokens", include_in_schema=False)
    pages = TokensOfAll(desk)
    router.add_api_route("", pages.page, methods=["GET", "HEAD"])
    router.add_api_route("/{token_id}/revoke", pages.revoke, methods=["POST"])
    return router
