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

    def confirm(self, statement: int, who: str, note: str, now: datetime) -> VerdictReport:
        """The statement was read right. Raises NotFound."""
        return self._judge(statement, VerdictKind.CONFIRM, Correction(), who, note, now)

    def reject(self, statement: int, who: str, note: str, now: datetime) -> VerdictReport:
        """The statement is none: what it upheld falls. Raises NotFound."""
        return self._judge(statement, VerdictKind.REJECT, Correction(), who, note, now)

    def correct(self, statement: int, correction: Correction, who: str, note: str, now: datetime) -> VerdictReport:
        """The statement is another one. Raises NotFound, UnknownRule, ValueError for a correction of nothing."""
        rules = self._rulebook.current().rules
        for noun, given, known in (
            ("actor", correction.holder, rules.actors),
            ("issue", correction.issue, rules.issues),
        ):
            if given is not None and given not in known:
                raise UnknownRule(f"no {noun} has the id {given}")
        return self._judge(statement, VerdictKind.CORRECT, correction, who, note, now)

    def _judge(
        self, statement: int, kind: VerdictKind, to: Correction, who: str, note: str, now: datetime
    ) -> VerdictReport:
        def write(work: Work) -> Pairs:
            found = work.statements.judge(
                statement, kind, who, now, holder=to.holder, issue=to.issue, stance=to.stance, note=note
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
}


def _shown(to: Correction) -> dict[str, str | None]:
    return {"holder": to.holder, "issue": to.issue, "stance": to.stance.value if to.stance else None}
