"""From statements to independent observations: copies of one story count once, a resurfaced quote is no news.

The tracker weighs observations, not statements. What is decided here is how many independent looks at an actor's
stance a heap of statements amounts to, and how much each look can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.statement import Stance, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How much each kind of report weighs beside its confidence; factors, dimensionless, 0 to 1.

    A direct quote leaves no room for the reporter's reading, a paraphrase some; what somebody else claims about the
    holder is mostly about the claimant. The same words in another paper within `fresh` raise the belief that they were
    said, but any error in reading them is made twice; after that they are an old quote that came up again.
    """

    quote: float = 1.0
    paraphrase: float = 0.9
    claimed: float = 0.3
    same_words: float = 0.5
    same_publisher_same_day: float = 0.5
    fresh: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One independent look at the stance.

    `confidence` is the probability that it was read rightly, `weight` how much such a report counts, both 0 to 1.
    `statement` stands for the look; `copies` are all statements in it, itself included, as row ids.
    """

    stance: Stance
    withdraws: bool
    said_at: datetime
    confidence: float
    weight: float
    statement: Statement
    copies: tuple[int, ...]


def _order(statement: Statement) -> tuple[datetime, str, str, str, str]:
    """A total order that does not depend on the order of arrival: no row ids and no time of sight."""
    return (
        statement.said_at,
        statement.fingerprint,
        statement.publisher,
        statement.url or "",
        statement.read.evidence.text,
    )


def _same_look(statement: Statement) -> tuple[int, Stance, bool, str]:
    return (
        statement.story_id,
        statement.read.stance,
        statement.read.withdraws,
        statement.said_at.date().isoformat(),
    )


def _rank(statement: Statement) -> tuple[bool, bool, float]:
    """The statement that may stand for its copies: the holder's own, in their own words, most surely read."""
    return (statement.read.claimed_by is None, statement.read.quoted, statement.read.confidence)


def observe(statements: Iterable[Statement], trust: Trust) -> list[Observation]:
    """The independent looks that the statements of one actor on one issue amount to, in the order of said_at."""
    ordered = sorted(statements, key=_order)
    looks: list[list[Statement]] = []
    grouped: dict[tuple[int, Stance, bool, str], list[Statement]] = {}
    for statement in ordered:
        key = _same_look(statement)
        if key not in grouped:
            grouped[key] = []
            looks.append(grouped[key])
        grouped[key].append(statement)
    observations: list[Observation] = []
    words: dict[str, tuple[datetime, set[str]]] = {}
    days: set[tuple[str, str, Stance]] = set()
    for look in looks:
        best = max(look, key=_rank)
        weight = _by_kind(best, trust) * _by_novelty(best, words, days, trust)
        for statement in look:
            words.setdefault(statement.fingerprint, (statement.said_at, set()))[1].add(statement.publisher)
        days.add((best.publisher, best.said_at.date().isoformat(), best.read.stance))
        observations.append(
            Observation(
                stance=best.read.stance,
                withdraws=best.read.withdraws,
                said_at=look[0].said_at,
                confidence=best.read.confidence,
                weight=weight,
                statement=best,
                copies=tuple(s.id for s in look),
            )
        )
    return observations


def _by_kind(statement: Statement, trust: Trust) -> float:
    if statement.read.claimed_by is not None:
        return trust.claimed
    return trust.quote if statement.read.quoted else trust.paraphrase


def _by_novelty(
    statement: Statement,
    words: dict[str, tuple[datetime, set[str]]],
    days: set[tuple[str, str, Stance]],
    trust: Trust,
) -> float:
    if statement.fingerprint in words:
        first_said, publishers = words[statement.fingerprint]
        old = statement.said_at - first_said > trust.fresh
        return 0.0 if old or statement.publisher in publishers else trust.same_words
    if (statement.publisher, statement.said_at.date().isoformat(), statement.read.stance) in days:
        return trust.same_publisher_same_day
    return 1.0
