"""/changes/…/wrong: a reader says that a change is wrong. It is noted for operators, and changes nothing by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.alerts.clean import encodable
from monitor.api.names import Names
from monitor.api.parameters import RowId
from monitor.api.views import change_views
from monitor.model.report import LONGEST_NOTE, ReportReason
from monitor.web.desk import Desk
from monitor.web.door import Fields, fields
from monitor.web.patience import Patience, peer_of
from storage.work import Work

REASONS = {
    ReportReason.MISREAD: "The words mean something else",
    ReportReason.PERSON: "Somebody else said them",
    ReportReason.ISSUE: "They are about something else",
    ReportReason.NO_NEWS: "That was their position before, or the words are old",
    ReportReason.OTHER: "Something else",
}
MOST, WITHIN = 10, timedelta(hours=1)
"""Reports that one peer may make."""

MOST_A_DAY = 500
"""Reports that are kept of one day in all, so that nobody can fill the disk with them."""

_log = structlog.get_logger(__name__)


class WrongPages:
    """The form and its answer. Each instance counts the peers for itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._patience = Patience(MOST, WITHIN)

    def ask(self, change_id: RowId) -> HTMLResponse:
        """The form."""
        with self._desk.database.view() as work:
            return self._page(work, change_id)

    def note(self, request: Request, change_id: RowId, sent: Annotated[Fields, Depends(fields)]) -> HTMLResponse:
        """Notes what a reader says, or shows what is missing."""
        # There is nothing that a browser could be misused for, but a foreign page should not speak for its visitors.
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise HTTPException(403, "This form is only taken from its own page.")
        reason, text = _one(sent, "reason"), encodable(_one(sent, "note").replace("\r\n", "\n")).strip()
        problem = _problem(reason, text)
        now = self._desk.clock()
        with self._desk.database.work() as work:
            if problem:
                return self._page(work, change_id, reason=reason, text=text, problem=problem, status=422)
            work.positions.change(change_id)
            full = work.reports.count_since(now - timedelta(days=1)) >= MOST_A_DAY
            if full or not self._patience.spend(peer_of(request), now):
                wait = {"Retry-After": str(int(WITHIN.total_seconds()))}
                raise HTTPException(429, "So many reports came that no more are taken just now; try again later.", wait)
            number = work.reports.add(change_id, ReportReason(reason), text, now)
            answer = self._page(work, change_id, done=True)
        _log.info("a reader says that a change is wrong", change=change_id, report=number, reason=reason)
        return answer

    def _page(
        self,
        work: Work,
        change_id: int,
        *,
        reason: str = "",
        text: str = "",
        problem: str = "",
        done: bool = False,
        status: int = 200,
    ) -> HTMLResponse:
        [view] = change_views(work, [work.positions.change(change_id)])
        values = {
            "names": Names(work.rules.current()),
            "view": view,
            "reasons": [(one.value, words) for one, words in REASONS.items()],
            "longest": LONGEST_NOTE,
            "reason": reason,
            "text": text,
            "problem": problem,
            "done": done,
        }
        return self._desk.pages.page("wrong.html", values, status=status, headers={"Cache-Control": "no-store"})


def wrong_router(desk: Desk) -> APIRouter:
    """The form and its answer."""
    router = APIRouter(prefix="/changes", include_in_schema=False)
    pages = WrongPages(desk)
    router.add_api_route("/{change_id}/wrong", pages.ask, methods=["GET", "HEAD"])
    router.add_api_route("/{change_id}/wrong", pages.note, methods=["POST"])
    return router


def _problem(reason: str, text: str) -> str:
    if reason not in {one.value for one in ReportReason}:
        return "Please choose what is wrong."
    if len(text) > LONGEST_NOTE:
        return f"The note has {len(text)} characters; {LONGEST_NOTE} are the most."
    return "Please write a few words on what is wrong." if reason == ReportReason.OTHER and not text else ""


def _one(sent: Fields, name: str) -> str:
    return sent.get(name, [""])[-1]
