"""`volteface bench desk`: how long pages take, beside a plain query as JSON."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, put_json, put_table, say, talk

if TYPE_CHECKING:
    from monitor.bench.desk import Measured
    from monitor.bench.desk_world import Size
    from storage.engine import Database

TARGET_MS = 100.0
"""What a page may take at 100,000 items and 2,000 positions."""

Items = Annotated[int, typer.Option(min=1_000, max=2_000_000, help="Generated items, spread over a year.")]
Positions = Annotated[int, typer.Option(min=10, max=3_000, help="Positions, each on eight statements.")]


def register(group: typer.Typer) -> None:
    """Adds the command of this file."""
    group.command(name="desk")(desk)


def desk(
    items: Items = 100_000,
    positions: Positions = 2_000,
    repeats: Annotated[int, typer.Option(min=1, help="Requests to each page that are counted.")] = 30,
    seed: Annotated[int, typer.Option(help="Seed of the generated texts.")] = 20250217,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the database in this file, or use the one that is there.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Time for each page over a generated SQLite database, beside plain SQL dumped as JSON.

    Example: [bold]volteface bench desk --items 10000 --positions 300[/]
    """
    from monitor.bench import desk as bench
    from monitor.bench import desk_world
    from monitor.bench.desk_pages import PAGES
    from monitor.settings import Settings
    from monitor.web.app import create_app
    from storage.engine import Database

    size = desk_world.Size(items=items, positions=positions)
    try:
        desk_world.pairs(size)
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from None
    with tempfile.TemporaryDirectory(prefix="volteface-bench-") as folder:
        database = Database(f"sqlite:///{keep or Path(folder) / 'desk.db'}")
        try:
            with Progress(console=talk(), transient=True) as bar:
                _fill(database, size, seed, bar)
                app = create_app(database, Settings(data_dir=Path(folder)), clock=lambda: desk_world.NOW)
                task = bar.add_task("Asking pages", total=len(PAGES))
                measured = bench.measure(database, app, desk_world.NOW, repeats, lambda done: bar.advance(task, done))
        finally:
            database.close()
    if as_json:
        put_json(measured)
    else:
        _put(measured)


def _fill(database: Database, size: Size, seed: int, bar: Progress) -> None:
    """Stores what is measured over, unless it is there from an earlier run."""
    from monitor.bench import desk_people, desk_world

    database.upgrade()
    with database.view() as work:
        there = work.standings.count()
    if not there:
        task = bar.add_task("Storing items", total=size.steps)
        desk_world.fill(database, size, seed, lambda done: bar.advance(task, done))
    desk_people.settle(database, desk_world.NOW)


def _put(measured: list[Measured]) -> None:
    columns = ("page", "KB", "ms p50", "ms p95", "cpu p50", "cpu p95", "plain JSON, cpu p50", "ratio")
    put_table(columns, [_row(one) for one in measured], empty="")
    slow = [one.page for one in measured if one.ours.processor_p95 > TARGET_MS]
    say(f"over {TARGET_MS:.0f} ms of processor time (p95): {', '.join(slow)}" if slow
        else f"no page takes more than {TARGET_MS:.0f} ms of processor time (p95)")  # fmt: skip


def _row(one: Measured) -> tuple[object, ...]:
    ours = one.ours
    return (
        one.page, f"{one.bytes / 1000:.0f}", f"{ours.wall_p50:.1f}", f"{ours.wall_p95:.1f}",
        f"{ours.processor_p50:.1f}", f"{ours.processor_p95:.1f}", f"{one.peer.processor_p50:.1f}", f"{one.ratio:.1f} ×",
    )  # fmt: skip
