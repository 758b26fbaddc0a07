"""Operators' verdicts on who is who: merge two actors, split one, undo either.

**Merge A into B.** Statements of A count as B's, those that are stored and those that any worker still reads under
older rules. B answers to A's names and offices in the rules, and A's rule is switched off. What was told of A stays
told, as B's: its changes keep their ids, so that nobody hears the same twice; where B's statements beside A's lead to
something else, those who were told get a correction. Subscriptions that name A follow.

**Split A.** Some names of A, or single statements, are another actor's. What was told of A and rested on them was
wrong: it is taken back from exactly those who were told.

Nobody is told of anything new unless that is asked for, as with a backfill. Everything is one transaction: rules,
statements, positions, corrections, audit; a kill leaves either all or nothing. A dry run is that same transaction,
taken back at its end, so what it shows is what would be done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from monitor.events import Subject
from monitor.model.statement import Statement
from monitor.pipeline.changes import refold, write_events
from monitor.pipeline.identity_report import CannotJoin, IdentityReport, Word, moved, naming, queued, standing
from monitor.pipeline.identity_rules import as_before, concerned, must_be_apart, saved
from monitor.pipeline.rule_edits import must_come_out
from monitor.pipeline.tell import Teller, falls
from monitor.pipeline.went_along import WentAlong, went_along
from monitor.positions.protocol import Extractor
from monitor.positions.track import Tracker
from rules.joining import joined, must_fit, names_of, parted
from rules.model import ActorRule, RuleSet
from storage.actor_verdicts import ActorVerdictKind, RuleStep
from storage.engine import Database
from storage.errors import DatabaseBusy
from storage.rule_merge import RuleConflict
from storage.work import Work

_TRIES = 3
_ALL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What is about to be done within a transaction. `record` writes the verdict and hands changes over."""

    actors: tuple[str, str]
    after: RuleSet
    statements: Sequence[Statement]
    record: Callable[[Work, tuple[RuleStep, ...]], tuple[int, Sequence[int]]]
    done: str
    unsure: Collection[int] = ()
    conflicts: tuple[RuleConflict, ...] = ()
    unread: dict[int, str]


class _NotMeantError(Exception):
    """Takes back what a dry run wrote."""


