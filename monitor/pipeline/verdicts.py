"""An operator's word on a statement: it moves positions, and whoever was told wrongly gets a correction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.model.statement import Stance
from monitor.pipeline.changes import refold, write_events
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.positions.track import Tracker
from rules.model import RuleSet
from storage.engine import Database
from storage.errors import NotFound
from storage.values import ChangeTransition, VerdictKind
from storage.work import Work

Pairs = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an operator puts in place of what was read; None leaves it."""

    holder: str | None = None
    issue: str | None = None
    stance: Stance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReport:
    """What a verdict moved: changes of another status, and the ids of the alerts and corrections that were queued."""

    transitions: tuple[ChangeTransition, ...]
    alerts: tuple[str, ...]


class UnknownRule(ValueError):  # noqa: N818 - the name says what is the matter
    """A correction that names an actor or issue that no rule has."""


class Judge:
    """Takes operators' verdicts on statements."""

    def __init__(self, database: Database, rulebook: RuleBook, tracker: Tracker, teller: Teller) -> None:
        self._database = database
        self._rulebook = rulebook
        self._tracker = tracker
        self._teller = teller

    def confirm(self, statement: int, who: str, note: str, now: datetime, *, seen: int | None = None) -> VerdictReport:
        """The statement was read right. Raises NotFound, and with `seen` JudgedMeanwhile: see `Statements.judge`."""
        return self._judge(statement, VerdictKind.CONFIRM, Correction(), who, note, now, seen)

    def reject(self, statement: int, who: str, note: str, now: datetime, *, seen: int | None = None) -> VerdictReport:
        """The statement is none: what it upheld falls. Raises NotFound, and with `seen` JudgedMeanwhile."""
        return self._judge(statement, VerdictKind.REJECT, Correction(), who, note, now, seen)

    def undo(self, statement: int, verdict: int, who: str, now: datetime) -> VerdictReport:
        """Takes back the last verdict on a statement: it counts as it did before. What was sent stays sent.

        Raises NotFound where there is no such verdict, and JudgedMeanwhile where it is no longer the last.
        """
        with self._database.view() as work:
            said = {one.id: one for one in work.statements.verdicts(statement)}
        if verdict not in said:
            raise NotFound("verdict", verdict)
        before = [one for one in said.values() if one.id < verdict]
        note = f"takes back verdict {verdict}"
        if not before or before[-1].kind is VerdictKind.UNDO:
            return self._judge(statement, VerdictKind.UNDO, Correction(), who, note, now, verdict)
        stood = before[-1]
        to = Correction(holder=stood.holder, issue=stood.issue, stance=stood.stance)
        return self._judge(statement, stood.kind, to, who, f"{note}: as {stood.who} said", now, verdict)

    def correct(
        self, statement: int, correction: Correction, who: str, note: str, now: datetime, *, seen: int | None = None
    ) -> VerdictReport:
        """The statement is another one.

        Raises NotFound, UnknownRule, ValueError for a correction of nothing, and with `seen` JudgedMeanwhile.
        """
        rules = self._rulebook.current().rules
        for noun, given, known in (
            ("actor", correction.holder, rules.actors),
            ("issue", correction.issue, rules.issues),
        ):
            if given is not None and given not in known:
                raise UnknownRule(f"no {noun} has the id {given}")
        return self._judge(statement, VerdictKind.CORRECT, correction, who, note, now, seen)

    def _judge(
        self,
        statement: int,
        kind: VerdictKind,
        to: Correction,
        who: str,
        note: str,
        now: datetime,
        seen: int | None = None,
    ) -> VerdictReport:
        def write(work: Work) -> Pairs:
            found = work.statements.judge(
                statement, kind, who, now, holder=to.holder, issue=to.issue, stance=to.stance, note=note, seen=seen
            )
            detail = {"note": note, **{k: v for k, v in _shown(to).items() if v is not None}}
            work.audit.add(who, f"statement {_DONE[kind]}", str(statement), detail, now)
            return found

        return self.moved(write, now)

    def moved(self, write: Callable[[Work], Pairs], now: datetime) -> VerdictReport:
        """Writes, folds what the writing says it touched, and tells those concerned: all in one transaction."""
        rules: RuleSet = self._rulebook.current().rules
        with self._database.work() as work:
            transitions = refold(work, write(work), self._tracker, rules, now)
            alerts = self._teller.tell(work, transitions, rules, now)
            write_events(work, transitions, alerts, now)
        return VerdictReport(transitions=tuple(transitions), alerts=tuple(alerts))


_DONE = {
    VerdictKind.CONFIRM: "confirmed",
    VerdictKind.REJECT: "rejected",
    VerdictKind.CORRECT: "corrected",
    VerdictKind.UNDO: "verdict taken back",
}


def _shown(to: Correction) -> dict[str, str | None]:
    return {"holder": to.holder, "issue": to.issue, "stance": to.stance.value if to.stance else None}
