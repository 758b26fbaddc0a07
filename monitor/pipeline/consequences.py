"""What a verdict on a statement would cause: its positions folded as if it had been given. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Statement
from monitor.pipeline.changes import LiveFor, bodies_above, fold_position, once_for_each_issue, under_known_names
from monitor.positions.track import Tracker
from rules.model import RuleSet
from storage.positions import GONE
from storage.review import Readers
from storage.statement_rows import OPERATOR_CONFIDENCE
from storage.values import VerdictKind
from storage.work import Work

_MOST_CHANGES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """A change that would be of another status. `told`: whom its alerts went to, or are on their way to."""

    change: Change
    status: ChangeStatus
    told: Readers = field(default_factory=Readers)

    @property
    def falls(self) -> bool:
        """Whether those who were told get a correction."""
        return self.status in (ChangeStatus.DROPPED, ChangeStatus.RETRACTED) or (
            self.change.found.status is ChangeStatus.CONFIRMED and self.status is ChangeStatus.PENDING
        )


def consequences(
    work: Work, statement: Statement, verdict: VerdictKind, tracker: Tracker, rules: RuleSet
) -> list[Consequence]:
    """The recorded changes that confirming or rejecting the statement would move. Empty for other verdicts."""
    if verdict not in (VerdictKind.CONFIRM, VerdictKind.REJECT):
        return []
    issue, found = statement.read.issue, list[Consequence]()
    actors = (statement.read.holder, *bodies_above(statement.read.holder, rules))
    live_for = once_for_each_issue(work.statements.live_for, [(actor, issue) for actor in actors], rules)
    judged = _as_judged(live_for, statement, verdict)
    for actor in actors:
        recorded = work.positions.changes(actor=actor, issue=issue, limit=_MOST_CHANGES)
        if recorded:
            fold = fold_position(judged, actor, issue, tracker, rules)
            named = under_known_names(work, fold.changes, [change.found for change in recorded])
            statuses = {change.key: change.status for change in named}
            found += _moved(work, recorded, statuses)
    return found


def _moved(work: Work, recorded: Sequence[Change], statuses: dict[str, ChangeStatus]) -> list[Consequence]:
    found = []
    for change in recorded:
        stood = change.found.status
        status = statuses.get(change.key, GONE[stood])
        if status is not stood:
            found.append(Consequence(change=change, status=status, told=work.review.told_of(change.id)))
    return found


def _as_judged(live_for: LiveFor, statement: Statement, verdict: VerdictKind) -> LiveFor:
    """Statements as `live_for` gives them, with this one as the verdict would leave it."""

    def confirmed(one: Statement) -> Statement:
        return replace(one, read=replace(one.read, confidence=OPERATOR_CONFIDENCE, accuracy=None))

    change: Callable[[Statement], Statement | None] = confirmed if verdict is VerdictKind.CONFIRM else lambda _: None

    def judged(issue: str, holders: Collection[str]) -> Sequence[Statement]:
        found = (change(one) if one.id == statement.id else one for one in live_for(issue, holders))
        return [one for one in found if one is not None]

    return judged
