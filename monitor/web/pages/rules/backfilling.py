"""/desk/rules/backfill: stored items read again under the rules in force, beside the pages, with its progress."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.pipeline.backfill import Backfill, BackfillReport, Scope
from monitor.pipeline.tell import Teller
from monitor.web.jobs import Job, Progress
from monitor.web.pages.rules.bench import Bench, DraftFields, one, who_is

DAYS = (7, 30, 90, 365)


class Backfilling:
    """Starts, shows and stops a backfill; one at a time in this process. `teller` tells whom it concerns."""

    def __init__(self, bench: Bench, teller: Teller) -> None:
        self._bench = bench
        self._desk = bench.desk
        self._teller = teller
        self._job: Job[BackfillReport] = Job(bench.desk.clock)

    def show(self, issue: Annotated[str | None, Query(max_length=100)] = None) -> HTMLResponse:
        """How far it is, what came of the last one, and a form for another."""
        return self._page(issue or "")

    def act(self, request: Request, sent: DraftFields) -> Response:
        """Starts a backfill, or stops the one that goes on."""
        if one(sent, "do") == "stop":
            self._job.stop()
            return RedirectResponse("/desk/rules/backfill", 303)
        if self._bench.previews is None:
            return self._page("", problem="This service was started without what reads items.", status=422)
        days, issue, alert = one(sent, "days"), one(sent, "issue"), one(sent, "alert") == "1"
        with self._desk.database.view() as work:
            rules = work.rules.current()
        if days not in ("", *map(str, DAYS)):
            return self._page(issue, problem="Choose one of the periods.", status=422)
        if issue and issue not in rules.issues:
            return self._page(issue, problem=f"No issue has the id {issue[:80]}.", status=422)
        now, who = self._desk.clock(), who_is(request)
        scope = Scope(since=now - timedelta(days=int(days)) if days else None, issue=issue or None)
        what = f"{f'the last {days} days' if days else 'all items'}{f', {rules.issues[issue].name}' if issue else ''}"
        if not self._job.start(what, who, lambda progress: self._run(scope, progress, alert=alert)):
            return self._page(issue, problem="One is under way already; wait for it, or stop it.", status=409)
        detail = {"since": scope.since.isoformat() if scope.since else None, "issue": scope.issue, "alert": alert}
        with self._desk.database.work() as work:
            work.audit.add(who, "backfill", rules.version, detail, now)
        return RedirectResponse("/desk/rules/backfill", 303)

    def _run(self, scope: Scope, progress: Progress, *, alert: bool) -> BackfillReport:
        previews = self._bench.previews
        assert previews is not None
        with previews.extractor() as extractor:
            run = Backfill(
                previews.database, extractor, previews.tracker, self._teller, previews.clock, alert=alert,
                follow_precision=previews.follow_precision,
            )  # fmt: skip
            return run.run(scope, progress)

    def _page(self, issue: str, *, problem: str = "", status: int = 200) -> HTMLResponse:
        with self._desk.database.view() as work:
            rules = work.rules.current()
        run = self._job.last
        values: dict[str, Any] = {
            "run": run,
            "report": run.result.lines() if run is not None and run.result is not None else (),
            "left": len(run.result.left) if run is not None and run.result is not None else 0,
            "issue": issue,
            "issues": sorted(((i.id, i.name) for i in rules.issues.values()), key=lambda one: one[1].casefold()),
            "days": DAYS,
            "problem": problem,
            "may": self._bench.previews is not None,
        }
        headers = {"Cache-Control": "no-store"}
        return self._desk.pages.page("rules_backfill.html", values, status=status, headers=headers)
