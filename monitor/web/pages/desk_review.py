"""/desk/review: operators look at one statement after the other and say what they are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.clean import encodable
from monitor.api.parameters import RowId, RuleId
from monitor.model.account import Account
from monitor.model.statement import Stance
from monitor.pipeline.verdicts import Correction, Judge, UnknownRule
from monitor.positions.track import Tracker
from monitor.web.desk import Desk
from monitor.web.door import Fields
from monitor.web.pages.desk_review_view import Queue, beside, done_of, next_due, queue_of, shown
from monitor.web.reviewing import Looking, Measured
from monitor.web.visitor import seen, signed_fields
from storage.errors import JudgedMeanwhile, NotFound
from storage.review import Due
from storage.values import VerdictKind
from storage.work import Work

LONGEST_NOTE = 500
HEADERS = {"Cache-Control": "no-store"}

_NUMBER = Query(ge=1, le=2**63 - 1)
_Passed = Annotated[str, Query(max_length=2_500)]


class ReviewPages:
    """The queue, one statement, and what is said of it. `judge` takes the verdicts."""

    def __init__(self, desk: Desk, judge: Judge, tracker: Tracker) -> None:
        self._desk = desk
        self._judge = judge
        self._tracker = tracker
        self._looking = Looking()
        self._measured = Measured()

    def next(
        self,
        request: Request,
        issue: RuleId = None,
        actor: RuleId = None,
        lang: RuleId = None,
        extractor: RuleId = None,
        passed: _Passed = "",
        done: Annotated[int | None, _NUMBER] = None,
    ) -> HTMLResponse:
        """The statement that is due next, and what came of the last one."""
        queue, who, now = queue_of(issue, actor, lang, extractor, passed), account_of(request), self._desk.clock()
        with self._desk.database.view() as work:
            due = next_due(work, queue, self._measured.by_issue(work), self._looking, who, now)
            if due is not None:
                self._looking.looks(who.id, due.statement, now)
            return self._page(work, queue, due.statement if due else None, due=due, done=done)

    def one(
        self,
        request: Request,
        statement_id: RowId,
        issue: RuleId = None,
        actor: RuleId = None,
        lang: RuleId = None,
        extractor: RuleId = None,
        passed: _Passed = "",
        done: Annotated[int | None, _NUMBER] = None,
    ) -> HTMLResponse:
        """A statement by its number, judged or not."""
        queue = queue_of(issue, actor, lang, extractor, passed)
        self._looking.looks(account_of(request).id, statement_id, self._desk.clock())
        with self._desk.database.view() as work:
            return self._page(work, queue, statement_id, done=done)

    def judge(self, request: Request, statement_id: RowId, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Takes a verdict, or says what is missing in it, or that somebody else judged meanwhile."""
        queue = queue_of(*(_one(sent, name) for name in ("in_issue", "in_actor", "in_lang", "in_extractor", "passed")))
        try:
            self._say(statement_id, account_of(request).name, sent)
        except JudgedMeanwhile:
            with self._desk.database.view() as work:
                return self._page(work, queue, statement_id, meanwhile=True, status=409)
        except (UnknownRule, ValueError) as error:
            with self._desk.database.view() as work:
                return self._page(work, queue, statement_id, problem=_sentence(error), sent=sent, status=422)
        with self._desk.database.view() as work:
            last = work.statements.verdicts(statement_id)[-1]
        return RedirectResponse(queue.address(done=last.id), 303, HEADERS)

    def undo(self, request: Request, verdict_id: RowId, sent: Annotated[Fields, Depends(signed_fields)]) -> Response:
        """Takes back what was said last of a statement, which is then shown again."""
        queue = queue_of(*(_one(sent, name) for name in ("in_issue", "in_actor", "in_lang", "in_extractor", "passed")))
        with self._desk.database.view() as work:
            found = work.review.verdict(verdict_id)
        if found is None:
            raise NotFound("verdict", verdict_id)
        statement = found[0].statement_id
        try:
            self._judge.undo(statement, verdict_id, account_of(request).name, self._desk.clock())
        except JudgedMeanwhile:
            with self._desk.database.view() as work:
                return self._page(work, queue, statement, meanwhile=True, status=409)
        with self._desk.database.view() as work:
            last = work.statements.verdicts(statement)[-1]
        return RedirectResponse(queue.address(f"/desk/review/{statement}", done=last.id), 303, HEADERS)

    def _say(self, statement: int, who: str, sent: Fields) -> None:
        """Raises ValueError for what cannot be meant, UnknownRule, JudgedMeanwhile, NotFound."""
        say_verdict(self._judge, statement, who, sent, self._desk.clock())

    def _page(
        self,
        work: Work,
        queue: Queue,
        statement_id: int | None,
        *,
        due: Due | None = None,
        done: int | None = None,
        meanwhile: bool = False,
        problem: str = "",
        sent: Fields | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        rules = work.rules.current()
        view = None
        if statement_id is not None:
            statement = work.statements.get([statement_id]).get(statement_id)
            if statement is None:
                raise NotFound("statement", statement_id)
            view = shown(work, statement, due, self._tracker, rules)
        values: dict[str, Any] = {
            **beside(work, queue, self._measured.by_issue(work), rules, self._desk.clock()),
            "view": view,
            "done": done_of(work, done) if done is not None else None,
            "meanwhile": meanwhile,
            "problem": problem,
            "sent": {name: _one(sent or {}, name) for name in ("stance", "holder", "issue", "note")},
        }
        return self._desk.pages.page("desk_review.html", values, status=status, headers=HEADERS)


def say_verdict(judge: Judge, statement: int, who: str, sent: Fields, now: Any) -> None:
    """Gives the verdict that a form holds. Raises ValueError, UnknownRule, JudgedMeanwhile, NotFound."""
    kind, note, last = _one(sent, "verdict"), encodable(_one(sent, "note")).strip(), _one(sent, "seen")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"the note has {len(note)} characters; {LONGEST_NOTE} are the most")
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        raise ValueError("the form is not complete; open its page again")
    known = int(last)
    if kind == VerdictKind.CONFIRM:
        judge.confirm(statement, who, note, now, seen=known)
    elif kind == VerdictKind.REJECT:
        judge.reject(statement, who, note, now, seen=known)
    elif kind == VerdictKind.CORRECT:
        judge.correct(statement, _correction(sent), who, note, now, seen=known)
    else:
        raise ValueError("say what the statement is: confirm, reject or correct")


