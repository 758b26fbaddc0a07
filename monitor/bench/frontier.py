"""What the tracker trades: false changes against found ones and delay, over thresholds and assumed rates of change.

Each point is measured with the product's own fold on the same streams. The threshold of first positions goes along with
the other: its odds stay in the same proportion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.bench.drawing import Chart, Line
from monitor.bench.tally import Score, Tally
from monitor.bench.tracker import Stream, Streams, run, simulate
from monitor.positions.track import FilterTracker, TrackerConfig

THRESHOLDS = (0.85, 0.9, 0.925, 0.945, 0.96, 0.975, 0.99)
HAZARDS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Assumed rates of change, as multiples of those that the model assumes."""
_COLUMNS = (
    "threshold", "hazard", "accuracy", "false_per_1000", "false_low", "false_high", "found", "found_lasting", "delay"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of the tracker and what it reaches at one accuracy. `hazard`: multiple of the assumed rates."""

    threshold: float
    hazard: float
    score: Score


def configurations(base: TrackerConfig) -> Iterator[tuple[float, float, TrackerConfig]]:
    """Thresholds under the rates of `base`, then other rates under its threshold: (threshold, hazard,
    configuration).
    """
    for threshold in sorted({*THRESHOLDS, base.threshold}):
        yield threshold, 1.0, _at(base, threshold)
    for hazard in HAZARDS:
        if hazard != 1.0:
            model = replace(
                base.model,
                change_rate=base.model.change_rate * hazard,
                changes_per_year=base.model.changes_per_year * hazard,
            )
            yield base.threshold, hazard, replace(base, model=model)


def trace(seeds: Sequence[Streams], accuracies: Iterable[float], base: TrackerConfig) -> Iterator[Point]:
    """Every configuration at every accuracy, one accuracy after the other."""
    for accuracy in accuracies:
        simulated: list[Stream] = [stream for streams in seeds for stream in simulate(streams, accuracy)]
        for threshold, hazard, configuration in configurations(base):
            tally: Tally = run(simulated, FilterTracker(configuration))
            yield Point(threshold, hazard, tally.score("volteface", accuracy))


def as_csv(points: Iterable[Point]) -> str:
    """One line a point, with a header."""
    lines = [",".join(_COLUMNS)]
    for point in points:
        s = point.score
        low, high = s.false_interval
        values = (s.false_per_1000, low, high, s.found, s.found_lasting)
        lines.append(
            f"{point.threshold:g},{point.hazard:g},{s.accuracy:g},"
            + ",".join(f"{v:.4f}" for v in values)
            + f",{s.delay:g}"
        )
    return "\n".join(lines) + "\n"


def as_svg(points: Iterable[Point]) -> str:
    """False changes against found ones, a line an accuracy, a dot a threshold; the limit of one in a thousand
    marked.
    """
    lines: dict[float, list[tuple[float, float]]] = {}
    for point in points:
        if point.hazard == 1.0:
            lines.setdefault(point.score.accuracy, []).append((point.score.false_per_1000, point.score.found))
    drawn = tuple(Line(f"{accuracy:.2f}", tuple(sorted(dots))) for accuracy, dots in lines.items())
    most = max((x for line in drawn for x, _ in line.points), default=1.0)
    chart = Chart(
        title="Changes found against false ones, by accuracy of the readings; a dot is a threshold",
        across="false confirmed changes per 1,000 statements",
        up="share of true changes found",
        span_across=(0.0, max(2.0, most)),
        span_up=(0.5, 1.0),
        lines=drawn,
        limit=1.0,
    )
    return chart.svg()


def _at(base: TrackerConfig, threshold: float) -> TrackerConfig:
    """The configuration with another threshold, and that of first positions at the same proportion of odds."""
    odds = _odds(threshold) * _odds(base.first_threshold) / _odds(base.threshold)
    return replace(base, threshold=threshold, first_threshold=odds / (1 + odds))


def _odds(probability: float) -> float:
    return probability / (1 - probability)
