"""Who may do what: one table of all routes, and the gate that goes by it. What is not in it is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from re import Pattern
from urllib.parse import quote

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.model.account import Role
from monitor.web.asked import ASKED, Asked, Visitor
from monitor.web.visitor import visitor_of
from storage.engine import Database


class Right(IntEnum):
    """Who may. TOKEN is for whoever has the token in the path or in a header, which the endpoint itself looks at.

    READER is anybody, or whoever is signed in, as the setting `VOLTEFACE_READERS` says.
    """

    ANYBODY = 0
    TOKEN = 1
    READER = 2
    SIGNED_IN = 3
    OPERATOR = 4


RIGHTS: dict[str, Right] = {
    "/": Right.READER,
    "/matrix.csv": Right.READER,
    "/matrix.json": Right.READER,
    "/changes": Right.READER,
    "/changes/{change_id}": Right.READER,
    "/changes/{change_id}/wrong": Right.READER,
    "/changes.atom": Right.READER,
    "/changes.json": Right.READER,
    "/positions/{actor}/{issue}": Right.READER,
    "/positions/{actor}/{issue}/timeline.csv": Right.READER,
    "/positions/{actor}/{issue}/timeline.json": Right.READER,
    "/actors": Right.READER,
    "/actors/{actor}": Right.READER,
    "/actors/{actor}/timeline.csv": Right.READER,
    "/actors/{actor}/timeline.json": Right.READER,
    "/issues": Right.READER,
    "/issues/{issue}": Right.READER,
    "/issues/{issue}/timeline.csv": Right.READER,
    "/issues/{issue}/timeline.json": Right.READER,
    "/issues/{issue}/spectrum.csv": Right.READER,
    "/issues/{issue}/spectrum.json": Right.READER,
    "/network": Right.READER,
    "/network.csv": Right.READER,
    "/network.json": Right.READER,
    "/network.graphml": Right.READER,
    "/feeds": Right.READER,
    "/items": Right.READER,
    "/items/{item_id}": Right.READER,
    "/icons/{feed_id}": Right.READER,
    "/events": Right.READER,
    "/healthz": Right.ANYBODY,
    "/readyz": Right.ANYBODY,
    "/robots.txt": Right.ANYBODY,
    "/static/{path:path}": Right.ANYBODY,
    "/api/{path:path}": Right.TOKEN,  # by operation: monitor.api.access
    "/atom/{token}": Right.TOKEN,
    "/s/{token:path}": Right.TOKEN,
    "/websub/{token}": Right.TOKEN,
    "/sign-in": Right.ANYBODY,
    "/invitation/{token}": Right.TOKEN,
    "/sign-out": Right.SIGNED_IN,
    "/sign-up": Right.ANYBODY,
    "/sign-up/{token}": Right.TOKEN,
    "/forgotten": Right.ANYBODY,
    "/forgotten/{token}": Right.TOKEN,
    "/account": Right.SIGNED_IN,
    "/account/tokens": Right.SIGNED_IN,
    "/account/tokens/{token_id}/revoke": Right.SIGNED_IN,
    "/metrics": Right.TOKEN,
    "/account/deleted": Right.ANYBODY,
    "/account/{rest:path}": Right.SIGNED_IN,
    "/subscriptions": Right.SIGNED_IN,
    "/subscriptions/{rest:path}": Right.SIGNED_IN,
    "/desk": Right.OPERATOR,
    "/desk/checks": Right.OPERATOR,
    "/desk/accounts": Right.OPERATOR,
    "/desk/accounts/{account_id}/{act}": Right.OPERATOR,
    "/desk/tokens": Right.OPERATOR,
    "/desk/tokens/{token_id}/revoke": Right.OPERATOR,
    "/desk/audit": Right.OPERATOR,
    "/desk/audit.csv": Right.OPERATOR,
    "/desk/audit.json": Right.OPERATOR,
    "/desk/feeds": Right.OPERATOR,
    "/desk/feeds/{rest:path}": Right.OPERATOR,
    "/desk/review": Right.OPERATOR,
    "/desk/review/{rest:path}": Right.OPERATOR,
    "/desk/reports": Right.OPERATOR,
    "/desk/reports/{rest:path}": Right.OPERATOR,
    "/desk/deliveries": Right.OPERATOR,
    "/desk/deliveries/{rest:path}": Right.OPERATOR,
    "/desk/rules": Right.OPERATOR,
    "/desk/rules/{rest:path}": Right.OPERATOR,
    "/desk/suggestions": Right.OPERATOR,
    "/desk/suggestions/{rest:path}": Right.OPERATOR,
}
"""By path, as in the routes; `:path` stands for whatever follows."""

_SAME_FOR_ALL = "/static/"
"""Files that are the same whoever asks: nobody's session is looked up for them, a page asks for a dozen at once."""

ErrorPage = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Rule:
    path: Pattern[str]
    right: Right


def right_of(path: str) -> Right | None:
    """What the table says of an address; None where it says nothing: nobody gets there."""
    return next((rule.right for rule in _RULES if rule.path.match(path)), None)


class Gate:
    """Finds out who asks, and turns away whoever may not, before any route is looked for.

    Whoever is not signed in is sent to sign in by a page, and told so in words elsewhere.
    """

    def __init__(
        self, app: ASGIApp, *, database: Database, clock: Callable[[], datetime], refusal: ErrorPage, open_to_all: bool
    ) -> None:
        self._app = app
        self._readers = Right.ANYBODY if open_to_all else Right.SIGNED_IN
        self._database = database
        self._clock = clock
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        visitor = None
        if request.cookies and not scope["path"].startswith(_SAME_FOR_ALL):
            visitor = await run_in_threadpool(visitor_of, request, self._database, self._clock())
        scope.setdefault("state", {})["visitor"] = visitor
        right = right_of(scope["path"])
        kept = ASKED.set(Asked(visitor, scope["path"]))
        try:
            refused = await self._refused(request, visitor, self._readers if right is Right.READER else right)
            await (refused or self._app)(scope, receive, send)
        finally:
            ASKED.reset(kept)

    async def _refused(self, request: Request, visitor: Visitor | None, right: Right | None) -> Response | None:
        if right is None:
            return await self._refusal(request, HTTPException(404))
        if right <= Right.TOKEN or (visitor is not None and visitor.account.role in _ROLES[right]):
            return None
        if visitor is not None:
            return await self._refusal(request, HTTPException(403, "This page is for operators."))
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            back = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
            return RedirectResponse(f"/sign-in?next={back}", 303, {"Cache-Control": "no-store"})
        return await self._refusal(request, HTTPException(401, "Sign in first."))


_ROLES: dict[Right, Sequence[Role]] = {Right.SIGNED_IN: tuple(Role), Right.OPERATOR: (Role.OPERATOR,)}
_RULES = [_Rule(compile_path(path)[0], right) for path, right in RIGHTS.items()]
