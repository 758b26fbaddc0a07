"""/desk/accounts: who can sign in, what they may do, and the links by which they choose their passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import one_line
from monitor.api.parameters import RowId
from monitor.model.account import Account, Role
from monitor.model.letter import LetterPurpose
from monitor.pipeline.account_changes import (
    LastOperator,
    disable_account,
    enable_account,
    end_sessions,
    link_for,
    make_account,
    set_role,
)
from monitor.pipeline.letters import queue_letter
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.pages.desk_feed import who
from monitor.web.visitor import signed_fields
from storage.errors import AccountExists
from storage.work import Work

Signed = Annotated[Fields, Depends(signed_fields)]
LONGEST_NAME = 200

NOTES = {
    "role": "Their role is changed; it holds from their next click on.",
    "disabled": "They are signed out everywhere and cannot sign in; their tokens of the API are revoked, and "
    "their subscriptions pause.",
    "enabled": "They can sign in again, and their subscriptions go on. What changed meanwhile is not told later.",
    "signed-out": "They are signed out everywhere.",
    "mailed": "A mail with the link is on its way.",
}
ENOUGH_MAIL = "This address was sent enough mail for a day; hand the link over yourself."


@dataclass(frozen=True, slots=True)
class Line:
    """An account as the list shows it."""

    account: Account
    browsers: int
    has_password: bool
    last_operator: bool
    paused: int


class AccountPages:
    """The pages of accounts."""

    def __init__(self, desk: Desk, public_url: str | None, *, mail: bool) -> None:
        self._desk = desk
        self._public_url = public_url
        self._may_mail = mail and public_url is not None

    def all(self, done: str = "") -> HTMLResponse:
        """Everybody."""
        return self._page(note=NOTES.get(done))

    def invite(self, request: Request, sent: Signed) -> Response:
        """Makes an account; its link is shown, this once, or goes by mail."""
        name, role, mailed = one_line(_one(sent, "name"), LONGEST_NAME), _one(sent, "role"), _one(sent, "how") == "mail"
        form = {"name": name, "role": role, "how": "mail" if mailed else "link"}
        problems = self._problems(name, role, mailed=mailed)
        if problems:
            return self._page(problems=problems, form=form, status=422)
        now = self._desk.clock()
        try:
            with self._desk.database.work() as work:
                made = make_account(work, name, Role(role), who(request), now)
                if not mailed:
                    return self._linked(request, work, made)
                if queue_letter(work, LetterPurpose.INVITED, name, made.id, now):
                    work.audit.add(who(request), "account invited by mail", name, {}, now)
                    return _back("mailed")
                return self._linked(request, work, made, problem=ENOUGH_MAIL)
        except AccountExists:
            problem = "There is an account of this name already."
            return self._page(problems={"name": problem}, form=form, status=422)

    def link(self, request: Request, account_id: RowId, _sent: Signed) -> Response:
        """A new link to choose a password by, shown this once."""
        with self._desk.database.work() as work:
            return self._linked(request, work, work.accounts.get(account_id))

    def role(self, request: Request, account_id: RowId, sent: Signed) -> Response:
        """Another role."""
        wanted = _one(sent, "role")
        if wanted not in set(Role):
            return self._page(problems={"": "There is no such role."}, status=422)
        act: Act = lambda work, one, name, now: set_role(work, one, Role(wanted), name, now)  # noqa: E731
        return self.act(act, "role")(request, account_id, sent)

    def act(self, act: Act, done: str) -> Callable[[Request, int, Fields], Response]:
        """An endpoint that does one thing to an account; the last operator stays one."""

        def endpoint(request: Request, account_id: RowId, _sent: Signed) -> Response:
            try:
                with self._desk.database.work() as work:
                    act(work, account_id, who(request), self._desk.clock())
            except LastOperator as last:
                return self._page(problems={"": f"Nothing was changed: {last}."}, status=409)
            return _back(done)

        return endpoint

    def _linked(self, request: Request, work: Work, account: Account, problem: str | None = None) -> HTMLResponse:
        token = link_for(work, account, who(request), self._desk.clock())
        base = (self._public_url or str(request.base_url)).rstrip("/")
        link = {"name": account.name, "address": f"{base}/invitation/{token}"}
        return self._shown(work, link=link, problems={"": problem} if problem else {})

    def _problems(self, name: str, role: str, *, mailed: bool) -> dict[str, str]:
        problems: dict[str, str] = {}
        if not name:
            problems["name"] = "Say under which name they will sign in: a mail address, or any name."
        elif mailed and ("@" not in name.strip("@") or " " in name):
            problems["name"] = "A link can be mailed to a mail address only."
        if role not in set(Role):
            problems["role"] = "Choose one of the two."
        if mailed and not self._may_mail:
            problems["how"] = "No mail goes out from here: set VOLTEFACE_SMTP_HOST and VOLTEFACE_PUBLIC_URL."
        return problems

    def _page(self, **more: Any) -> HTMLResponse:
        with self._desk.database.view() as work:
            return self._shown(work, **more)

    def _shown(
        self,
        work: Work,
        *,
        problems: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
        link: dict[str, str] | None = None,
        note: str | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        browsers, paused = work.accounts.signed_in_counts(self._desk.clock()), work.accounts.paused_counts()
        without = work.accounts.without_password()
        operators = {one.id for one in work.accounts.operators()}
        lines = [
            Line(one, browsers.get(one.id, 0), one.id not in without, operators == {one.id}, paused.get(one.id, 0))
            for one in work.accounts.all()
        ]
        values = {
            "lines": lines,
            "problems": problems or {},
            "form": form or {"name": "", "role": Role.SUBSCRIBER.value, "how": "link"},
            "link": link,
            "note": note,
            "may_mail": self._may_mail,
            "roles": list(Role),
        }
        return self._desk.pages.page("desk_accounts.html", values, status=status, headers=HEADERS)


Act = Callable[..., object]


def desk_accounts_router(desk: Desk, public_url: str | None, *, mail: bool) -> APIRouter:
    """The accounts. `mail` says whether mail can be sent."""
    router = APIRouter(prefix="/desk/accounts", include_in_schema=False)
    pages = AccountPages(desk, public_url, mail=mail)
    router.add_api_route("", pages.all, methods=["GET", "HEAD"])
    router.add_api_route("", pages.invite, methods=["POST"])
    router.add_api_route("/{account_id}/link", pages.link, methods=["POST"])
    router.add_api_route("/{account_id}/role", pages.role, methods=["POST"])
    for path, act, done in (
        ("disable", disable_account, "disabled"),
        ("enable", enable_account, "enabled"),
        ("sign-out", end_sessions, "signed-out"),
    ):
        router.add_api_route(f"/{{account_id}}/{path}", pages.act(act, done), methods=["POST"])
    return router


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[0]


def _back(done: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/accounts?done={done}", 303)
