"""/account/export and /account/delete: all that is stored of somebody, to take along, and to be rid of."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.model.account import Account
from monitor.model.moment import utc
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.self_service import SelfService, account_of, field, why_not_proven
from monitor.web.visitor import forget_session, signed_fields
from storage.work import Work

TYPED = "delete my account"
"""What is typed to show that it is meant."""

FORMAT = "volteface-account/1"

LEFT_OUT = "Passwords, secrets and tokens are left out: whoever had this file could act as you."
LAST = "You are the only operator; nobody could run this service any more. Make another one first: invite them."


class DataPages:
    """The export, and the end."""

    def __init__(self, desk: Desk, allowed: SelfService) -> None:
        self._desk = desk
        self._allowed = allowed

    def export(self, request: Request) -> Response:
        """Everything as one JSON file."""
        account, now = account_of(request), self._desk.clock()
        with self._desk.database.view() as work:
            held = work.portrait.of(account.id, account.name)
        body = {"format": FORMAT, "made_at": now, "service": self._allowed.public_url, "note": LEFT_OUT, "tables": held}
        file = f'attachment; filename="volteface-account-{utc(now):%Y-%m-%d}.json"'
        return Response(
            json.dumps(body, ensure_ascii=False, indent=1, default=_spelled),
            media_type="application/json",
            headers={**HEADERS, "Content-Disposition": file},
        )

    def ask(self, request: Request) -> HTMLResponse:
        """Says what goes and what stays: a GET deletes nothing."""
        with self._desk.database.view() as work:
            return self._asking(work, account_of(request))

    def delete(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Erases the account with all that belongs to it, by password and by words that nobody types by accident."""
        account = account_of(request)
        problems: dict[str, str] = {}
        if field(sent, "typed").strip().casefold() != TYPED:
            problems["typed"] = f"Write “{TYPED}”."
        wrong = why_not_proven(self._desk, request, field(sent, "password"))
        if wrong:
            problems["password"] = wrong
        with self._desk.database.work() as work:
            if not problems and work.erasure.is_last_operator(account.id):
                problems["last"] = LAST
            if problems:
                return self._asking(work, account, problems)
            work.erasure.account(account.id)
            number = f"former account {account.id}"
            work.audit.add(number, "account deleted", number, {"role": account.role}, self._desk.clock())
        response = RedirectResponse("/account/deleted", 303, dict(HEADERS))
        forget_session(response, request)
        return response

    def deleted(self) -> HTMLResponse:
        """Says that it is done, to nobody in particular."""
        return self._page("account_deleted.html", {})

    def _asking(self, work: Work, account: Account, problems: dict[str, str] | None = None) -> HTMLResponse:
        values = {
            "account": account,
            "subscriptions": len(work.subscriptions.of_account(account.id)),
            "addresses": [one.target for one in work.account_addresses.of(account.id)],
            "typed": TYPED,
            "problems": problems or {},
        }
        return self._page("delete_account.html", values, 422 if problems else 200)

    def _page(self, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        return self._desk.pages.page(template, values, status=status, headers=HEADERS)


def account_data_router(desk: Desk, allowed: SelfService) -> APIRouter:
    """The routes."""
    pages = DataPages(desk, allowed)
    router = APIRouter(prefix="/account", include_in_schema=False)
    router.add_api_route("/export", pages.export, methods=["GET", "HEAD"])
    router.add_api_route("/delete", pages.ask, methods=["GET", "HEAD"])
    router.add_api_route("/delete", pages.delete, methods=["POST"])
    router.add_api_route("/deleted", pages.deleted, methods=["GET", "HEAD"])
    return router


def _spelled(value: object) -> str:
    return utc(value).isoformat() if isinstance(value, datetime) else str(value)