class WhoIsWho:
    """Merges and splits actors. `extractor` reads items again to see whose a statement was, and runs examples."""

    def __init__(self, database: Database, tracker: Tracker, teller: Teller, extractor: Extractor) -> None:
        self._database = database
        self._tracker = tracker
        self._teller = teller
        self._extractor = extractor

    def merge(self, gone: str, into: str, word: Word) -> IdentityReport:
        """From now on `gone` is `into`. Raises CannotJoin, Unfit, ExamplesFailed."""

        def edit(work: Work, rules: RuleSet) -> _Edit:
            must_be_apart(work, rules, gone, into)
            if into not in rules.actors:
                raise CannotJoin(f"no actor has the id {into}; `volteface rules list` shows them")
            must_fit(rules.actors[gone], rules.actors[into])
            after = joined(rules, gone, into)
            names = names_of(rules.actors[gone])

            def record(work: Work, steps: tuple[RuleStep, ...]) -> tuple[int, Sequence[int]]:
                followed = work.actor_verdicts.hand_over(gone, into)
                verdict = work.actor_verdicts.add(
                    ActorVerdictKind.MERGE, gone, into, names=names, rules=steps, changes=followed,
                    who=word.who, why=word.why, now=word.now,
                )  # fmt: skip
                return verdict, followed

            return _Edit(
                actors=(gone, into), after=after, statements=work.statements.live_of(gone), record=record,
                done="actors merged", unread={},
            )  # fmt: skip

        return self._carried_out(edit, word)

    def split(
        self, actor: str, into: ActorRule | str, word: Word, *, names: Collection[str] = (), ids: Collection[int] = ()
    ) -> IdentityReport:
        """These names (aliases, titles of offices) and statements of `actor` are of `into`, a new rule or an id.

        Raises CannotJoin, Unfit, ExamplesFailed, and DatabaseBusy where items keep coming in while it is looked whose
        the statements are.
        """
        if not names and not ids:
            raise CannotJoin("nothing to split off: name aliases or statements that are another's")
        for _ in range(_TRIES):
            with self._database.view() as work:
                rules = work.rules.current()
                must_be_apart(work, rules, actor, into if isinstance(into, str) else into.id)
                held = work.statements.live_of(actor)
            other = rules.actors[into] if isinstance(into, str) else into
            if other.id in rules.actors and not isinstance(into, str):
                raise CannotJoin(f"there is an actor {other.id} already; leave out name and kind to split into it")
            apart = parted(rules, actor, other, names)
            went = self._went(held, actor, other.id, apart.rules, names, ids)
            with suppress(_OvertakenError):
                edit = _splitting(actor, other.id, apart.rules, apart.names, went, (held, rules.version), word)
                return self._carried_out(edit, word)
        raise DatabaseBusy("items with this actor keep coming in; try again in a minute")

    def undo(self, verdict: int, word: Word) -> IdentityReport:
        """Takes a merge or split back. What operators edited in the rules since stays. Raises NotFound, CannotJoin."""

        def edit(work: Work, rules: RuleSet) -> _Edit:
            was = work.actor_verdicts.get(verdict)
            if was.undone_at is not None:
                raise CannotJoin(f"{was.kind} {verdict} was undone on {was.undone_at:%Y-%m-%d} by {was.undone_who}")
            for later in work.actor_verdicts.merges():
                if later.actor == was.into and later.id > was.id:
                    raise CannotJoin(f"{was.into} was merged into {later.into} since; undo {later.id} first")
            after, conflicts = as_before(work, was, rules)

            def record(work: Work, _steps: tuple[RuleStep, ...]) -> tuple[int, Sequence[int]]:
                followed = work.actor_verdicts.hand_over(was.into, was.actor, was.changes)
                work.actor_verdicts.undo(verdict, word.who, word.why, word.now)
                return verdict, followed

            return _Edit(
                actors=(was.actor, was.into), after=after, statements=(), record=record,
                done=f"{was.kind} of actors undone", conflicts=conflicts, unread={},
            )  # fmt: skip

        return self._carried_out(edit, word)

    def _went(
        self, held: Sequence[Statement], actor: str, into: str, after: RuleSet, names: Collection[str],
        ids: Collection[int],
    ) -> WentAlong:  # fmt: skip
        """The statements that go: those named, and those that were found by the names."""
        there = {statement.id for statement in held}
        if missing := sorted(set(ids) - there):
            raise CannotJoin(f"no live statement of {actor} has the number {', '.join(map(str, missing))}")
        left = [statement for statement in held if statement.id not in set(ids)]
        if not names:
            return WentAlong(goes=frozenset(ids), unsure=frozenset(), unread={})
        found = went_along(self._database, self._extractor, left, actor, into, after)
        return replace(found, goes=found.goes | frozenset(ids))

    def _carried_out(self, edit: Callable[[Work, RuleSet], _Edit], word: Word) -> IdentityReport:
        report: IdentityReport | None = None
        with suppress(_NotMeantError), self._database.work() as work:
            report = self._within(work, edit, word)
            if not word.write:
                raise _NotMeantError
        assert report is not None
        return report if word.write else replace(report, verdict=None)

    def _within(self, work: Work, edit: Callable[[Work, RuleSet], _Edit], word: Word) -> IdentityReport:
        work.actor_verdicts.begin()
        before = work.rules.current()
        step = edit(work, before)
        if not word.despite_examples:
            must_come_out(step.after, self._extractor, word.now)
        stood, spoken = standing(work), work.statements.pairs()
        changes, steps = saved(work, before, step.after, word)
        verdict, followed = step.record(work, steps)
        rules = work.rules.current()
        pairs = concerned(step.actors, (before, rules), {*spoken, *work.statements.pairs(), *stood})
        pairs |= {
            (actor, c.found.issue) for actor in step.actors for c in work.positions.changes(actor=actor, limit=_ALL)
        }
        transitions = refold(work, pairs, self._tracker, rules, word.now)
        work.actor_verdicts.forget_empty(step.actors)
        told = self._teller.tell(work, [t for t in transitions if word.alert or falls(t)], rules, word.now)
        actor, into = step.actors
        detail = {"into": into, "why": word.why, "number": verdict, "statements": [s.id for s in step.statements]}
        work.audit.add(word.who, step.done, f"actor {actor}", detail, word.now)
        if rules.version != before.version:
            work.events.add(Subject.RULES_CHANGED, {"version": rules.version}, word.now)
        report = IdentityReport(
            verdict=verdict, rules=tuple(changes), statements=tuple(step.statements), unsure=tuple(sorted(step.unsure)),
            positions=moved(stood, standing(work)), followed=len(followed), transitions=tuple(transitions),
            queued=queued(work, told), subscriptions=naming(work, step.actors), conflicts=step.conflicts,
            unread=step.unread,
        )  # fmt: skip
        write_events(work, transitions, told, word.now)
        return report


class _OvertakenError(Exception):
    """Something came in between looking and doing."""


def _splitting(
    actor: str,
    into: str,
    after: RuleSet,
    names: Sequence[str],
    went: WentAlong,
    seen: tuple[Sequence[Statement], str],
    word: Word,
) -> Callable[[Work, RuleSet], _Edit]:
    def edit(work: Work, rules: RuleSet) -> _Edit:
        held = work.statements.live_of(actor)
        if rules.version != seen[1] or {s.id for s in held} != {s.id for s in seen[0]}:
            raise _OvertakenError
        goes = [statement for statement in held if statement.id in went.goes]

        def record(work: Work, steps: tuple[RuleStep, ...]) -> tuple[int, Sequence[int]]:
            verdict = work.actor_verdicts.add(
                ActorVerdictKind.SPLIT, actor, into, names=names, rules=steps, changes=(),
                who=word.who, why=word.why, now=word.now,
            )  # fmt: skip
            work.actor_verdicts.take_along(verdict, [statement.id for statement in goes])
            return verdict, ()

        return _Edit(
            actors=(actor, into), after=after, statements=goes, record=record, done="actor split",
            unsure=went.unsure, unread=went.unread,
        )  # fmt: skip

    return edit
