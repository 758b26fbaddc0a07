"""`volteface bench`: what is reached, beside a named other way of doing it, in the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from monitor.bench import frontier as frontier_bench
from monitor.bench import tracker as tracker_bench
from monitor.bench.tally import Score
from monitor.cli import bench_alerts, bench_desk, bench_judging, bench_polling, bench_preview, bench_reading
from monitor.cli.boot import tracker as made_tracker
from monitor.cli.boot import tracker_config
from monitor.cli.talk import JsonFlag, put_json, put_table, say, talk
from monitor.cli.written import write_text
from monitor.settings import load_settings

ACCURACIES = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97)
"""Shares of readings that are right, from poor to better than the extractor."""

Pairs = Annotated[int, typer.Option(min=1, help="Simulated actor × issue streams of one seed.")]
Length = Annotated[int, typer.Option(min=10, help="Statements in each, over two years.")]
Seed = Annotated[int, typer.Option(help="Seed of the simulation, of the first one if there are several.")]
Seeds = Annotated[int, typer.Option(min=1, help="How many seeds; their streams are counted together.")]

group = typer.Typer(help="Benchmarks; each prints its figures beside those of a named peer.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    bench_reading.register(group)
    bench_polling.register(group)
    bench_judging.register(group)
    bench_preview.register(group)
    bench_alerts.register(group)
    bench_desk.register(group)
    app.add_typer(group, name="bench")


@group.callback()
def _group() -> None:
    pass


@group.command()
def tracker(
    pairs: Pairs = 500,
    length: Length = 80,
    seed: Seed = 20250217,
    seeds: Seeds = 5,
    assumed: Annotated[
        float | None, typer.Option(min=0.3, max=1, help="Accuracy that the tracker is told instead of the true one.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """False, missed and late changes on simulated streams, over accuracies of the extractor.

    Example: [bold]volteface bench tracker --pairs 100[/]
    """
    streams = _streams(pairs, length, seed, seeds)
    followed = made_tracker(load_settings())
    scores: list[Score] = []
    for accuracy in track(ACCURACIES, description="Simulating", console=talk(), transient=True):
        scores += tracker_bench.compare(streams, accuracy, followed, assumed)
    if as_json:
        put_json(scores)
        return
    columns = ("accuracy", "way", "false / 1000", "95 %", "found", "of lasting", "cut short", "stood", "median delay")
    put_table(columns, [_row(s) for s in scores], empty="")
    say(
        "found: told while it was held; a change that the next cut short before (cut short: under three statements) is "
        "missed, and so is one back to what had been told and stood all the while (stood)."
    )


@group.command()
def frontier(
    pairs: Pairs = 200,
    length: Length = 80,
    seed: Seed = 20250217,
    seeds: Seeds = 1,
    csv: Annotated[Path | None, typer.Option(help="Write the points to this file, too.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Draw found against false in this file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """What other thresholds and assumed rates of change would trade: false changes against found ones and delay.

    Example: [bold]volteface bench frontier --svg frontier.svg[/]
    """
    base = tracker_config(load_settings())
    streams = _streams(pairs, length, seed, seeds)
    points: list[frontier_bench.Point] = []
    for accuracy in track(ACCURACIES, description="Simulating", console=talk(), transient=True):
        points += frontier_bench.trace(streams, (accuracy,), base)
    for file, text in ((csv, frontier_bench.as_csv(points)), (svg, frontier_bench.as_svg(points))):
        if file is not None:
            write_text(file, text)
    if as_json:
        put_json(points)
        return
    put_table(("threshold", "rates", *(f"{a:.2f}" for a in ACCURACIES)), _grid(points), empty="")
    say(
        "Each cell: false changes per 1,000 statements / share found / median delay; columns: accuracy of the readings."
    )


def _streams(pairs: int, length: int, seed: int, seeds: int) -> list[tracker_bench.Streams]:
    first = tracker_bench.Streams(pairs=pairs, length=length, seed=seed)
    rate = first.change_rate + first.changes_per_year * 2 / length
    say(f"{seeds} × {pairs} streams of {length} statements, one true change in {1 / rate:.0f} on average…")
    return [replace(first, seed=seed + number) for number in range(seeds)]


def _row(s: Score) -> Sequence[object]:
    low, high = s.false_interval
    return (
        f"{s.accuracy:.2f}", s.way, f"{s.false_per_1000:.2f}", f"{low:.2f} to {high:.2f}", f"{s.found:.1%}",
        f"{s.found_lasting:.1%}", f"{s.cut_short:.0%}", f"{s.stood:.0%}", f"{s.delay:g}",
    )  # fmt: skip


def _grid(points: Sequence[frontier_bench.Point]) -> list[Sequence[object]]:
    rows: dict[tuple[float, float], list[object]] = {}
    for point in points:
        s = point.score
        cells = rows.setdefault((point.threshold, point.hazard), [f"{point.threshold:g}", f"× {point.hazard:g}"])
        cells.append(f"{s.false_per_1000:.2f} / {s.found:.0%} / {s.delay:g}")
    return list(rows.values())
