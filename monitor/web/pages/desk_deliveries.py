"""/desk/deliveries: what was sent to whom, what failed and why, sending again and giving up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.targets import mask
from monitor.api.names import Names
from monitor.api.parameters import Before, RowId, address
from monitor.model.alert import ChannelName, DeliveryStatus
from monitor.pipeline.redelivery import Redelivery
from monitor.pipeline.why import why, why_all
from monitor.web.dead_letters import advice
from monitor.web.desk import Desk
from monitor.web.door import Fields
from monitor.web.headers import CONTENT_SECURITY_POLICY
from monitor.web.pages.desk_review import account_of
from monitor.web.visitor import signed_fields
from storage.delivery_desk import DeliveryState, Sought
from storage.errors import NotFound
from storage.work import Work

PAGE = 50
MOST_AT_ONCE = 500
"""Dead letters that one press sends again: each of them may be a mail to somebody."""

MAIL_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    )
)
"""For the HTML of a mail, which styles itself and is not trusted: nothing runs, no form goes out, no link opens."""

FRAMING = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
"""For the page that shows it: frames of our own, and else what every page may."""

SAID = {
    "again": "It is tried again at the worker's next tick.",
    "given-up": "Given up: it is a dead letter now, and can be sent again.",
}


class DeliveryPages:
    """The list, one delivery, and what an operator does with it."""

    def __init__(self, desk: Desk, again: Redelivery) -> None:
        self._desk = desk
        self._again = again

    def all(
        self,
        state: Annotated[str, Query(max_length=20)] = "",
        channel: Annotated[str, Query(max_length=20)] = "",
        subscriber: Annotated[str, Query(max_length=300)] = "",
        change: Annotated[str, Query(max_length=20)] = "",
        before: Before = None,
        again: Annotated[int | None, Query(ge=0, le=MOST_AT_ONCE)] = None,
    ) -> HTMLResponse:
        """Deliveries, newest first."""
        sought = _sought(state, channel, subscriber, change)
        with self._desk.database.view() as work:
            found = work.delivery_desk.page(sought, PAGE + 1, before)
            values: dict[str, Any] = {
                "counts": work.delivery_desk.counts_by_state(),
                "subscribers": sorted({s.subscriber for s in work.subscriptions.all(active_only=False)}),
                "dead": work.delivery_desk.dead_count(sought) if _may_be_dead(sought) else 0,
            }
        more = found[PAGE - 1].id if len(found) > PAGE else None
        values |= {
            "deliveries": [
                (one, mask(one.channel, one.target), state_of(one.status, one.attempts)) for one in found[:PAGE]
            ],
            "sought": sought,
            "asked": _fields(sought),
            "states": list(DeliveryState),
            "channels": [one.value for one in ChannelName],
            "before": before,
            "older": None if more is None else address("/desk/deliveries", **_fields(sought), before=more),
            "again": again,
            "most": MOST_AT_ONCE,
        }
        return self._desk.pages.page("desk_deliveries.html", values)

    def one(self, delivery_id: RowId, said: str = "") -> HTMLResponse:
        """Every attempt at one, what it carries, and what to do."""
        with self._desk.database.view() as work:
            return self._one(work, delivery_id, note=SAID.get(said, ""))

    def html(self, delivery_id: RowId) -> Response:
        """The HTML of a mail by itself, in a box from which nothing gets out."""
        with self._desk.database.view() as work:
            found = work.delivery_desk.message(delivery_id).html
        headers = {"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
        return HTMLResponse(found, headers=headers)

    def retry(self, request: Request, delivery_id: RowId, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Tries one at once: a dead letter again from the start, one that waits before its time."""
        who, now = account_of(request).name, self._desk.clock()

        def act(work: Work) -> None:
            if work.alerts.delivery(delivery_id).status is DeliveryStatus.PENDING:
                work.delivery_desk.hasten(delivery_id, now)
            else:
                self._again.retry(work, delivery_id, now)
            work.audit.add(who, "delivery retried", str(delivery_id), {}, now)

        return self._acted(delivery_id, act, "again")

    def give_up(
        self, request: Request, delivery_id: RowId, sent: Annotated[Fields, Depends(signed_fields)]
    ) -> Response:
        """Tries one no more."""
        who, now = account_of(request).name, self._desk.clock()

        def act(work: Work) -> None:
            work.delivery_desk.give_up(delivery_id, who, now)
            work.audit.add(who, "delivery given up", str(delivery_id), {}, now)

        return self._acted(delivery_id, act, "given-up")

    def retry_all(self, request: Request, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Sends again the dead letters that a filter names, oldest first, some hundred at a time."""
        who, now = account_of(request).name, self._desk.clock()
        sought = _sought(*(_one(sent, name) for name in ("state", "channel", "subscriber", "change")))
        with self._desk.database.work() as work:
            ids = work.delivery_desk.dead_among(sought, MOST_AT_ONCE)
            for one in ids:
                self._again.retry(work, one, now)
                work.audit.add(who, "delivery retried", str(one), {"of": "all of a filter"}, now)
        return RedirectResponse(
            address("/desk/deliveries", **_fields(sought), again=len(ids)), 303, {"Cache-Control": "no-store"}
        )

    def why(
        self,
        subscription: Annotated[str, Query(max_length=300)] = "",
        change: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        """Why somebody was told of a change or was not: by the number of a subscription, or a subscriber's name."""
        problems: dict[str, str] = {}
        with self._desk.database.view() as work:
            lines = _why(work, subscription.strip(), change.strip(), problems) if change or subscription else None
            values = {
                "lines": lines,
                "names": Names(work.rules.current()),
                "subscription": subscription,
                "change": change,
                "subscribers": sorted({s.subscriber for s in work.subscriptions.all()}),
                "problems": problems,
            }
        return self._desk.pages.page("desk_why.html", values, status=422 if problems else 200)

    def _acted(self, delivery_id: int, act: Any, said: str) -> Response:
        try:
            with self._desk.database.work() as work:
                act(work)
        except ValueError as error:
            with self._desk.database.view() as work:
                return self._one(work, delivery_id, problem=f"Nothing was done: {error}.", status=409)
        return RedirectResponse(f"/desk/deliveries/{delivery_id}?said={said}", 303, {"Cache-Control": "no-store"})

    def _one(
        self, work: Work, delivery_id: int, *, note: str = "", problem: str = "", status: int = 200
    ) -> HTMLResponse:
        found = work.alerts.delivery(delivery_id)
        subscription = work.subscriptions.get(found.subscription_id)
        dead = found.status is DeliveryStatus.DEAD
        may_retry = dead and not work.delivery_desk.fell(delivery_id)
        values = {
            "delivery": found,
            "state": state_of(found.status, found.attempts),
            "target": mask(found.channel, found.target),
            "subscription": subscription,
            "attempts": work.alerts.attempts(delivery_id),
            "message": work.delivery_desk.message(delivery_id),
            "advice": advice(found, subscription, fell=dead and not may_retry),
            "may_retry": may_retry,
            "note": note,
            "problem": problem,
        }
        headers = {"Content-Security-Policy": FRAMING}
        return self._desk.pages.page("desk_delivery.html", values, status=status, headers=headers)


def deliveries_router(desk: Desk, again: Redelivery) -> APIRouter:
    """The routes; operators only, see `monitor.web.rights`."""
    pages = DeliveryPages(desk, again)
    router = APIRouter(prefix="/desk/deliveries", include_in_schema=False)
    reads = ["GET", "HEAD"]
    router.add_api_route("", pages.all, methods=reads)
    router.add_api_route("/why", pages.why, methods=reads)
    router.add_api_route("/retry", pages.retry_all, methods=["POST"])
    router.add_api_route("/{delivery_id}", pages.one, methods=reads)
    router.add_api_route("/{delivery_id}/message.html", pages.html, methods=reads)
    router.add_api_route("/{delivery_id}/retry", pages.retry, methods=["POST"])
    router.add_api_route("/{delivery_id}/give-up", pages.give_up, methods=["POST"])
    return router


def state_of(status: DeliveryStatus, attempts: int) -> DeliveryState:
    """The state in which operators speak of it."""
    retrying = status is DeliveryStatus.PENDING and attempts > 0
    return DeliveryState.RETRYING if retrying else DeliveryState(status.value)


def _sought(state: str, channel: str, subscriber: str, change: str) -> Sought:
    """What is looked for; what is no state, channel or number is not looked for."""
    number = int(change) if change.isascii() and change.isdigit() and len(change) < 19 else None
    return Sought(
        state=DeliveryState(state) if state in {one.value for one in DeliveryState} else None,
        channel=ChannelName(channel) if channel in {one.value for one in ChannelName} else None,
        subscriber=subscriber.strip() or None,
        change=number,
    )


def _fields(sought: Sought) -> dict[str, str]:
    asked = {
        "state": sought.state.value if sought.state else None,
        "channel": sought.channel.value if sought.channel else None,
        "subscriber": sought.subscriber,
        "change": str(sought.change) if sought.change is not None else None,
    }
    return {name: value for name, value in asked.items() if value}


def _may_be_dead(sought: Sought) -> bool:
    return sought.state in (None, DeliveryState.DEAD)


def _why(work: Work, subscription: str, change: str, problems: dict[str, str]) -> list[Any] | None:
    """The lines that were asked for, or what is wrong with the question."""
    number = int(change) if change.isascii() and change.isdigit() and len(change) < 19 else None
    if number is None:
        problems["change"] = "Give the number of a change; it stands in its address, /changes/12."
        return None
    rules = work.rules.current()
    try:
        found = work.positions.change(number)
    except NotFound:
        problems["change"] = f"There is no change {number}."
        return None
    if not subscription:
        return why_all(work, found, rules)
    try:
        digits = subscription.isascii() and subscription.isdigit() and len(subscription) < 19
        mine = [work.subscriptions.get(int(subscription))] if digits else work.subscriptions.of(subscription)
    except NotFound:
        mine = []
    if not mine:
        problems["subscription"] = "Nobody is called so, and no subscription has this number."
        return None
    return [why(work, found, one, rules) for one in mine]


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[-1]
