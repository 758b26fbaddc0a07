"""The tracker on simulated streams: false, missed and late changes, beside the two ways that others would do it.

A stream is one actor on one issue: statements at irregular moments (a Poisson process) over two years. The true stance
changes with a chance per statement and a rate per year; each statement is read rightly with a given accuracy, otherwise
as one of the other stances. The tracker is told the accuracy, as the confidence of each reading, but not the truth;
`assumed` tells it another one. Everything follows from the seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp

from monitor.bench.tally import Score, Tally
from monitor.model.position import ChangeStatus
from monitor.model.statement import Evidence, ReadStatement, Stance, Statement, fingerprint
from monitor.positions.track import Tracker

_START = datetime(2025, 1, 1, tzinfo=UTC)
_STANCES = tuple(Stance)
_DAYS = 730.5
_YEAR = 365.25
LASTING = 3
"""Statements under a stance from which on a change to it is not cut short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What is simulated: `pairs` streams of `length` statements over two years. `change_rate`: true changes a
    statement, `changes_per_year`: those that time brings; by default together one in forty statements.
    """

    pairs: int = 500
    length: int = 80
    change_rate: float = 1 / 80
    changes_per_year: float = 0.5
    seed: int = 20250217


@dataclass(frozen=True, slots=True)
class Stream:
    """The true stance at each statement, the stance that was read, and the statements as the tracker gets them."""

    truth: tuple[Stance, ...]
    seen: tuple[Stance, ...]
    statements: tuple[Statement, ...]


Told = list[tuple[int, Stance]]
"""Which stance was told at which statement, counted from 0."""


def simulate(streams: Streams, accuracy: float, assumed: float | None = None) -> list[Stream]:
    """The streams of one accuracy. Every reading is independent: a paper, a story and words of its own."""
    dice = random.Random(streams.seed)  # noqa: S311
    return [_stream(streams, accuracy, assumed or accuracy, dice) for _ in range(streams.pairs)]


def run(simulated: Sequence[Stream], tracker: Tracker) -> Tally:
    """What the tracker made of the streams."""
    return _count(simulated, (_by_tracker(tracker, stream) for stream in simulated))


def peers(simulated: Sequence[Stream]) -> dict[str, Tally]:
    """What others would make of the same streams: the last statement wins, or the majority of the last five."""
    return {
        "last statement wins": _count(simulated, (_by_last(s.seen) for s in simulated)),
        "majority of the last five": _count(simulated, (_by_majority(s.seen) for s in simulated)),
    }


def compare(seeds: Iterable[Streams], accuracy: float, tracker: Tracker, assumed: float | None = None) -> list[Score]:
    """Every way at one accuracy, on the same streams, summed over the seeds."""
    sums: dict[str, Tally] = {}
    for streams in seeds:
        simulated = simulate(streams, accuracy, assumed)
        for way, tally in {"volteface": run(simulated, tracker), **peers(simulated)}.items():
            sums[way] = sums.get(way, Tally()) + tally
    return [tally.score(way, accuracy) for way, tally in sums.items()]


def _stream(streams: Streams, accuracy: float, assumed: float, dice: random.Random) -> Stream:
    truth, seen, statements = [], [], []
    held, days = dice.choice(_STANCES), 0.0
    for number in range(streams.length):
        gap = dice.expovariate(streams.length / _DAYS) if number else 0.0
        days += gap
        if number and dice.random() < 1 - exp(-streams.change_rate - streams.changes_per_year * gap / _YEAR):
            held = dice.choice([s for s in _STANCES if s is not held])
        read = held if dice.random() < accuracy else dice.choice([s for s in _STANCES if s is not held])
        truth.append(held)
        seen.append(read)
        statements.append(_statement(number, read, assumed, _START + timedelta(days=days)))
    return Stream(tuple(truth), tuple(seen), tuple(statements))


def _by_tracker(tracker: Tracker, stream: Stream) -> Told:
    numbers = {s.seen_at: n for n, s in enumerate(stream.statements)}
    return [
        (numbers[change.confirmed_at], change.after)
        for change in tracker.fold("actor", "issue", stream.statements).changes
        if change.status is ChangeStatus.CONFIRMED and change.confirmed_at and change.after
    ]


def _statement(number: int, stance: Stance, confidence: float, moment: datetime) -> Statement:
    words = f"statement {number}"
    read = ReadStatement(
        holder="actor",
        issue="issue",
        stance=stance,
        evidence=Evidence("text", 0, len(words), words),
        confidence=confidence,
        said_at=moment,
        quoted=True,
    )
    return Statement(
        id=number,
        item_id=number,
        revision=1,
        story_id=number,
        publisher=f"paper {number}",
        url=None,
        item_title="",
        seen_at=moment,
        baseline=False,
        fingerprint=fingerprint("actor", "issue", stance, words),
        read=read,
    )


def _by_last(seen: Sequence[Stance]) -> Told:
    return [(n, s) for n, s in enumerate(seen) if n == 0 or s is not seen[n - 1]]


def _by_majority(seen: Sequence[Stance]) -> Told:
    told: Told = []
    for n in range(len(seen)):
        stance, count = Counter(seen[max(0, n - 4) : n + 1]).most_common(1)[0]
        if count >= 3 and (not told or told[-1][1] is not stance):
            told.append((n, stance))
    return told


def _count(simulated: Sequence[Stream], told: Iterable[Told]) -> Tally:
    total = Tally()
    for stream, calls in zip(simulated, told, strict=True):
        total += _count_one(stream.truth, calls)
    return total


def _count_one(truth: Sequence[Stance], calls: Told) -> Tally:
    """A change is found when its stance is told while it is held; one that the next cuts short before is missed."""
    turns = [n for n in range(1, len(truth)) if truth[n] is not truth[n - 1]]
    found = lasting = found_lasting = stood = 0
    delays: list[int] = []
    for turn, end in pairwise([*turns, len(truth)]):
        hit = next((n for n, stance in calls if turn <= n < end and stance is truth[turn]), None)
        lasts = end - turn >= LASTING
        lasting += lasts
        if hit is not None:
            found += 1
            found_lasting += lasts
            delays.append(hit - turn + 1)
        else:
            before = [stance for n, stance in calls if n < turn]
            stood += bool(before) and before[-1] is truth[turn]
    return Tally(
        statements=len(truth),
        false=sum(1 for n, stance in calls if truth[n] is not stance),
        changes=len(turns),
        found=found,
        lasting=lasting,
        found_lasting=found_lasting,
        stood=stood,
        delays=Counter(delays),
    )
