"""What is done with one's own subscriptions by a button: each a POST, and back to the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.model.alert import Subscription
from monitor.pipeline.opt_in import OptIn, OptInError
from monitor.pipeline.own import WHO, OwnError, rotate_secret, send_test
from monitor.pipeline.subscribing import enable
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.pages.own.pages import SubscriptionPages, own
from monitor.web.pages.subscriptions import OWN, pause, revoke_feed
from monitor.web.self_service import SelfService, account_of
from monitor.web.subscription_form import may_resume
from monitor.web.visitor import signed_fields
from storage.tokens import TokenPurpose
from storage.work import Work

Sent = Annotated[Fields, Depends(signed_fields)]
Act = Callable[[Request, int, Fields], Response]


class SubscriptionActions:
    """The buttons. What cannot be done is said on the page, with status 422."""

    def __init__(self, desk: Desk, allowed: SelfService, pages: SubscriptionPages) -> None:
        self._desk = desk
        self._allowed = allowed
        self._pages = pages

    def by_path(self) -> dict[str, Callable[..., Response]]:
        """The actions by the last part of their address."""
        return {
            "pause": self._act(self._pause),
            "resume": self._act(self._resume),
            "test": self._act(self._test),
            "confirm": self._act(self._ask),
            "secret": self._act(self._rotate),
            "feed": self._act(self._feed),
            "feed/revoke": self._act(self._revoke),
        }

    def _act(self, what: Callable[[Request, Work, Subscription, datetime], Response | str]) -> Callable[..., Response]:
        def endpoint(request: Request, number: int, _sent: Sent) -> Response:
            with self._desk.database.work() as work:
                mine = own(work, account_of(request), number)
                try:
                    done = what(request, work, mine, self._desk.clock())
                except (OwnError, OptInError) as error:
                    return self._pages.shown(work, mine, problems={"act": _sentence(error)}, status=422)
            if isinstance(done, Response):
                return done
            return RedirectResponse(f"/subscriptions/{number}?done={done}", 303, dict(HEADERS))

        return endpoint

    @staticmethod
    def _pause(_request: Request, work: Work, mine: Subscription, now: datetime) -> str:
        pause(work, mine, now)
        return "paused"

    @staticmethod
    def _resume(_request: Request, work: Work, mine: Subscription, now: datetime) -> str:
        if mine.disabled_at is not None and not may_resume(mine, OWN):
            raise OwnError("An operator stopped these alerts; please ask them.")
        enable(work, mine.id, who=WHO, now=now)
        return "resumed"

    def _test(self, _request: Request, work: Work, mine: Subscription, now: datetime) -> str:
        send_test(work, mine, now, self._allowed.label)
        return "tested"

    def _ask(self, _request: Request, work: Work, mine: Subscription, now: datetime) -> str:
        missing = self._allowed.why_no_mail()
        if missing is not None:
            raise OwnError(missing)
        OptIn(public_url=self._allowed.public_url, label=self._allowed.label).ask(work, mine, now)
        work.audit.add(WHO, "confirmation sent", str(mine.id), {}, now)
        return "asked"

    def _rotate(self, _request: Request, work: Work, mine: Subscription, now: datetime) -> Response:
        secret, _ = rotate_secret(work, mine, now)
        return self._pages.shown(work, work.subscriptions.get(mine.id), once={"secret": secret})

    def _feed(self, request: Request, work: Work, mine: Subscription, now: datetime) -> Response:
        work.tokens.revoke(mine.id, TokenPurpose.FEED, now)
        made = work.tokens.mint(TokenPurpose.FEED, mine.id, now, None)
        work.audit.add(WHO, "feed address made", str(mine.id), {}, now)
        base = self._allowed.public_url or str(request.base_url).rstrip("/")
        return self._pages.shown(work, mine, once={"feed": f"{base}/atom/{made}"})

    @staticmethod
    def _revoke(_request: Request, work: Work, mine: Subscription, now: datetime) -> str:
        revoke_feed(work, mine, now)
        return "revoked"

    def ask_delete(self, request: Request, number: int) -> HTMLResponse:
        """Asks whether it should go: a GET deletes nothing."""
        with self._desk.database.view() as work:
            mine = own(work, account_of(request), number)
            return self._pages.page("delete_subscription.html", {"subscription": mine})

    def delete(self, request: Request, number: int, _sent: Sent) -> Response:
        """Erases it, with its history and all its tokens."""
        with self._desk.database.work() as work:
            mine = own(work, account_of(request), number)
            work.erasure.subscription(mine.id)
            work.audit.add(WHO, "subscription deleted", str(mine.id), {}, self._desk.clock())
        return RedirectResponse("/subscriptions?done=deleted", 303, dict(HEADERS))


def _sentence(error: Exception) -> str:
    said = str(error)
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "?")) else ".")
