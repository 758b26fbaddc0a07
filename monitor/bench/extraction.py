"""How well statements are read: precision, recall and F1 against gold, by stance, with bootstrap intervals.

An interval is the middle 95 % of the figure over resamples with replacement (Efron 1979, the percentile method). Over
documents it says what another handful of articles might give, for statements of one article stand and fall together;
over items (document, actor, issue) it takes them for independent, and is too narrow.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.bench.gold import Given, GoldRow, Key, surest
from monitor.model.statement import Stance

RESAMPLES = 2000
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure 0..1 with its 95 % intervals over documents and over items."""

    value: float
    by_document: Interval
    by_item: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Precision, recall and F1 of one thing; `hits` of `wanted` wanted ones were found among `given`."""

    name: str
    wanted: int
    given: int
    hits: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All figures. `measures`: pair, pair+stance, then each stance; `stance_right`: the share of right stances among
    the pairs found.
    """

    measures: tuple[Measure, ...]
    stance_right: Figure
    documents: int


_Counts = tuple[int, ...]
"""Wanted, given, found, right; then for each stance: wanted, given, right by the gold's stance, right by the given
one.
"""


def measure(
    gold: Mapping[Key, GoldRow], given: Iterable[Given], *, resamples: int = RESAMPLES, seed: int = 0
) -> Extraction:
    """What was given against the gold; a stance that the gold allows besides its own counts as right."""
    items = _counted(gold, surest(given, gold))
    documents: dict[str, list[_Counts]] = {key[0]: [] for key in gold}
    for key, counts in items.items():
        documents[key[0]].append(counts)
    whole = _sum(items.values())
    dice = random.Random(seed)  # noqa: S311
    drawn = (
        _resampled([_sum(counts) for counts in documents.values()], resamples, dice),
        _resampled(list(items.values()), resamples, dice),
    )
    parts = [("pair", 0, 1, 2, 2), ("pair+stance", 0, 1, 3, 3)]
    parts += [(str(s), *range(4 + 4 * n, 8 + 4 * n)) for n, s in enumerate(Stance)]
    return Extraction(
        measures=tuple(_measure(part, whole, drawn) for part in parts),
        stance_right=_figure(lambda c: _share(c[3], c[2]), whole, drawn),
        documents=len(documents),
    )


def _counted(gold: Mapping[Key, GoldRow], best: Mapping[Key, Given]) -> dict[Key, _Counts]:
    counted: dict[Key, _Counts] = {}
    for key in sorted({*gold, *best}):
        row, given = gold.get(key), best.get(key)
        if row is not None and row.optional:
            continue
        found = row is not None and given is not None
        right = row is not None and given is not None and given.stance in row.right
        counts = [row is not None, given is not None, found, right]
        for stance in Stance:
            wanted, offered = row is not None and row.stance is stance, given is not None and given.stance is stance
            counts += [wanted, offered, wanted and right, offered and right]
        counted[key] = tuple(map(int, counts))
    return counted


def _sum(counts: Iterable[_Counts]) -> _Counts:
    return tuple(map(sum, zip(*counts, strict=True))) or (0,) * (4 + 4 * len(Stance))


def _resampled(units: Sequence[_Counts], resamples: int, dice: random.Random) -> list[_Counts]:
    return [_sum(dice.choices(units, k=len(units))) for _ in range(resamples)]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _figure(of: Callable[[_Counts], float], whole: _Counts, drawn: tuple[list[_Counts], list[_Counts]]) -> Figure:
    by_document, by_item = (_middle([of(counts) for counts in units]) for units in drawn)
    return Figure(value=of(whole), by_document=by_document, by_item=by_item)


def _middle(values: list[float]) -> Interval:
    if not values:
        return 0.0, 1.0
    values.sort()
    return values[int(0.025 * len(values))], values[min(int(0.975 * len(values)), len(values) - 1)]


def _measure(
    part: tuple[str, int, int, int, int], whole: _Counts, drawn: tuple[list[_Counts], list[_Counts]]
) -> Measure:
    name, wanted, given, by_gold, by_given = part

    def precision(c: _Counts) -> float:
        return _share(c[by_given], c[given])

    def recall(c: _Counts) -> float:
        return _share(c[by_gold], c[wanted])

    def f1(c: _Counts) -> float:
        p, r = precision(c), recall(c)
        return 2 * p * r / (p + r) if p + r else 0.0

    return Measure(
        name=name,
        wanted=whole[wanted],
        given=whole[given],
        hits=whole[by_gold],
        precision=_figure(precision, whole, drawn),
        recall=_figure(recall, whole, drawn),
        f1=_figure(f1, whole, drawn),
    )