def _correction(sent: Fields) -> Correction:
    stance = _one(sent, "stance")
    if stance and stance not in {one.value for one in Stance}:
        raise ValueError(f"{stance[:40]!r} is no stance; choose from the list")
    to = Correction(
        holder=_one(sent, "holder") or None,
        issue=_one(sent, "issue") or None,
        stance=Stance(stance) if stance else None,
    )
    if to == Correction():
        raise ValueError("choose what is to stand instead: another stance, holder or issue")
    return to


def review_router(desk: Desk, judge: Judge, tracker: Tracker) -> APIRouter:
    """The queue's routes; operators only, see `monitor.web.rights`."""
    pages = ReviewPages(desk, judge, tracker)
    router = APIRouter(prefix="/desk/review", include_in_schema=False)
    router.add_api_route("", pages.next, methods=["GET", "HEAD"])
    router.add_api_route("/{statement_id}", pages.one, methods=["GET", "HEAD"])
    router.add_api_route("/{statement_id}", pages.judge, methods=["POST"])
    router.add_api_route("/verdicts/{verdict_id}/undo", pages.undo, methods=["POST"])
    return router


def account_of(request: Request) -> Account:
    """The operator who asks; the gate lets nobody else here."""
    visitor = seen(request)
    assert visitor is not None
    return visitor.account


def _one(sent: Fields, name: str) -> str:
    return (sent.get(name) or [""])[-1]


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
