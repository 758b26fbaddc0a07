"""/api/reports, /api/deliveries and /api/audit, for operators"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from starlette.responses import Response

from monitor.api.access import Caller, caller
from monitor.api.paging import Paged
from monitor.api.parameters import RowId
from monitor.api.problem import documented
from monitor.api.schema_desk import (
    Audit,
    Deliveries,
    DeliveryDetail,
    Reports,
    attempt_out,
    delivery_out,
    entry_out,
    report_out,
)
from monitor.model.alert import DeliveryStatus
from monitor.pipeline.redelivery import Redelivery
from storage.engine import Database

By = Annotated[Caller, Depends(caller)]


class DeskOperations:
    """What operators look at, and do."""

    def __init__(self, database: Database, clock: Callable[[], datetime], again: Redelivery) -> None:
        self._database = database
        self._clock = clock
        self._again = again

    def reports(
        self, page: Paged, closed: Annotated[bool, Query(description="Also those that somebody is done with.")] = False
    ) -> Reports:
        """What readers say is wrong, newest first. A report changes nothing: verdicts do."""
        with self._database.view() as work:
            found = work.listings.reports(page.limit + 1, page.number(), open_only=not closed)
        more, found = len(found) > page.limit, found[: page.limit]
        return Reports(reports=[report_out(one) for one in found], next=page.after(found[-1].id) if more else None)

    def close(self, report_id: RowId, who: By) -> None:
        """Says that an operator is done with a report; who was first stays noted."""
        with self._database.work() as work:
            work.reports.close(report_id, who.who, self._clock())
            work.audit.add(who.who, "report closed", str(report_id), {}, self._clock())

    def deliveries(self, page: Paged, status: Annotated[DeliveryStatus | None, Query()] = None) -> Deliveries:
        """Alerts on their way and gone, newest first. Addresses are masked."""
        with self._database.view() as work:
            found = work.listings.deliveries(page.limit + 1, page.number(), status=status)
        more, found = len(found) > page.limit, found[: page.limit]
        following = page.after(found[-1].id) if more else None
        return Deliveries(deliveries=[delivery_out(one) for one in found], next=following)

    def delivery(self, delivery_id: RowId) -> DeliveryDetail:
        """One delivery with every attempt, and what the other side said last."""
        with self._database.view() as work:
            found, tries = work.alerts.delivery(delivery_id), work.alerts.attempts(delivery_id)
        shown = delivery_out(found).model_dump()
        return DeliveryDetail(**shown, last_answer=found.last_answer, tries=[attempt_out(one) for one in tries])

    def retry(self, delivery_id: RowId, who: By) -> None:
        """Sends a dead letter again, under the same id and with the same words.

        A digest leaves out what was taken back meanwhile, and says so.
        """
        with self._database.work() as work:
            try:
                self._again.retry(work, delivery_id, self._clock())
            except ValueError as refused:
                raise HTTPException(409, f"{str(refused)[:1].upper()}{str(refused)[1:]}.") from None
            work.audit.add(who.who, "delivery retried", str(delivery_id), {}, self._clock())

    def audit(
        self,
        page: Paged,
        who: Annotated[str | None, Query(max_length=200, examples=["ada"])] = None,
        what: Annotated[str | None, Query(max_length=200, examples=["rule saved"])] = None,
    ) -> Audit:
        """Who did what to which thing, newest first."""
        with self._database.view() as work:
            found = work.listings.audit(page.limit + 1, page.number(), who=who, what=what)
        more, found = len(found) > page.limit, found[: page.limit]
        return Audit(entries=[entry_out(one) for one in found], next=page.after(found[-1].id) if more else None)


def desk_router(database: Database, clock: Callable[[], datetime], again: Redelivery) -> APIRouter:
    """The operators' lists."""
    router = APIRouter()
    desk = DeskOperations(database, clock, again)
    lists = documented(422)
    one = documented(404, 422)
    for path, view, tag, summary in (
        ("/reports", desk.reports, "reports", "What readers say is wrong"),
        ("/deliveries", desk.deliveries, "deliveries", "Deliveries, newest first"),
        ("/audit", desk.audit, "audit", "Who did what, newest first"),
    ):
        router.add_api_route(path, view, tags=[tag], summary=summary, responses=lists)
    router.add_api_route(
        "/deliveries/{delivery_id}", desk.delivery, tags=["deliveries"], summary="One delivery", responses=one
    )
    router.add_api_route(
        "/reports/{report_id}/close", desk.close, methods=["POST"], tags=["reports"], status_code=204,
        response_class=Response, summary="Be done with a report", responses=one,
    )  # fmt: skip
    router.add_api_route(
        "/deliveries/{delivery_id}/retry", desk.retry, methods=["POST"], tags=["deliveries"], status_code=204,
        response_class=Response, summary="Send a dead letter again", responses=documented(404, 409, 422),
    )  # fmt: skip
    return router
