"""What the page of the review queue shows, put together from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.api.names import Names
from monitor.api.parameters import address
from monitor.model.account import Account
from monitor.model.position import Change
from monitor.model.share import Precision
from monitor.model.statement import Stance, Statement
from monitor.pipeline.consequences import Consequence, consequences
from monitor.positions.read_as import caution
from monitor.positions.track import Tracker
from monitor.web.pages.items import marks
from monitor.web.reviewing import Looking, bars, least_known_first, words_of
from rules.model import RuleSet
from storage.review import MOST_LEFT, Due, Readers, Urgency, Wanted
from storage.values import StoredReading, Verdict, VerdictKind
from storage.work import Work

MOST_PASSED = 100
"""Statements that may be passed over; beyond, the first of them come again."""

URGENCIES = {
    Urgency.REPORTED: "A reader says that the change which rests on it is wrong.",
    Urgency.PENDING: "A pending change rests on it.",
    Urgency.TOLD: "A change that subscribers were told of lately rests on it.",
    Urgency.DOUBTFUL: "The extractor was in doubt.",
    Urgency.UNMEASURED: "Drawn at random: of this issue it is known least how well it is read.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Which part of the queue somebody goes through: what they want to see, and what they passed over."""

    wanted: Wanted = field(default_factory=Wanted)
    passed: tuple[int, ...] = ()

    def address(self, path: str = "/desk/review", **more: object) -> str:
        """The address of a page that keeps to it."""
        return address(path, **self.fields(), **more)

    def fields(self) -> dict[str, str]:
        """What a form has to hold so that the page after it keeps to it."""
        asked = {
            "issue": self.wanted.issue,
            "actor": self.wanted.actor,
            "lang": self.wanted.lang,
            "extractor": self.wanted.extractor,
            "passed": ".".join(map(str, self.passed)),
        }
        return {name: value for name, value in asked.items() if value}

    def passing(self, statement: int) -> Queue:
        """The same with one more passed over."""
        passed = (*(one for one in self.passed if one != statement), statement)[-MOST_PASSED:]
        return Queue(wanted=self.wanted, passed=passed)


def queue_of(issue: str | None, actor: str | None, lang: str | None, extractor: str | None, passed: str) -> Queue:
    """The queue as an address or a form names it. What is no number among those passed over is left out."""
    numbers = [int(part) for part in passed.split(".") if part.isascii() and part.isdigit() and len(part) < 19]
    wanted = Wanted(issue=issue or None, actor=actor or None, lang=lang or None, extractor=extractor or None)
    return Queue(wanted=wanted, passed=tuple(dict.fromkeys(numbers))[-MOST_PASSED:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was said last and what it caused. `can_undo` while nobody said more.

    `told` are those who are told of it.
    """

    verdict: Verdict
    statement: Statement | None
    moved: Sequence[Change]
    told: Readers
    can_undo: bool


def done_of(work: Work, verdict_id: int) -> Done | None:
    """What a verdict said and caused, as far as it still stands so; None where there is no such verdict."""
    found = work.review.verdict(verdict_id)
    if found is None:
        return None
    verdict, is_last = found
    moved = work.review.moved_at(verdict.at)
    return Done(
        verdict=verdict,
        statement=work.statements.get([verdict.statement_id]).get(verdict.statement_id),
        moved=moved,
        told=work.review.told_at(verdict.at, [change.id for change in moved]),
        can_undo=is_last and verdict.kind is not VerdictKind.UNDO,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A statement to be judged with all that speaks for or against it. `seen` is the last verdict on it, 0 for none."""

    statement: Statement
    words: Any
    due: Due | None
    reading: StoredReading | None
    change: Change | None
    told: Readers
    if_confirmed: Sequence[Consequence]
    if_rejected: Sequence[Consequence]
    verdicts: Sequence[Verdict]
    seen: int
    caution: str


def shown(work: Work, statement: Statement, due: Due | None, tracker: Tracker, rules: RuleSet) -> Shown:
    """The statement as the page shows it."""
    item = work.items.revision(statement.item_id, statement.revision)
    matches = work.items.matches(item.id) if work.items.get(item.id).revision == item.revision else []
    verdicts = work.statements.verdicts(statement.id)
    change = work.positions.change(due.change) if due is not None and due.change is not None else None
    found = marks(statement.read.evidence.field, item, matches, [statement], Names(rules))
    if_rejected = consequences(work, statement, VerdictKind.REJECT, tracker, rules)
    return Shown(
        statement=statement,
        words=words_of(statement, item, found),
        due=due,
        reading=work.readings.live(statement.item_id) if statement.live else None,
        change=change,
        told=work.review.told_of(change.id) if change is not None else Readers(),
        if_confirmed=consequences(work, statement, VerdictKind.CONFIRM, tracker, rules),
        if_rejected=if_rejected,
        verdicts=verdicts,
        seen=verdicts[-1].id if verdicts else 0,
        caution=caution(item.lang) or "",
    )


def next_due(
    work: Work, queue: Queue, measured: Sequence[Precision], looking: Looking, account: Account, now: datetime
) -> Due | None:
    """What this operator is given next."""
    issues = least_known_first(work.review.issues(), measured)
    without = looking.of_others(account.id, now) | set(queue.passed)
    return work.review.next(queue.wanted, now, issues, without)


def beside(work: Work, queue: Queue, measured: Sequence[Precision], rules: RuleSet, now: datetime) -> dict[str, Any]:
    """What stands around the statement: counts, choices, and measured precision."""
    langs, extractors = work.review.choices()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "names": Names(rules),
        "queue": queue,
        "left": work.review.left(queue.wanted),
        "most_left": MOST_LEFT,
        "today": work.review.judged_since(midnight),
        "bars": bars(measured, {i.id: i.name for i in rules.issues.values()}),
        "issues": sorted((i.name, i.id) for i in rules.issues.values()),
        "actors": sorted((a.name, a.id) for a in rules.actors.values()),
        "langs": langs,
        "extractors": extractors,
        "stances": [stance.value for stance in Stance],
        "urgencies": URGENCIES,
    }
