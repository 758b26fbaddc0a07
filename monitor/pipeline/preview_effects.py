"""Preview, the second half: the statements, changes and alerts that draft rules would gain and lose.

Only what the edit touches is read anew; of all other items the stored statements count. Positions are folded in memory,
with the statements of the items read anew in place of the stored ones, and compared with what is recorded. Nothing is
written: the database is only viewed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.alerts.wants import reason_against, reason_against_match
from monitor.model.alert import Subscription
from monitor.model.item import Item
from monitor.model.position import Change, ChangeStatus, FoundChange
from monitor.model.statement import Statement
from monitor.pipeline.again import Again, ReadAgain
from monitor.pipeline.backfill import STANDING, Progress
from monitor.pipeline.changes import bodies_above, fold_position, under_known_names
from monitor.pipeline.preview import Draft, PreviewItem
from monitor.positions.bodies import may_speak_for
from monitor.positions.protocol import Extractor
from monitor.positions.track import Tracker
from rules.compiler import compile_rules
from rules.model import RuleKind, RuleSet
from storage.engine import Database
from storage.history import ReadBy
from storage.work import Work

_AT_ONCE = 20
_ALL = 1_000_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A change whose status would be another. `was` None: not recorded; `now` None: it would not follow any more."""

    change: FoundChange
    was: ChangeStatus | None
    now: ChangeStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOf:
    """What a subscription would have been told of: a change's key, or for a query its id and the item."""

    subscription: int
    subscriber: str
    what: str
    item_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What would follow from reading items under draft rules. `outdated` of them were last read by other rules yet.

    What these moved since belongs to an edit that no backfill has followed, not to the draft; it is in the difference
    all the same. `left` says of items that could not be read why.
    """

    read: int
    outdated: int
    statements_gained: tuple[Statement, ...]
    statements_lost: tuple[Statement, ...]
    changes_gained: tuple[Shift, ...]
    changes_lost: tuple[Shift, ...]
    alerts_gained: tuple[ToldOf, ...]
    alerts_lost: tuple[ToldOf, ...]
    left: dict[int, str]


class EffectPreview:
    """Draft rules over stored items. `extractor` and `tracker` are those of the worker.

    With an issue only those items are read that it finds, or found when they were last matched.
    """

    def __init__(
        self,
        database: Database,
        draft: Draft,
        extractor: Extractor,
        tracker: Tracker,
        *,
        issue: str | None = None,
        follow_precision: bool = True,
    ) -> None:
        self._issue = issue
        self._database = database
        self._draft = draft
        self._after = draft.after
        self._tracker = tracker
        self._again = Again(database, extractor, follow_precision=follow_precision)
        self._by = ReadBy(rule_set=draft.before.version, extractor=extractor.name, extractor_version=extractor.version)

    def run(
        self,
        touched: Collection[int],
        gained: Sequence[PreviewItem] = (),
        lost: Sequence[PreviewItem] = (),
        progress: Progress = lambda _what, _done, _total: None,
    ) -> Effects:
        """Reads the items anew, folds and compares; `gained` and `lost` are what `preview_matches` found."""
        overlay, outdated = self._read(sorted(touched), progress)
        with self._database.view() as work:
            pairs = self._pairs(work, overlay)
            shifts: list[Shift] = []
            for number, pair in enumerate(pairs):
                progress("Folding positions", number, len(pairs))
                shifts += self._fold(work, pair, overlay)
            subscriptions = work.subscriptions.all(active_only=True)
            items = {i.id: i for i in work.what_if.items({p.item_id for p in (*gained, *lost)})}
        shifts.sort(key=lambda shift: (shift.change.at, shift.change.key))
        return Effects(
            read=len(overlay.after),
            outdated=outdated,
            statements_gained=_beyond(overlay.after, overlay.before),
            statements_lost=_beyond(overlay.before, overlay.after),
            changes_gained=tuple(s for s in shifts if _stands(s.now) and not _stands(s.was)),
            changes_lost=tuple(s for s in shifts if _stands(s.was) and not _stands(s.now)),
            alerts_gained=(
                *_told(shifts, subscriptions, self._after, self._draft.before, gain=True),
                *_told_of_matches(gained, items, subscriptions, self._after),
            ),
            alerts_lost=(
                *_told(shifts, subscriptions, self._after, self._draft.before, gain=False),
                *_told_of_matches(lost, items, subscriptions, self._draft.before),
            ),
            left=dict(self._again.left),
        )

    def _read(self, ids: Sequence[int], progress: Progress) -> tuple[_Overlay, int]:
        compiled = compile_rules(self._after)
        overlay, outdated, first = _Overlay(), 0, -1
        for at in range(0, len(ids), _AT_ONCE):
            progress("Reading", at, len(ids))
            part = ids[at : at + _AT_ONCE]
            with self._database.view() as work:
                items = [self._again.with_repeated(work, item) for item in work.what_if.items(part)]
                outdated += work.what_if.count_read_otherwise(self._by, part)
            found: Iterable[ReadAgain] = self._again.read(items, compiled, self._issue)
            with self._database.view() as work:
                for read in found:
                    overlay.after[read.item.id] = work.what_if.as_if_read(read.item, read.reading.statements, first)
                    first -= len(read.reading.statements)
                live = work.what_if.live_in(list(overlay.after.keys() & set(part)))
            overlay.before |= {item: live.get(item, []) for item in part if item in overlay.after}
        return overlay, outdated

    def _pairs(self, work: Work, overlay: _Overlay) -> list[Pair]:
        """The positions that can move: of those who hold a statement on either side, and of the bodies above them."""
        said = {
            (s.read.holder, s.read.issue) for side in (overlay.before, overlay.after) for m in side.values() for s in m
        }
        edited = {change.id for change in self._draft.changes if change.kind is RuleKind.ACTOR}
        if not self._draft.changes:  # the rules are in force already, and any of them may be what no backfill followed
            said |= set(work.statements.pairs()) | {(p.actor, p.issue) for p in work.positions.all()}
        if edited:  # offices and memberships move positions without touching a statement
            near = {actor for one in edited for actor in (one, *self._above(one), *self._below(one))}
            said |= {pair for pair in work.statements.pairs() if pair[0] in near}
            said |= {(p.actor, p.issue) for p in work.positions.all() if p.actor in near}
        return sorted({(actor, issue) for holder, issue in said for actor in (holder, *self._above(holder))})

    def _above(self, actor: str) -> set[str]:
        return {*bodies_above(actor, self._draft.before), *bodies_above(actor, self._after)}

    def _below(self, actor: str) -> set[str]:
        return {*may_speak_for(actor, self._draft.before), *may_speak_for(actor, self._after)}

    def _fold(self, work: Work, pair: Pair, overlay: _Overlay) -> list[Shift]:
        actor, issue = pair

        def live_for(issue: str, holders: Collection[str]) -> list[Statement]:
            return overlay.over(work.statements.live_for(issue, holders), issue, holders)

        recorded = {c.key: c.found for c in work.positions.changes(actor=actor, issue=issue, limit=_ALL)}
        fold = fold_position(live_for, actor, issue, self._tracker, self._after)
        found = {f.key: f for f in under_known_names(work, fold.changes, list(recorded.values()))}
        shifts = []
        for key in dict.fromkeys((*recorded, *found)):
            was = recorded[key].status if key in recorded else None
            now = found[key].status if key in found else None
            if was is not now:
                shifts.append(Shift(change=found.get(key) or recorded[key], was=was, now=now))
        return shifts


class _Overlay:
    """Statements of items read anew, before and after, by item."""

    def __init__(self) -> None:
        self.before: dict[int, list[Statement]] = {}
        self.after: dict[int, list[Statement]] = {}

    def over(self, stored: Sequence[Statement], issue: str, holders: Collection[str]) -> list[Statement]:
        """The stored statements, with those of items read anew in their place."""
        kept = [s for s in stored if s.item_id not in self.after]
        kept += [s for m in self.after.values() for s in m if s.read.issue == issue and s.read.holder in holders]
        # A statement without a row would get the highest id.
        return sorted(kept, key=lambda s: (s.said_at, s.id < 0, abs(s.id)))


def _stands(status: ChangeStatus | None) -> bool:
    return status in STANDING


def _beyond(these: dict[int, list[Statement]], those: dict[int, list[Statement]]) -> tuple[Statement, ...]:
    """The statements of one side whose words the other has not."""
    found: list[Statement] = []
    for item, statements in these.items():
        there = Counter(s.fingerprint for s in those.get(item, ()))
        for statement in statements:
            if there[statement.fingerprint]:
                there[statement.fingerprint] -= 1
            else:
                found.append(statement)
    return tuple(sorted(found, key=lambda s: (s.said_at, s.item_id, s.read.evidence.start)))


def _told(
    shifts: Sequence[Shift], subscriptions: Sequence[Subscription], after: RuleSet, before: RuleSet, *, gain: bool
) -> list[ToldOf]:
    """Who would be told of a change on one side only; one utterance that moves several is told once."""
    told: dict[tuple[int, str, str], ToldOf] = {}
    for shift in shifts:
        for subscription in subscriptions:
            now = _wanted(shift.change, shift.now, subscription, after)
            was = _wanted(shift.change, shift.was, subscription, before)
            if (now and not was) if gain else (was and not now):
                key = (subscription.id, shift.change.issue, shift.change.trigger)
                told.setdefault(
                    key,
                    ToldOf(subscription=subscription.id, subscriber=subscription.subscriber, what=shift.change.key),
                )
    return list(told.values())


def _wanted(found: FoundChange, status: ChangeStatus | None, subscription: Subscription, rules: RuleSet) -> bool:
    if status is None:
        return False
    found = replace(found, status=status)
    change = Change(id=0, key=found.key, found=found, recorded_at=found.at)
    return reason_against(change, rules.actors.get(found.actor), subscription) is None


def _told_of_matches(
    found: Sequence[PreviewItem], items: dict[int, Item], subscriptions: Sequence[Subscription], rules: RuleSet
) -> list[ToldOf]:
    """Who would be told of a query's match: copies of one story once, a baseline never."""
    told: dict[tuple[int, str, int], ToldOf] = {}
    for one in found:
        item = items[one.item_id]
        if one.kind is not RuleKind.QUERY or item.baseline or not rules.queries[one.rule].alert:
            continue
        for subscription in subscriptions:
            if reason_against_match(subscription) is None:
                told.setdefault(
                    (subscription.id, one.rule, item.story_id),
                    ToldOf(
                        subscription=subscription.id,
                        subscriber=subscription.subscriber,
                        what=one.rule,
                        item_id=item.id,
                    ),
                )
    return list(told.values())
