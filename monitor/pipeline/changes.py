"""Track: the positions and changes that follow from statements that came or fell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.events import Subject
from monitor.model.position import ChangeStatus, Fold, FoundChange
from monitor.model.statement import Statement
from monitor.positions.bodies import counted_for, may_speak_for, splits
from monitor.positions.changes import same_as_recorded
from monitor.positions.track import Tracker
from rules.model import RuleSet
from storage.values import ChangeTransition
from storage.work import Work

_ALL = 1_000_000

LiveFor = Callable[[str, Collection[str]], Sequence[Statement]]

SUBJECTS = {
    ChangeStatus.PENDING: Subject.CHANGE_PENDING,
    ChangeStatus.CONFIRMED: Subject.CHANGE_CONFIRMED,
    ChangeStatus.DROPPED: Subject.CHANGE_DROPPED,
    ChangeStatus.RETRACTED: Subject.CHANGE_RETRACTED,
}
"""The event that tells of a change's new status."""


def write_events(work: Work, transitions: Iterable[ChangeTransition], alerts: Iterable[str], now: datetime) -> None:
    """Tells of changes of another status and of alerts that were queued. Comes last in a transaction.

    On PostgreSQL those who write events queue until their commit, and whoever waited for an alert's lock with that
    queue behind them would wait for each other.
    """
    for transition in transitions:
        found = transition.change.found
        data = {"change": transition.change.id, "actor": found.actor, "issue": found.issue}
        work.events.add(SUBJECTS[found.status], data, now)
    for alert in alerts:
        work.events.add(Subject.ALERT_QUEUED, {"alert": alert}, now)


def refold(
    work: Work, pairs: Iterable[tuple[str, str]], tracker: Tracker, rules: RuleSet, now: datetime
) -> list[ChangeTransition]:
    """Folds every position that the statements of these (holder, issue) pairs can have moved, and saves the result.

    Persons come before the bodies they speak for, so that one utterance is told as the person's change.
    """
    moved = {(actor, issue) for holder, issue in pairs for actor in (holder, *bodies_above(holder, rules))}
    # Two workers may read statements on one position at the same moment; the later one must see the earlier's.
    work.positions.lock(moved)
    live_for = once_for_each_issue(work.statements.live_for, moved, rules)
    transitions: list[ChangeTransition] = []
    for actor, issue in sorted(moved, key=lambda pair: (pair[1], -len(bodies_above(pair[0], rules)), pair[0])):
        fold = fold_position(live_for, actor, issue, tracker, rules)
        recorded = [change.found for change in work.positions.changes(actor=actor, issue=issue, limit=_ALL)]
        fold = replace(fold, changes=under_known_names(work, fold.changes, recorded))
        transitions += work.positions.save_fold(fold, now)
    return transitions


def once_for_each_issue(live_for: LiveFor, folded: Iterable[tuple[str, str]], rules: RuleSet) -> LiveFor:
    """`live_for` for folding these (actor, issue) pairs, which reads the statements on an issue once for all of them.

    What a person says counts for each body above as well: it would be loaded anew for every one. Fold by issue, as no
    more than one is kept.
    """
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for actor, issue in folded:
        holders[issue] |= may_speak_for(actor, rules)
    kept: dict[str, Sequence[Statement]] = {}

    def of_those_kept(issue: str, wanted: Collection[str]) -> Sequence[Statement]:
        if issue not in kept:
            kept.clear()
            kept[issue] = live_for(issue, holders[issue])
        return [statement for statement in kept[issue] if statement.read.holder in wanted]

    return of_those_kept


def under_known_names(
    work: Work, found: Sequence[FoundChange], recorded: Sequence[FoundChange]
) -> tuple[FoundChange, ...]:
    """The changes that a fold found under the identities that they are recorded by: see `same_as_recorded`.

    What was read again has other ids, though it says the same: a recorded change rests on what stands in its place.
    """
    keys = {change.key for change in recorded}
    if all(change.key in keys for change in found):
        return tuple(found)
    instead = work.history.read_again_as({i for change in recorded for i in change.support})
    return same_as_recorded(found, [replace(c, support=tuple(instead.get(i, i) for i in c.support)) for c in recorded])


def fold_position(live_for: LiveFor, actor: str, issue: str, tracker: Tracker, rules: RuleSet) -> Fold:
    """The position and all changes of one actor on one issue, splits among the members included.

    `live_for(issue, holders)` gives the statements as `Statements.live_for` does.
    """
    speakers = may_speak_for(actor, rules)
    statements = live_for(issue, speakers)
    fold = tracker.fold(actor, issue, counted_for(actor, statements, rules))
    members = {
        member: tracker.fold(member, issue, counted_for(member, statements, rules))
        for member in sorted({s.read.holder for s in statements if s.read.claimed_by is None} - {actor})
    }
    if len(members) > 1:
        fold = replace(fold, changes=fold.changes + splits(actor, issue, members, rules))
    return fold


def bodies_above(actor: str, rules: RuleSet) -> tuple[str, ...]:
    """The bodies above an actor whatever the day: what fell may have counted on another day than today."""
    chain: list[str] = []
    rule = rules.actors.get(actor)
    while rule is not None and rule.member_of is not None and rule.member_of not in (actor, *chain):
        chain.append(rule.member_of)
        rule = rules.actors.get(rule.member_of)
    return tuple(chain)
