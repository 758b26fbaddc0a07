"""/api/statements/{statement_id}/verdicts, for operators"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from monitor.api.access import Caller, caller
from monitor.api.parameters import RowId
from monitor.api.problem import documented
from monitor.model.position import ChangeStatus
from monitor.model.statement import Stance
from monitor.pipeline.verdicts import Correction, Judge, UnknownRule, VerdictReport
from storage.engine import Database
from storage.errors import JudgedMeanwhile, NotFound
from storage.values import Verdict, VerdictKind

_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Says(StrEnum):
    """What an operator can say of a statement."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"


class NewVerdict(BaseModel):
    """An operator's word. A correction names what is put in place: a holder, an issue, a stance, or several.

    `seen` is the id of the last verdict that the operator knew of, 0 for none: where somebody said something since,
    nothing is written.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Says = Field(examples=["correct"])
    holder: _Id | None = None
    issue: _Id | None = None
    stance: Stance | None = Field(default=None, examples=["conditional"])
    note: Annotated[str, StringConstraints(max_length=500)] = Field(default="", examples=["only if Congress agrees"])
    seen: int | None = Field(default=None, ge=0, le=2**63 - 1, examples=[0])

    @model_validator(mode="after")
    def _fits(self) -> NewVerdict:
        names = [name for name in ("holder", "issue", "stance") if getattr(self, name) is not None]
        if self.kind is Says.CORRECT and not names:
            raise ValueError("a correction names a holder, an issue or a stance")
        if self.kind is not Says.CORRECT and names:
            raise ValueError(f"{names[0]} belongs to a correction")
        return self


class VerdictOut(BaseModel):
    """What an operator said of a statement."""

    id: int
    kind: VerdictKind
    holder: str | None = Field(examples=["keir-starmer"])
    issue: str | None = Field(examples=["troops-ukraine"])
    stance: Stance | None
    who: str = Field(examples=["ada"])
    at: datetime
    note: str = Field(examples=["he quotes his rival"])


class VerdictsOut(BaseModel):
    """All that was said of a statement, oldest first; the last counts."""

    verdicts: list[VerdictOut]


class MovedOut(BaseModel):
    """A change that a verdict moved; `was` is null for one that was not there before."""

    change: int
    was: ChangeStatus | None
    now: ChangeStatus


class VerdictEffect(BaseModel):
    """What a verdict did: changes of another status, and the ids of alerts and corrections that were queued."""

    moved: list[MovedOut]
    alerts: list[str] = Field(examples=[["msg_9f86d081884c7d65"]])


def verdicts_router(database: Database, judge: Judge, clock: Callable[[], datetime]) -> APIRouter:
    """What operators say of statements."""
    router = APIRouter(prefix="/statements/{statement_id}/verdicts", tags=["statements"])

    @router.get("", summary="What operators said of a statement", responses=documented(404, 422))
    def verdicts(statement_id: RowId) -> VerdictsOut:
        """Every verdict on a statement, oldest first."""
        with database.view() as work:
            if not work.statements.get([statement_id]):
                raise NotFound("statement", statement_id)
            found = work.statements.verdicts(statement_id)
        return VerdictsOut(verdicts=[_out(one) for one in found])

    @router.post("", summary="Confirm, reject or correct a statement", responses=documented(404, 409, 413, 415, 422))
    def judged(statement_id: RowId, verdict: NewVerdict, who: Annotated[Caller, Depends(caller)]) -> VerdictEffect:
        """Says that a statement is right, wrong or another one. Positions are folded again at once, and whoever was
        told wrongly gets a correction.
        """
        try:
            return _effect(_said(judge, statement_id, verdict, who.who, clock()))
        except UnknownRule as unknown:
            wrong = {"loc": ("body",), "msg": str(unknown), "type": "value_error"}
            raise RequestValidationError([wrong]) from None
        except JudgedMeanwhile as other:
            raise HTTPException(
                409, f"Somebody judged it meanwhile, as verdict {other.verdict}; look at that."
            ) from None

    return router


def _said(judge: Judge, statement: int, verdict: NewVerdict, who: str, now: datetime) -> VerdictReport:
    if verdict.kind is Says.CONFIRM:
        return judge.confirm(statement, who, verdict.note, now, seen=verdict.seen)
    if verdict.kind is Says.REJECT:
        return judge.reject(statement, who, verdict.note, now, seen=verdict.seen)
    to = Correction(holder=verdict.holder, issue=verdict.issue, stance=verdict.stance)
    return judge.correct(statement, to, who, verdict.note, now, seen=verdict.seen)


def _effect(report: VerdictReport) -> VerdictEffect:
    moved = [MovedOut(change=t.change.id, was=t.was, now=t.change.found.status) for t in report.transitions]
    return VerdictEffect(moved=moved, alerts=list(report.alerts))


def _out(verdict: Verdict) -> VerdictOut:
    return VerdictOut(
        id=verdict.id,
        kind=verdict.kind,
        holder=verdict.holder,
        issue=verdict.issue,
        stance=verdict.stance,
        who=verdict.who,
        at=verdict.at,
        note=verdict.note,
    )
