"""The tracker on simulated streams: false, missed and late changes, beside the two ways that others would do it.

A stream is one actor on one issue. The true stance changes from one statement to the next with a given chance; each
statement is read rightly with a given accuracy, otherwise as one of the two other stances. The tracker does not know
the truth. Everything follows from the seed.
"""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from monitor.model.position import ChangeStatus
from monitor.model.statement import Evidence, ReadStatement, Stance, Statement, fingerprint
from monitor.positions.track import Tracker

_START = datetime(2025, 1, 1, tzinfo=UTC)
_STANCES = tuple(Stance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What is simulated: `pairs` streams of `length` statements over two years."""

    pairs: int = 500
    length: int = 80
    change_rate: float = 1 / 40
    seed: int = 20250217


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one way of tracking reached at one accuracy.

    `false_per_1000`: confirmed changes to a stance that is not held at that moment, per thousand statements. `found`:
    the share of true changes that were told before the next one came. `cut_short`: the share that had fewer than three
    statements before the next change; they count as missed when they were not told. `delay`: the median number of
    statements from the change to its confirmation, the first one included.
    """

    way: str
    accuracy: float
    false_per_1000: float
    found: float
    cut_short: float
    delay: float


Told = list[tuple[int, Stance]]
"""Which stance was told at which statement, counted from 0."""


def run(streams: Streams, accuracies: Sequence[float], tracker: Tracker) -> list[Score]:
    """Every way at every accuracy, on the same streams."""
    ways: dict[str, Callable[[Sequence[Stance], float], Told]] = {
        "volteface": lambda seen, accuracy: _by_tracker(tracker, seen, accuracy),
        "last statement wins": lambda seen, _: _by_last(seen),
        "majority of the last five": lambda seen, _: _by_majority(seen),
    }
    scores = []
    for accuracy in accuracies:
        dice = random.Random(streams.seed)  # noqa: S311
        simulated = [_stream(streams, accuracy, dice) for _ in range(streams.pairs)]
        for way, tell in ways.items():
            told = [tell(seen, accuracy) for _, seen in simulated]
            scores.append(_score(way, accuracy, [truth for truth, _ in simulated], told))
    return scores


def _stream(streams: Streams, accuracy: float, dice: random.Random) -> tuple[list[Stance], list[Stance]]:
    truth, seen = [], []
    held = dice.choice(_STANCES)
    for number in range(streams.length):
        if number and dice.random() < streams.change_rate:
            held = dice.choice([s for s in _STANCES if s is not held])
        truth.append(held)
        right = dice.random() < accuracy
        seen.append(held if right else dice.choice([s for s in _STANCES if s is not held]))
    return truth, seen


def _by_tracker(tracker: Tracker, seen: Sequence[Stance], accuracy: float) -> Told:
    statements = [_statement(n, stance, accuracy) for n, stance in enumerate(seen)]
    numbers = {s.seen_at: n for n, s in enumerate(statements)}
    return [
        (numbers[change.confirmed_at], change.after)
        for change in tracker.fold("actor", "issue", statements).changes
        if change.status is ChangeStatus.CONFIRMED and change.confirmed_at and change.after
    ]


def _statement(number: int, stance: Stance, accuracy: float) -> Statement:
    """A statement of its own paper, story and words: every reading is independent, as the simulation has it."""
    moment = _START + timedelta(days=9 * number)
    words = f"statement {number}"
    read = ReadStatement(
        holder="actor",
        issue="issue",
        stance=stance,
        evidence=Evidence("text", 0, len(words), words),
        confidence=accuracy,
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


def _score(way: str, accuracy: float, truths: Sequence[Sequence[Stance]], told: Sequence[Told]) -> Score:
    false = true = found = short = 0
    delays: list[int] = []
    for truth, calls in zip(truths, told, strict=True):
        false += sum(1 for n, stance in calls if truth[n] is not stance)
        turns = [n for n in range(1, len(truth)) if truth[n] is not truth[n - 1]]
        for turn, end in pairwise([*turns, len(truth)]):
            true += 1
            short += end - turn < 3
            hit = next((n for n, stance in calls if turn <= n < end and stance is truth[turn]), None)
            if hit is not None:
                found += 1
                delays.append(hit - turn + 1)
    statements = sum(map(len, truths))
    return Score(
        way=way,
        accuracy=accuracy,
        false_per_1000=1000 * false / statements,
        found=found / true if true else 1.0,
        cut_short=short / true if true else 0.0,
        delay=statistics.median(delays) if delays else 0.0,
    )
