"""/subscriptions: what somebody who is signed in is told, and what they do with it. Nobody sees what is not theirs."""

from __future__ import annotations

from fastapi import APIRouter

from monitor.web.desk import Desk
from monitor.web.pages.own.actions import SubscriptionActions
from monitor.web.pages.own.editing import SubscriptionEditing
from monitor.web.pages.own.history import SubscriptionHistory
from monitor.web.pages.own.pages import SubscriptionPages
from monitor.web.self_service import SelfService


def own_subscriptions_router(desk: Desk, allowed: SelfService) -> APIRouter:
    """The routes; `trial` and `new` come before the numbers."""
    pages = SubscriptionPages(desk, allowed)
    editing, actions = SubscriptionEditing(desk, allowed, pages), SubscriptionActions(desk, allowed, pages)
    history = SubscriptionHistory(desk, allowed)
    router = APIRouter(prefix="/subscriptions", include_in_schema=False)
    router.add_api_route("", pages.all, methods=["GET", "HEAD"])
    router.add_api_route("/new", editing.new, methods=["GET", "HEAD"])
    router.add_api_route("/new", editing.make, methods=["POST"])
    router.add_api_route("/new/trial", editing.try_new, methods=["POST"])
    router.add_api_route("/{number}", pages.one, methods=["GET", "HEAD"])
    router.add_api_route("/{number}", editing.save, methods=["POST"])
    router.add_api_route("/{number}/trial", editing.try_edit, methods=["POST"])
    router.add_api_route("/{number}/history", history.page, methods=["GET", "HEAD"])
    router.add_api_route("/{number}/delete", actions.ask_delete, methods=["GET", "HEAD"])
    router.add_api_route("/{number}/delete", actions.delete, methods=["POST"])
    for path, act in actions.by_path().items():
        router.add_api_route(f"/{{number}}/{path}", act, methods=["POST"])
    return router
