"""`volteface bench`: what is reached, beside a named other way of doing it, in the same run."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import track

from monitor.bench import tracker as tracker_bench
from monitor.cli.boot import tracker as made_tracker
from monitor.cli.talk import JsonFlag, put_json, put_table, say, talk
from monitor.settings import load_settings

ACCURACIES = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97)
"""Shares of readings that are right, from poor to better than the extractor."""

group = typer.Typer(help="Benchmarks; each prints its figures beside those of a named peer.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(group, name="bench")


@group.callback()
def _group() -> None:
    pass


@group.command()
def tracker(
    pairs: Annotated[int, typer.Option(min=1, help="Simulated actor × issue streams.")] = 500,
    length: Annotated[int, typer.Option(min=10, help="Statements in each.")] = 80,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 20250217,
    as_json: JsonFlag = False,
) -> None:
    """False, missed and late changes on simulated streams, over accuracies of the extractor.

    Example: [bold]volteface bench tracker --pairs 100[/]
    """
    streams = tracker_bench.Streams(pairs=pairs, length=length, seed=seed)
    say(f"{pairs} streams of {length} statements, one true change in {1 / streams.change_rate:.0f} on average…")
    followed = made_tracker(load_settings())
    scores = []
    for accuracy in track(ACCURACIES, description="Simulating", console=talk(), transient=True):
        scores += tracker_bench.run(streams, (accuracy,), followed)
    if as_json:
        put_json(scores)
        return
    columns = ("accuracy", "way", "false / 1000", "found", "cut short", "median delay")
    rows = [
        (f"{s.accuracy:.2f}", s.way, f"{s.false_per_1000:.2f}", f"{s.found:.0%}", f"{s.cut_short:.0%}", f"{s.delay:g}")
        for s in scores
    ]
    put_table(columns, rows, empty="")
