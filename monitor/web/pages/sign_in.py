"""/sign-in, /sign-out, /invitation/…: who is who."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import encodable, one_line
from monitor.model.account import Account
from monitor.pipeline.account_changes import end_tokens
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, WRONG, Fields, fields
from monitor.web.passwords import hashed, is_right, problem_with
from monitor.web.patience import peer_of
from monitor.web.visitor import (
    SESSION_LASTS,
    forget_session,
    from_own_page,
    own_fields,
    seen,
    set_session,
    signed_fields,
)
from storage.errors import AccountExists
from storage.values import Invitation
from storage.work import Work

THROTTLED_FOR = timedelta(minutes=15)
MOST_OF_NAME, MOST_OF_PEER = 5, 30
"""Failures within that time after which a name, from one peer, and a peer at all have to wait."""

LONGEST_NAME = 200
REFUSED = "Name and password do not fit together."


class SignInPages:
    """The pages of accounts."""

    def __init__(self, desk: Desk, *, open_to_new: bool) -> None:
        self._desk = desk
        self._open_to_new = open_to_new

    def form(self, request: Request, next: str = "/") -> Response:  # noqa: A002 - as it stands in the address
        """The form; whoever is signed in already goes on."""
        if seen(request) is not None:
            return RedirectResponse(_own_path(next), 303, dict(HEADERS))
        return self._form(name="", back=_own_path(next))

    def sign_in(self, request: Request, sent: Annotated[Fields, Depends(fields)]) -> Response:
        """Signs in, by name or by an address that is proven, or says that it went wrong, and not what of it."""
        if not from_own_page(request):
            raise HTTPException(403, "Sign in on the page of this service.", dict(HEADERS))
        now = self._desk.clock()
        name, password = encodable(_one(sent, "name"))[:LONGEST_NAME], _one(sent, "password")
        back = _own_path(_one(sent, "next"))
        keys = (f"name {name.casefold()} from {peer_of(request)}", f"peer {peer_of(request)}")
        wait = f"Too many attempts; wait {THROTTLED_FOR.total_seconds() / 60:.0f} minutes."
        with self._desk.database.view() as work:
            if _throttled(work, keys, now):
                return self._form(name=name, back=back, problem=wait, status=429)
            account = work.account_addresses.owner(name) or work.accounts.by_name(name)
            stored = work.accounts.password_hash(account.id) if account else None
        right = is_right(stored, password)  # takes its time, and so holds no lock
        with self._desk.database.work() as work:
            work.accounts.lock_attempts(keys[0])
            if _throttled(work, keys, now):  # by those that were tried at the same time: they tell nothing either
                return self._form(name=name, back=back, problem=wait, status=429)
            if account is None or not right or account.disabled_at is not None:
                for key in keys:
                    work.accounts.failed(key, now)
                return self._form(name=name, back=back, problem=REFUSED, status=403)
            work.accounts.forgive(keys[0])
            return self._signed_in(request, work, account, back)

    def sign_out(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Ends the session, here or with `everywhere` all of the account's."""
        visitor = seen(request)
        assert visitor is not None
        with self._desk.database.work() as work:
            if "everywhere" in sent:
                work.accounts.sign_out_everywhere(visitor.account.id)
            for token in request.cookies.values():
                work.accounts.sign_out(token)
        response = RedirectResponse("/", 303, dict(HEADERS))
        forget_session(response, request)
        return response

    def invitation(self, token: str) -> HTMLResponse:
        """The form by which an invitation is taken up."""
        with self._desk.database.view() as work:
            return self._invited(work, token, self._found(work, token))

    def take_up(self, request: Request, token: str, sent: Annotated[Fields, Depends(own_fields)]) -> Response:
        """Makes the account, or gives it its new password, and signs in."""
        now = self._desk.clock()
        name, password = one_line(_one(sent, "name"), LONGEST_NAME), _one(sent, "password")
        with self._desk.database.view() as work:
            invited = self._found(work, token)
            if invited.account_id is not None:
                name = work.accounts.get(invited.account_id).name
            problem = None if name else "Say under which name you will sign in."
            problem = problem or problem_with(password, name)
            if problem:
                return self._invited(work, token, invited, name=name, problem=problem, status=422)
        chosen = hashed(password)
        try:
            with self._desk.database.work() as work:
                if not work.accounts.use_invitation(token, now):
                    raise HTTPException(404, WRONG, dict(HEADERS))
                account = self._accounted(work, invited, name, chosen)
                work.audit.add(account.name, "invitation taken up", account.name, {"role": account.role}, now)
                return self._signed_in(request, work, account, "/account")
        except AccountExists:
            problem = "There is an account of this name already; choose another."
            with self._desk.database.view() as work:
                return self._invited(work, token, invited, name=name, problem=problem, status=422)

    def _accounted(self, work: Work, invited: Invitation, name: str, chosen: str) -> Account:
        if invited.account_id is None:
            return work.accounts.add(name, invited.role, chosen, self._desk.clock())
        renewed = work.accounts.password_hash(invited.account_id) is not None
        work.accounts.set_password(invited.account_id, chosen)
        account = work.accounts.get(invited.account_id)
        if renewed:  # with a first password nothing ends: operators may have made tokens before it
            end_tokens(work, account.id, account.name, account.name, "password renewed", self._desk.clock())
        return account

    def _signed_in(self, request: Request, work: Work, account: Account, back: str) -> Response:
        now = self._desk.clock()
        token = work.accounts.sign_in(account.id, now, now + SESSION_LASTS)
        response = RedirectResponse(back, 303, dict(HEADERS))
        set_session(response, request, token)
        return response

    def _found(self, work: Work, token: str) -> Invitation:
        found = work.accounts.invitation(token, self._desk.clock())
        if found is None:
            raise HTTPException(404, WRONG, dict(HEADERS))
        return found

    def _invited(
        self, work: Work, token: str, invited: Invitation, *, name: str = "", problem: str = "", status: int = 200
    ) -> HTMLResponse:
        fixed = work.accounts.get(invited.account_id).name if invited.account_id is not None else None
        values = {"token": token, "role": invited.role, "fixed": fixed, "name": name, "problem": problem}
        return self._page("invitation.html", values, status=status)

    def _form(self, *, name: str, back: str, problem: str = "", status: int = 200) -> HTMLResponse:
        values = {"name": name, "back": back, "problem": problem, "sign_up": self._open_to_new}
        return self._page("sign_in.html", values, status=status)

    def _page(self, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        return self._desk.pages.page(template, values, status=status, headers=HEADERS)


def sign_in_router(desk: Desk, *, open_to_new: bool = False) -> APIRouter:
    """The routes; what one may do there stands in `monitor.web.rights`. `open_to_new` links to where one signs up."""
    pages = SignInPages(desk, open_to_new=open_to_new)
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/sign-in", pages.form, methods=["GET", "HEAD"])
    router.add_api_route("/sign-in", pages.sign_in, methods=["POST"])
    router.add_api_route("/sign-out", pages.sign_out, methods=["POST"])
    router.add_api_route("/invitation/{token}", pages.invitation, methods=["GET", "HEAD"])
    router.add_api_route("/invitation/{token}", pages.take_up, methods=["POST"])
    return router


def _throttled(work: Work, keys: tuple[str, str], now: datetime) -> bool:
    most = zip(keys, (MOST_OF_NAME, MOST_OF_PEER), strict=True)
    return any(work.accounts.failures(key, now - THROTTLED_FOR) >= many for key, many in most)


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[0]


def _own_path(path: str) -> str:
    """A path of ours to go on to; whatever could lead elsewhere is the front page."""
    own = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if own else "/"
