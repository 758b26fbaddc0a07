"""/desk/reports: what readers say is wrong, decided by operators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import encodable
from monitor.api.names import Names
from monitor.api.parameters import Before, RowId, address
from monitor.api.views import change_views
from monitor.model.report import Report
from monitor.model.statement import Stance
from monitor.pipeline.verdicts import Judge, UnknownRule
from monitor.positions.track import Tracker
from monitor.web.desk import Desk
from monitor.web.door import Fields
from monitor.web.pages.desk_review import HEADERS, LONGEST_NOTE, account_of, say_verdict
from monitor.web.pages.desk_review_view import Queue, shown
from monitor.web.pages.wrong import REASONS
from monitor.web.visitor import signed_fields
from rules.model import RuleSet
from storage.errors import JudgedMeanwhile
from storage.reports import AGREED, DISMISSED
from storage.work import Work

PAGE = 30


class ReportPages:
    """The list, one report, and its decision. `judge` takes the verdict of who agrees."""

    def __init__(self, desk: Desk, judge: Judge, tracker: Tracker) -> None:
        self._desk = desk
        self._judge = judge
        self._tracker = tracker

    def all(
        self,
        closed: bool = False,
        before: Before = None,
        done: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    ) -> HTMLResponse:
        """Those that wait, or those that were decided, newest first."""
        with self._desk.database.view() as work:
            found = work.reports.page(PAGE + 1, before, closed=closed)
            rows = found[:PAGE]
            changes = {view.change.id: view for view in _views(work, rows)}
            values = {
                "names": Names(work.rules.current()),
                "rows": [(one, changes[one.change_id]) for one in rows],
                "decisions": work.reports.decisions([one.id for one in rows]) if closed else {},
                "open": work.reports.open_count(),
                "done": self._decided(work, done),
            }
        more = rows[-1].id if len(found) > PAGE else None
        values |= {
            "closed": closed,
            "reasons": REASONS,
            "older": None if more is None else address("/desk/reports", closed="true" if closed else None, before=more),
            "agreed": AGREED,
        }
        return self._desk.pages.page("desk_reports.html", values, headers=HEADERS)

    def one(self, report_id: RowId, done: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None) -> HTMLResponse:
        """One report with all that decides it."""
        with self._desk.database.view() as work:
            return self._page(work, report_id, done=done)

    def decide(self, request: Request, report_id: RowId, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Agrees, with a verdict on the statement, or dismisses with a reason."""
        who, now = account_of(request).name, self._desk.clock()
        with self._desk.database.view() as work:
            report = work.reports.get(report_id)
            if report.closed_at is not None:
                return self._page(work, report_id, status=409)
            statement = work.positions.change(report.change_id).found.after_statement
        try:
            if _one(sent, "decision") == "dismiss":
                taken = self._dismiss(report, who, sent)
            else:
                if _one(sent, "verdict") != "none":
                    _must_be_shown(sent, statement)
                    say_verdict(self._judge, statement, who, sent, now)
                taken = self._agree(report, who, _one(sent, "verdict"))
        except JudgedMeanwhile:
            with self._desk.database.view() as work:
                return self._page(work, report_id, meanwhile=True, status=409)
        except (UnknownRule, ValueError) as error:
            with self._desk.database.view() as work:
                return self._page(work, report_id, problem=str(error), sent=sent, status=422)
        with self._desk.database.view() as work:
            if not taken:
                return self._page(work, report_id, status=409)
            following = work.reports.page(1)
        path = f"/desk/reports/{following[0].id}" if following else "/desk/reports"
        return RedirectResponse(address(path, done=report_id), 303, HEADERS)

    def _dismiss(self, report: Report, who: str, sent: Fields) -> bool:
        """Raises ValueError without a reason."""
        why = encodable(_one(sent, "why")).strip()
        if not why:
            raise ValueError("say why it is dismissed, for those who ask later")
        if len(why) > LONGEST_NOTE:
            raise ValueError(f"the reason has {len(why)} characters; {LONGEST_NOTE} are the most")
        now = self._desk.clock()
        with self._desk.database.work() as work:
            taken = work.reports.close_open(report.id, who, now)
            if taken:
                work.audit.add(who, DISMISSED, str(report.id), {"why": why, "change": report.change_id}, now)
        return taken

    def _agree(self, report: Report, who: str, verdict: str) -> bool:
        """Whoever else said the same of the change is answered by it as well."""
        now = self._desk.clock()
        with self._desk.database.work() as work:
            taken = [one for one in work.reports.open_on(report.change_id) if work.reports.close_open(one, who, now)]
            for one in taken:
                work.audit.add(who, AGREED, str(one), {"verdict": verdict, "change": report.change_id}, now)
        return report.id in taken

    def _decided(self, work: Work, report_id: int | None) -> dict[str, Any] | None:
        """What is said of a report that was just decided; None where it was not."""
        found = work.reports.decisions([report_id]).get(report_id) if report_id is not None else None
        if found is None:
            return None
        what, detail = found
        return {"id": report_id, "agreed": what == AGREED, "detail": detail}

    def _page(
        self,
        work: Work,
        report_id: int,
        *,
        done: int | None = None,
        meanwhile: bool = False,
        problem: str = "",
        sent: Fields | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        report = work.reports.get(report_id)
        rules = work.rules.current()
        [change] = _views(work, [report])
        others = [one for one in work.reports.open_on(report.change_id) if one != report.id]
        older = work.reports.page(1, before=report.id)
        dismissing = problem and _one(sent or {}, "decision") == "dismiss"
        values = {
            "names": Names(rules),
            "queue": Queue(),
            "report": report,
            "reason": REASONS[report.reason],
            "change": change,
            "told": work.review.told_of(report.change_id),
            "view": shown(work, change.after, None, self._tracker, rules),
            "others": len(others),
            "open": work.reports.open_count(),
            "next": older[0].id if older else None,
            "decision": work.reports.decisions([report.id]).get(report.id),
            "done": self._decided(work, done),
            "agreed": AGREED,
            "meanwhile": meanwhile,
            "problem_dismiss": f"{problem[:1].upper()}{problem[1:]}." if dismissing else "",
            "problem_correct": f"{problem[:1].upper()}{problem[1:]}." if problem and not dismissing else "",
            "sent": {name: _one(sent or {}, name) for name in ("stance", "holder", "issue", "note", "why")},
            **_choices(rules),
        }
        return self._desk.pages.page("desk_report.html", values, status=status, headers=HEADERS)


def reports_router(desk: Desk, judge: Judge, tracker: Tracker) -> APIRouter:
    """The routes; operators only, see `monitor.web.rights`."""
    pages = ReportPages(desk, judge, tracker)
    router = APIRouter(prefix="/desk/reports", include_in_schema=False)
    router.add_api_route("", pages.all, methods=["GET", "HEAD"])
    router.add_api_route("/{report_id}", pages.one, methods=["GET", "HEAD"])
    router.add_api_route("/{report_id}", pages.decide, methods=["POST"])
    return router


def _views(work: Work, reports: list[Report]) -> list[Any]:
    changes = {one.change_id: work.positions.change(one.change_id) for one in reports}
    return change_views(work, list(changes.values()))


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[-1]


def _must_be_shown(sent: Fields, statement: int) -> None:
    """Raises JudgedMeanwhile where the change rests on other words now than those that the operator saw."""
    if _one(sent, "statement") != str(statement):
        raise JudgedMeanwhile(statement, 0)


def _choices(rules: RuleSet) -> dict[str, Any]:
    """What a correction can put in place."""
    return {
        "stances": [stance.value for stance in Stance],
        "issues": sorted((i.name, i.id) for i in rules.issues.values()),
        "actors": sorted((a.name, a.id) for a in rules.actors.values()),
    }
