"""/account/tokens: whoever is signed in makes, sees and ends their own tokens of the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import one_line
from monitor.model.account import Account
from monitor.model.scope import SCOPES_OF, Scope
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.pages.api import SCOPES
from monitor.web.visitor import seen, signed_fields
from storage.work import Work

LASTS = {"30": "30 days", "90": "90 days", "365": "a year", "0": "until I revoke it"}
"""How long a token may last, in days; 0 is for ever."""

LONGEST_NAME = 80
MOST = 50
"""Tokens that work which one account may have on the page."""


class TokenPages:
    """The page and its two forms."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, request: Request) -> HTMLResponse:
        """The tokens there are, and the form for another."""
        with self._desk.database.view() as work:
            return self._page(work, _account(request))

    def make(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> HTMLResponse:
        """Makes a token and shows it, this once; or the form again with what is wrong."""
        account, now = _account(request), self._desk.clock()
        name = one_line((sent.get("name") or [""])[0], LONGEST_NAME)
        chosen = frozenset(scope for scope in Scope if scope.value in sent.get("scope", ()))
        days = (sent.get("days") or [""])[0]
        problems: dict[str, str] = {}
        with self._desk.database.work() as work:
            if not name:
                problems["name"] = "Say what it is for, so that you know it again."
            if not chosen or chosen - SCOPES_OF[account.role]:
                problems["scope"] = "Choose what it may be used for."
            if days not in LASTS:
                problems["days"] = "Choose how long it lasts."
            if sum(token.works(now) for token in work.api_tokens.of(account.id)) >= MOST:
                problems["name"] = f"You have {MOST} tokens; revoke one first."
            if problems:
                typed = {"name": name, "scopes": {scope.value for scope in chosen}, "days": days}
                return self._page(work, account, problems=problems, typed=typed, status=422)
            expires_at = now + timedelta(days=int(days)) if int(days) else None
            token, text = work.api_tokens.mint(account.id, name, chosen, now, expires_at)
            detail = {"of": account.name, "scopes": sorted(chosen), "name": name}
            work.audit.add(account.name, "token made", str(token.id), detail, now)
            return self._page(work, account, made=text)

    def revoke(self, request: Request, token_id: int, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Ends one's own token; anybody else's is not there."""
        account, now = _account(request), self._desk.clock()
        with self._desk.database.work() as work:
            work.api_tokens.revoke(token_id, now, account_id=account.id)
            work.audit.add(account.name, "token revoked", str(token_id), {}, now)
        return RedirectResponse("/account/tokens", 303, dict(HEADERS))

    def _page(
        self,
        work: Work,
        account: Account,
        *,
        made: str | None = None,
        problems: dict[str, str] | None = None,
        typed: Mapping[str, object] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        now = self._desk.clock()
        offered = [(scope.value, words) for scope, words in SCOPES.items() if scope in SCOPES_OF[account.role]]
        values = {
            "tokens": [(token, token.works(now)) for token in work.api_tokens.of(account.id)],
            "offered": offered,
            "lasts": LASTS,
            "made": made,
            "problems": problems or {},
            "typed": typed or {"name": "", "scopes": set(), "days": "90"},
        }
        return self._desk.pages.page("tokens.html", values, status=status, headers=HEADERS)


def tokens_router(desk: Desk) -> APIRouter:
    """The routes; one has to be signed in."""
    router = APIRouter(prefix="/account/tokens", include_in_schema=False)
    pages = TokenPages(desk)
    router.add_api_route("", pages.page, methods=["GET", "HEAD"])
    router.add_api_route("", pages.make, methods=["POST"])
    router.add_api_route("/{token_id}/revoke", pages.revoke, methods=["POST"])
    return router


def _account(request: Request) -> Account:
    visitor = seen(request)
    if visitor is None:
        raise HTTPException(401, "Sign in first.", dict(HEADERS))
    return visitor.account
