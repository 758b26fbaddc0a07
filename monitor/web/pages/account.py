"""/account: name, password, addresses and sessions of whoever is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import encodable, one_line
from monitor.alerts.targets import TargetError, check_email
from monitor.model.account import Account
from monitor.model.letter import AccountLink, LetterPurpose
from monitor.pipeline.account_changes import end_tokens
from monitor.pipeline.letters import queue_letter
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, WRONG, Fields
from monitor.web.pages.sign_up import LONGEST_NAME, SUBSCRIBER, TAKEN, problem_with_name
from monitor.web.passwords import hashed, problem_with
from monitor.web.self_service import (
    ASKED_WITHIN,
    SelfService,
    account_of,
    field,
    may_ask_for_mail,
    why_not_proven,
)
from monitor.web.visitor import SESSION_LASTS, cookie_name, set_session, signed_fields
from storage.accounts import session_key
from storage.audit import RENAMED
from storage.errors import AccountExists
from storage.work import Work

MOST_ADDRESSES = 10

SAID = {
    "name": "Your name was changed.",
    "password": "Your password was changed, and you were signed out everywhere else.",
    "password-tokens": "Your password was changed, you were signed out everywhere else, and your tokens of the API "
    "open nothing any more.",
    "address": "A mail is on its way there. The address is yours once you open the link in it.",
    "added": "The address is yours. Alerts that are sent there already stand among your subscriptions.",
    "removed": "The address was removed.",
    "ended": "That browser is signed out.",
}
"""What is said after something was done, by the word for it in the address."""


class AccountPages:
    """The pages of one's own account. Whatever could take it over asks for the password again."""

    def __init__(self, desk: Desk, allowed: SelfService) -> None:
        self._desk = desk
        self._allowed = allowed

    def account(self, request: Request, done: str = "") -> HTMLResponse:
        """All there is to see and to change."""
        return self._account(request, note=SAID.get(done, ""))

    def rename(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Another name."""
        account, name = account_of(request), one_line(field(sent, "name"), LONGEST_NAME)
        try:
            with self._desk.database.work() as work:
                mine = [address.target for address in work.account_addresses.of(account.id)]
                problem = problem_with_name(name, mine)
                was = work.accounts.get(account.id).name
                if not problem and name != was and work.audit.knows(name):
                    problem = TAKEN
                if problem:
                    return self._account(request, problems={"name": problem}, typed={"name": name})
                work.accounts.rename(account.id, name)
                # What stands in audit trails says who did something then; it stays true under the earlier name.
                # By it the entries under the earlier name are theirs, in the export and when the account is deleted.
                work.audit.add(SUBSCRIBER, RENAMED, f"account {account.id}", {"before": was}, self._desk.clock())
        except AccountExists:
            return self._account(request, problems={"name": TAKEN}, typed={"name": name})
        return _done("name")

    def password(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Another password; whoever else is signed in no longer is, and tokens end where that is ticked."""
        account, chosen = account_of(request), field(sent, "new")
        typed = {} if "tokens" in sent else {"tokens": "keep"}
        wrong = why_not_proven(self._desk, request, field(sent, "password"))
        if wrong:
            return self._account(request, problems={"password": wrong}, typed=typed)
        problem = problem_with(chosen, account.name)
        if problem:
            return self._account(request, problems={"new": problem}, typed=typed)
        stored, now = hashed(chosen), self._desk.clock()
        with self._desk.database.work() as work:
            work.accounts.set_password(account.id, stored)
            work.account_letters.revoke(account.id)
            for address in work.account_addresses.of(account.id):
                queue_letter(work, LetterPurpose.CHANGED, address.target, account.id, now)
            work.audit.add(SUBSCRIBER, "password changed", f"account {account.id}", {}, now)
            ended = 0
            if "tokens" in sent:
                ended = end_tokens(work, account.id, SUBSCRIBER, f"account {account.id}", "password changed", now)
            token = work.accounts.sign_in(account.id, now, now + SESSION_LASTS)
        response = _done("password-tokens" if ended else "password")
        set_session(response, request, token)
        return response

    def add_address(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Sends a mail to an address, whose link proves that it is theirs."""
        typed = field(sent, "address")[:LONGEST_NAME]
        wrong = self._allowed.why_no_mail() or why_not_proven(self._desk, request, field(sent, "password"))
        if wrong:
            return self._account(request, problems={"address": wrong}, typed={"address": typed})
        try:
            address = check_email(typed)
        except TargetError as error:
            return self._account(request, problems={"address": str(error)}, typed={"address": typed})
        with self._desk.database.work() as work:
            problem = self._ask(work, request, account_of(request), address)
        if problem:
            return self._account(request, problems={"address": problem}, typed={"address": typed})
        return _done("address")

    def _ask(self, work: Work, request: Request, account: Account, address: str) -> str:
        now = self._desk.clock()
        if len(work.account_addresses.of(account.id)) >= MOST_ADDRESSES:
            return f"An account has {MOST_ADDRESSES} addresses at most; remove one first."
        if not may_ask_for_mail(work, request, now):
            return f"Too many mails were asked for; wait {ASKED_WITHIN.total_seconds() / 60:.0f} minutes."
        owner = work.account_addresses.owner(address)
        # Nobody learns here which addresses others have: those get no mail, and nothing else is said.
        if owner is None:
            queue_letter(work, LetterPurpose.ADDRESS, address, account.id, now)
        return ""

    def ask_proof(self, request: Request, token: str) -> HTMLResponse:
        """Asks whether the address is theirs: a GET proves nothing, as mail scanners follow links."""
        return self._page("prove_address.html", {"token": token, "link": self._opened(request, token)})

    def prove(self, request: Request, token: str, _sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Adds the address, for whoever is signed in to the account that asked for it and reads that mail.

        The link alone is not enough: somebody else could ask for it, and its reader press the button unawares.
        """
        link, now = self._opened(request, token), self._desk.clock()
        account = account_of(request)
        try:
            with self._desk.database.work() as work:
                if not work.account_letters.use(token, now):
                    raise HTTPException(404, WRONG, dict(HEADERS))
                claimed = work.account_addresses.prove(account.id, link.target, now)
                detail = {"subscriptions claimed": claimed}
                work.audit.add(SUBSCRIBER, "address added", f"account {account.id}", detail, now)
        except AccountExists:
            raise HTTPException(404, WRONG, dict(HEADERS)) from None
        return _done("added")

    def remove_address(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Takes an address out, unless mail is sent there still, or it is the last."""
        account, address = account_of(request), field(sent, "address")
        with self._desk.database.work() as work:
            mine = [one.target for one in work.account_addresses.of(account.id)]
            if address not in mine:
                raise HTTPException(404, "That is no address of yours.", dict(HEADERS))
            used = work.account_addresses.subscriptions_to(account.id, address)
            problem = "An account needs an address, for a new password; add another first." if len(mine) == 1 else ""
            if used:
                problem = f"Alerts are sent there by {used} of your subscriptions; delete these first."
            if problem:
                return self._account(request, problems={"remove": problem})
            work.account_addresses.remove(account.id, address)
            work.audit.add(SUBSCRIBER, "address removed", f"account {account.id}", {}, self._desk.clock())
        return _done("removed")

    def end_session(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Signs one browser out."""
        with self._desk.database.work() as work:
            work.accounts.end_session(account_of(request).id, encodable(field(sent, "session")))
        return _done("ended")

    def _opened(self, request: Request, token: str) -> AccountLink:
        with self._desk.database.view() as work:
            link = work.account_letters.link(token, LetterPurpose.ADDRESS, self._desk.clock())
            if link is None or link.account_id != account_of(request).id:
                raise HTTPException(404, WRONG, dict(HEADERS))
            return link

    def _account(
        self,
        request: Request,
        *,
        note: str = "",
        problems: dict[str, str] | None = None,
        typed: dict[str, str] | None = None,
    ) -> HTMLResponse:
        account, now = account_of(request), self._desk.clock()
        with self._desk.database.view() as work:
            values = {
                "account": work.accounts.get(account.id),
                "addresses": work.account_addresses.of(account.id),
                "sessions": work.accounts.sessions(account.id, now),
                "this": session_key(request.cookies.get(cookie_name(request), "")),
                "subscriptions": len(work.subscriptions.of_account(account.id)),
                "tokens": sum(token.works(now) for token in work.api_tokens.of(account.id)),
                "note": note,
                "problems": problems or {},
                "typed": typed or {},
                "no_mail": self._allowed.why_no_mail() or "",
            }
        return self._page("account.html", values, 422 if problems else 200)

    def _page(self, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        return self._desk.pages.page(template, values, status=status, headers=HEADERS)


def account_router(desk: Desk, allowed: SelfService) -> APIRouter:
    """The routes."""
    pages = AccountPages(desk, allowed)
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/account", pages.account, methods=["GET", "HEAD"])
    router.add_api_route("/account/name", pages.rename, methods=["POST"])
    router.add_api_route("/account/password", pages.password, methods=["POST"])
    router.add_api_route("/account/addresses", pages.add_address, methods=["POST"])
    router.add_api_route("/account/addresses/remove", pages.remove_address, methods=["POST"])
    router.add_api_route("/account/sessions/end", pages.end_session, methods=["POST"])
    router.add_api_route("/account/address/{token}", pages.ask_proof, methods=["GET", "HEAD"])
    router.add_api_route("/account/address/{token}", pages.prove, methods=["POST"])
    return router


def _done(what: str) -> RedirectResponse:
    return RedirectResponse(f"/account?done={what}", 303, dict(HEADERS))
