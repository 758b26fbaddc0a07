"""/sign-up, /forgotten: an account, or a new password, by a link in a mail. No page says which addresses are known."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import one_line
from monitor.alerts.targets import TargetError, check_email
from monitor.model.account import Account, Role
from monitor.model.letter import AccountLink, LetterPurpose
from monitor.pipeline.account_changes import end_tokens
from monitor.pipeline.letters import queue_letter
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, WRONG, Fields, fields
from monitor.web.passwords import hashed, problem_with
from monitor.web.self_service import ASKED_WITHIN, SelfService, field, may_ask_for_mail
from monitor.web.visitor import SESSION_LASTS, from_own_page, own_fields, set_session
from storage.errors import AccountExists
from storage.work import Work

LONGEST_NAME = 200
SUBSCRIBER = "subscriber"
"""Who did it, in the audit trail: subscribers are not named there."""

TAKEN = "There is an account of this name already; choose another."

_NOT_FOR_PEOPLE = re.compile(r"(former )?account \d+|\d+|cli|subscriber|sender|worker|operator token", re.IGNORECASE)
"""What the audit trail calls those that are no people, or nobody by name."""


class SignUpPages:
    """The pages by which somebody gets into an account with nothing but their mailbox."""

    def __init__(self, desk: Desk, allowed: SelfService) -> None:
        self._desk = desk
        self._allowed = allowed

    def sign_up(self) -> HTMLResponse:
        """Asks for the address."""
        return self._asking(LetterPurpose.SIGN_UP)

    def forgotten(self) -> HTMLResponse:
        """Asks for the address."""
        return self._asking(LetterPurpose.PASSWORD)

    def ask_sign_up(self, request: Request, sent: Annotated[Fields, Depends(fields)]) -> HTMLResponse:
        """Queues the mail with the link to an account, or, where there is one, to a new password."""
        return self._asked(request, sent, LetterPurpose.SIGN_UP)

    def ask_forgotten(self, request: Request, sent: Annotated[Fields, Depends(fields)]) -> HTMLResponse:
        """Queues the mail with the link to a new password, where there is an account."""
        return self._asked(request, sent, LetterPurpose.PASSWORD)

    def _asked(self, request: Request, sent: Fields, purpose: LetterPurpose) -> HTMLResponse:
        if not from_own_page(request):
            raise HTTPException(403, "Ask on the page of this service.", dict(HEADERS))
        typed, now = field(sent, "address")[:LONGEST_NAME], self._desk.clock()
        if self._closed(purpose) is not None:
            return self._asking(purpose)
        try:
            address = check_email(typed)
        except TargetError as error:
            return self._asking(purpose, typed=typed, problem=str(error), status=422)
        if purpose is LetterPurpose.SIGN_UP and not self._allowed.may_sign_up(address):
            only = f"Only addresses at {', '.join(self._allowed.sign_up)} may sign up here."
            return self._asking(purpose, typed=typed, problem=only, status=422)
        with self._desk.database.work() as work:
            if not may_ask_for_mail(work, request, now):
                wait = f"Too many mails were asked for; wait {ASKED_WITHIN.total_seconds() / 60:.0f} minutes."
                return self._asking(purpose, typed=typed, problem=wait, status=429)
            self._queue(work, purpose, address, now)
        return self._page("mail_sent.html", {"address": address, "purpose": purpose})

    @staticmethod
    def _queue(work: Work, purpose: LetterPurpose, address: str, now: datetime) -> None:
        """What is queued depends on who has the address; what is answered does not."""
        owner = work.account_addresses.owner(address)
        if owner is not None and owner.disabled_at is not None:
            return
        if owner is None and purpose is LetterPurpose.SIGN_UP:
            queue_letter(work, purpose, address, None, now)
        elif owner is not None:
            known = LetterPurpose.KNOWN if purpose is LetterPurpose.SIGN_UP else purpose
            queue_letter(work, known, address, owner.id, now)

    def welcome(self, token: str) -> HTMLResponse:
        """The form by which an account is made."""
        link = self._opened(token, LetterPurpose.SIGN_UP)
        return self._choosing(token, link, name=link.target)

    def make(self, request: Request, token: str, sent: Annotated[Fields, Depends(own_fields)]) -> Response:
        """Makes the account, with what is sent to its address by mail already, and signs in."""
        link, now = self._opened(token, LetterPurpose.SIGN_UP), self._desk.clock()
        name, password = one_line(field(sent, "name"), LONGEST_NAME), field(sent, "password")
        with self._desk.database.view() as work:
            taken = TAKEN if work.audit.knows(name) else None
        problem = problem_with_name(name, [link.target]) or taken or problem_with(password, name)
        if problem:
            return self._choosing(token, link, name=name, problem=problem, status=422)
        chosen = hashed(password)
        try:
            with self._desk.database.work() as work:
                if not work.account_letters.use(token, now):
                    raise HTTPException(404, WRONG, dict(HEADERS))
                account = work.accounts.add(name, Role.SUBSCRIBER, chosen, now)
                claimed = work.account_addresses.prove(account.id, link.target, now)
                detail = {"account": account.id, "subscriptions claimed": claimed}
                work.audit.add(SUBSCRIBER, "signed up", f"account {account.id}", detail, now)
                return self._signed_in(request, work, account, "/subscriptions")
        except AccountExists:
            return self._choosing(token, link, name=name, problem=TAKEN, status=422)

    def renew(self, token: str) -> HTMLResponse:
        """The form by which a new password is chosen."""
        return self._choosing(token, self._opened(token, LetterPurpose.PASSWORD))

    def set_password(self, request: Request, token: str, sent: Annotated[Fields, Depends(own_fields)]) -> Response:
        """Gives the account its new password, ends its sessions and its tokens, and signs in."""
        link, now, password = self._opened(token, LetterPurpose.PASSWORD), self._desk.clock(), field(sent, "password")
        with self._desk.database.view() as work:
            account = self._owner(work, link)
        problem = problem_with(password, account.name)
        if problem:
            return self._choosing(token, link, problem=problem, status=422)
        chosen = hashed(password)
        with self._desk.database.work() as work:
            if not work.account_letters.use(token, now):
                raise HTTPException(404, WRONG, dict(HEADERS))
            account = self._owner(work, link)
            work.accounts.set_password(account.id, chosen)
            work.account_addresses.prove(account.id, link.target, now)
            work.account_letters.revoke(account.id)
            queue_letter(work, LetterPurpose.CHANGED, link.target, account.id, now)
            work.audit.add(SUBSCRIBER, "password renewed", f"account {account.id}", {}, now)
            end_tokens(work, account.id, SUBSCRIBER, f"account {account.id}", "password renewed", now)
            return self._signed_in(request, work, account, "/account")

    @staticmethod
    def _owner(work: Work, link: AccountLink) -> Account:
        """Whose password it is; 404 where the address is no longer theirs, or the account is disabled."""
        owner = work.account_addresses.owner(link.target)
        named = work.accounts.by_name(link.target) if owner is None else None
        # Whoever was invited by mail proves their address with this very link. Whoever has another address has taken
        # this one out, and its mailbox is no longer to open the account that is still called so.
        if named is not None and not work.account_addresses.of(named.id):
            owner = named
        if owner is None or owner.id != link.account_id or owner.disabled_at is not None:
            raise HTTPException(404, WRONG, dict(HEADERS))
        return owner

    def _opened(self, token: str, purpose: LetterPurpose) -> AccountLink:
        with self._desk.database.view() as work:
            link = work.account_letters.link(token, purpose, self._desk.clock())
        if link is None:
            raise HTTPException(404, WRONG, dict(HEADERS))
        return link

    def _signed_in(self, request: Request, work: Work, account: Account, to: str) -> Response:
        now = self._desk.clock()
        response = RedirectResponse(to, 303, dict(HEADERS))
        set_session(response, request, work.accounts.sign_in(account.id, now, now + SESSION_LASTS))
        return response

    def _closed(self, purpose: LetterPurpose) -> tuple[str, int] | None:
        """Why nothing can be asked for here, and the status that says so."""
        if purpose is LetterPurpose.SIGN_UP and not self._allowed.open:
            return "Sign-up is switched off here. The operators make accounts by invitation.", 403
        missing = self._allowed.why_no_mail()
        return None if missing is None else (missing, 503)

    def _asking(self, purpose: LetterPurpose, *, typed: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
        closed = self._closed(purpose)
        if closed is not None:
            status = closed[1]
        values = {
            "purpose": purpose,
            "typed": typed,
            "problem": problem,
            "closed": closed[0] if closed else "",
            "only": () if self._allowed.sign_up == ("anybody",) else self._allowed.sign_up,
        }
        return self._page("ask_for_mail.html", values, status)

    def _choosing(
        self, token: str, link: AccountLink, *, name: str = "", problem: str = "", status: int = 200
    ) -> HTMLResponse:
        values = {"token": token, "link": link, "name": name, "problem": problem}
        return self._page("choose_password.html", values, status)

    def _page(self, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        return self._desk.pages.page(template, values, status=status, headers=HEADERS)


def problem_with_name(name: str, addresses: list[str]) -> str | None:
    """Why an account may not be called so; None where it may.

    One signs in by name or by address, so that nobody may be named by an address that they did not prove to be theirs.
    """
    if not name:
        return "Say under which name you will sign in."
    if _NOT_FOR_PEOPLE.fullmatch(name):
        return TAKEN
    if "@" in name and name.casefold() not in {address.casefold() for address in addresses}:
        return "A name with an @ must be an address of yours; choose one without, or your own address."
    return None


def sign_up_router(desk: Desk, allowed: SelfService) -> APIRouter:
    """The routes."""
    pages = SignUpPages(desk, allowed)
    router = APIRouter(include_in_schema=False)
    for path, ask, asked, choose, chosen in (
        ("/sign-up", pages.sign_up, pages.ask_sign_up, pages.welcome, pages.make),
        ("/forgotten", pages.forgotten, pages.ask_forgotten, pages.renew, pages.set_password),
    ):
        router.add_api_route(path, ask, methods=["GET", "HEAD"])
        router.add_api_route(path, asked, methods=["POST"])
        router.add_api_route(path + "/{token}", choose, methods=["GET", "HEAD"])
        router.add_api_route(path + "/{token}", chosen, methods=["POST"])
    return router
