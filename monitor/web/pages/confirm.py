"""/s/confirm/…: the owner of a mail address says that they want the alerts. A GET asks, a POST says yes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.alerts.targets import mask
from monitor.alerts.wanted_words import wanted_words
from monitor.model.alert import Subscription
from monitor.pipeline.opt_in import confirm
from monitor.pipeline.personal_links import MANAGE_FOR
from monitor.web.desk import Desk
from monitor.web.door import Door
from storage.tokens import TokenPurpose
from storage.work import Work


def confirm_router(desk: Desk, door: Door) -> APIRouter:
    """The request and the answer."""
    router = APIRouter(prefix="/s/confirm", include_in_schema=False)

    def ask(request: Request, token: str) -> HTMLResponse:
        with desk.database.view() as work:
            subscription = door.subscription(request, work, token, TokenPurpose.CONFIRM)
            alike = work.subscriptions.to(subscription.channel, subscription.target)
            return page(work, token, subscription, alike, manage=None)

    def answer(request: Request, token: str) -> HTMLResponse:
        now = desk.clock()
        with desk.database.work() as work:
            subscription = door.subscription(request, work, token, TokenPurpose.CONFIRM)
            work.tokens.use(token, now)
            alike = confirm(work, subscription, now)
            # Who pressed the button reads the mailbox: they may see the settings without waiting for an alert.
            manage = work.tokens.mint(TokenPurpose.MANAGE, subscription.id, now, now + MANAGE_FOR)
            return page(work, token, work.subscriptions.get(subscription.id), alike, manage=manage)

    def page(
        work: Work, token: str, subscription: Subscription, alike: list[Subscription], manage: str | None
    ) -> HTMLResponse:
        rules = work.rules.current()
        actors = {actor.id: actor.name for actor in rules.actors.values()}
        issues = {issue.id: issue.name for issue in rules.issues.values()}
        others = [one for one in alike if one.id != subscription.id and one.disabled_at is None]
        values = {
            "token": token,
            "subscription": subscription,
            "target": mask(subscription.channel, subscription.target),
            "asked": [(one, wanted_words(one, actors, issues)) for one in (subscription, *others)],
            "manage": manage,
            "confirmed": subscription.confirmed and subscription.suppressed_why is None,
        }
        return door.page("confirm.html", values)

    router.add_api_route("/{token}", ask, methods=["GET", "HEAD"])
    router.add_api_route("/{token}", answer, methods=["POST"])
    return router
