"""The tracker: statements of one actor on one issue → position and changes. A pure fold in the order of said_at.

The filter (`filter.py`) says what is probable; this file says when a change counts. A stance other than the standing
one opens a *candidate* with the observation that first spoke for it (the trigger). It is confirmed when the filter's
posterior passes the threshold, and dropped, with a trace, when a contradiction pushes it below the floor first.

**Why a threshold, and which.** To tell x is worth v when x is held and costs c when it is not, so tell when p·v > (1 −
p)·c: when the odds p / (1 − p) exceed c / v. For one change at a random moment a threshold on the posterior finds it
with the least delay that a bound on false alarms allows (Shiryaev 1963, Theory Probab. Appl. 8, 22–46; Tartakovsky,
Nikiforov & Basseville 2014, "Sequential Analysis", chapter 7); here, with several stances and changes, it is the same
rule applied each time anew. Under a right model the share of false ones among those told is at most 1 − threshold. A
first position is worth less to hear than a change, and a wrong one costs more, since all that follows is measured
against it: hence 0.965 (odds of 28) for first positions and 0.945 (odds of 17) for changes. `volteface bench tracker`
measures both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.model.position import ChangeKind, ChangeStatus, Fold, FoundChange, FoundPosition
from monitor.model.statement import Stance, Statement
from monitor.positions.accuracy import Records
from monitor.positions.evidence import Observation, Trust, observe
from monitor.positions.filter import FilterModel, Held, reading_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerConfig:
    """When a change counts. `threshold`: the posterior that confirms one, `first_threshold`: that makes a first
    position. `floor`: below it a candidate is dropped. `records`: how often readings were right, for
    statements whose accuracy was not fixed when they were read.
    """

    model: FilterModel = field(default_factory=FilterModel)
    trust: Trust = field(default_factory=Trust)
    threshold: float = 0.945
    first_threshold: float = 0.965
    floor: float = 0.05
    records: Records = field(default_factory=Records)

    def needed(self, kind: ChangeKind) -> float:
        """The posterior that confirms a change of this kind."""
        return self.first_threshold if kind is ChangeKind.FIRST else self.threshold


class Tracker(Protocol):
    """Folds the statements of one actor on one issue."""

    def fold(self, actor: str, issue: str, statements: Sequence[Statement]) -> Fold:
        """The position and all changes that the statements amount to, whatever their order."""
        ...


@dataclass(slots=True)
class _Candidate:
    """A stance on its way to be the position: the observations that spoke for it since the standing one was left."""

    looks: list[Observation]
    before: Observation | None


@dataclass(slots=True)
class _State:
    belief: dict[Held, float]
    standing: Held = Held.NONE
    definite: Held | None = None
    last: datetime | None = None
    upheld_by: Observation | None = None
    since: Observation | None = None
    open: dict[Held, _Candidate] = field(default_factory=dict)
    changes: list[FoundChange] = field(default_factory=list)


class FilterTracker:
    """The tracker that the product uses."""

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self._config = config or TrackerConfig()

    def fold(self, actor: str, issue: str, statements: Sequence[Statement]) -> Fold:
        """See `Tracker.fold`."""
        state = _State(belief=self._config.model.prior())
        for look in observe(statements, self._config.trust):
            if look.weight > 0:
                self._take(state, look, actor, issue)
        for held, candidate in state.open.items():
            state.changes.append(self._change(state, held, candidate, actor, issue, ChangeStatus.PENDING, None))
        position = self._position(state, actor, issue, len(statements))
        return Fold(position=position, changes=_told_apart(state.changes))

    def _take(self, state: _State, look: Observation, actor: str, issue: str) -> None:
        says = Held.NONE if look.withdraws else Held(look.stance.value)
        days = (look.said_at - state.last) / timedelta(days=1) if state.last else 0.0
        confidence = self._config.records.accuracy(look.statement)
        reading = reading_of(look.stance, look.withdraws)
        state.belief = self._config.model.step(state.belief, reading, confidence, look.weight, days)
        state.last = look.said_at
        if says is not state.standing:
            before = state.upheld_by
            state.open.setdefault(says, _Candidate(looks=[], before=before)).looks.append(look)
        else:
            state.upheld_by = look
        self._drop_contradicted(state, says, actor, issue)
        likely = max(state.belief, key=lambda x: state.belief[x])
        needed = self._config.needed(_kind(state.standing, state.definite, likely))
        if likely in state.open and state.belief[likely] >= needed:
            self._confirm(state, likely, look, actor, issue)

    def _drop_contradicted(self, state: _State, says: Held, actor: str, issue: str) -> None:
        for held in [h for h in state.open if h is not says and state.belief[h] < self._config.floor]:
            candidate = state.open.pop(held)
            state.changes.append(self._change(state, held, candidate, actor, issue, ChangeStatus.DROPPED, None))

    def _confirm(self, state: _State, held: Held, look: Observation, actor: str, issue: str) -> None:
        candidate = state.open.pop(held)
        state.changes.append(self._change(state, held, candidate, actor, issue, ChangeStatus.CONFIRMED, look))
        # What else was open was measured against a position that no longer stands.
        for other in list(state.open):
            left = state.open.pop(other)
            state.changes.append(self._change(state, other, left, actor, issue, ChangeStatus.DROPPED, None))
        state.standing = held
        state.upheld_by, state.since = candidate.looks[-1], candidate.looks[0]
        if held in (Held.SUPPORTS, Held.OPPOSES):
            state.definite = held

    def _change(
        self,
        state: _State,
        held: Held,
        candidate: _Candidate,
        actor: str,
        issue: str,
        status: ChangeStatus,
        confirmed_by: Observation | None,
    ) -> FoundChange:
        first = candidate.looks[0]
        kind = _kind(state.standing, state.definite, held)
        silent = first.statement.baseline and (
            kind is ChangeKind.FIRST or confirmed_by is None or confirmed_by.statement.baseline
        )
        return FoundChange(
            actor=actor,
            issue=issue,
            kind=kind,
            before=_stance(state.standing),
            after=_stance(held),
            status=status,
            trigger=first.statement.fingerprint,
            at=first.said_at,
            confirmed_at=confirmed_by.statement.seen_at if confirmed_by else None,
            posterior=state.belief[held],
            before_statement=candidate.before.statement.id if candidate.before else None,
            after_statement=first.statement.id,
            support=_support(candidate.looks),
            silent=silent,
        )

    def _position(self, state: _State, actor: str, issue: str, statements: int) -> FoundPosition:
        pending = max(state.open, key=lambda h: state.belief[h]) if state.open else None
        return FoundPosition(
            actor=actor,
            issue=issue,
            stance=_stance(state.standing),
            posterior={Stance(x.value): p for x, p in state.belief.items() if x is not Held.NONE},
            since=state.since.said_at if state.since else None,
            statement=state.upheld_by.statement.id if state.upheld_by else None,
            statements=statements,
            pending=_stance(pending) if pending else None,
        )


def _told_apart(changes: Sequence[FoundChange]) -> tuple[FoundChange, ...]:
    """The changes in order, no two under one key.

    The same words in another paper can open a dropped candidate again: that is one change with its latest status. But
    words that confirmed a change once can also begin the way back to that stance later: that is another change.
    """
    by_key: dict[str, FoundChange] = {}
    for change in changes:
        named, times = change, 1
        while (earlier := by_key.get(named.key)) is not None and earlier.status is ChangeStatus.CONFIRMED:
            times += 1
            again = hashlib.sha256(f"{change.trigger}#{times}".encode()).hexdigest()[:32]
            named = replace(change, trigger=again)
        by_key.pop(named.key, None)
        by_key[named.key] = named
    return tuple(by_key.values())


def _support(looks: Sequence[Observation]) -> tuple[int, ...]:
    """What speaks for a change: of each look the statement that stands for it, then all copies.

    The copies belong to it because which of them stands for a story can change when another one comes in.
    """
    return tuple(dict.fromkeys([*(look.statement.id for look in looks), *(i for look in looks for i in look.copies)]))


def _stance(held: Held) -> Stance | None:
    return None if held is Held.NONE else Stance(held.value)


def _kind(standing: Held, definite: Held | None, held: Held) -> ChangeKind:
    """The kind of a change; a reversal is measured against the last definite stance, also by way of conditional."""
    if held is Held.NONE:
        return ChangeKind.WITHDRAWN
    if standing is Held.NONE:
        return ChangeKind.FIRST if definite in (None, held) or held is Held.CONDITIONAL else ChangeKind.REVERSED
    if held is Held.CONDITIONAL:
        return ChangeKind.SOFTENED
    if definite is not None and definite is not held:
        return ChangeKind.REVERSED
    return ChangeKind.HARDENED
