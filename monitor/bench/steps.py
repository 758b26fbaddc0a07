"""Where the time of reading goes: the share of each step, by the module in which the interpreter spends it."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

_STEPS = (
    ("match", ("/rules/",)),
    ("furniture and language", ("/positions/furniture", "/language_of", "/items/")),
    ("sentences and words", ("/grammar/sentences", "/grammar/tokens", "/grammar/inflection", "/grammar/clauses")),
    (
        "cues and mentions",
        ("/grammar/analysis", "/grammar/cues", "/grammar/mentions", "/grammar/language", "/grammar/matters"),
    ),
    ("judge", ("/grammar/stance", "/grammar/confidence")),
    ("finder", ("/grammar/",)),
    ("rest of ours", ("/monitor/",)),
)
"""Steps by the modules that they live in; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class StepShare:
    """The share 0..1 of the time that was spent in a step, and the function that took most of it."""

    step: str
    share: float
    most: str


def profile(work: Callable[[], object]) -> tuple[StepShare, ...]:
    """Runs `work` under the profiler; the largest share first. Time in C functions counts for whoever called them."""
    profiler = cProfile.Profile(builtins=False)
    profiler.runcall(work)
    spent: Counter[str] = Counter()
    functions: dict[str, Counter[str]] = {}
    for (file, _line, name), row in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        own, place = row[2], PurePath(file).as_posix()
        step = next((step for step, parts in _STEPS if any(part in place for part in parts)), "Python's own")
        spent[step] += own
        functions.setdefault(step, Counter())[f"{PurePath(file).stem}.{name}"] += own
    total = sum(spent.values()) or 1.0
    return tuple(
        StepShare(step, own / total, functions[step].most_common(1)[0][0]) for step, own in spent.most_common()
    )
