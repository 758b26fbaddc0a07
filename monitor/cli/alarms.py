"""`volteface alarms`: the troubles that operators are told of."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.boot import open_database
from monitor.cli.talk import JsonFlag, plain, put_json, put_table
from monitor.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(alarms)


def alarms(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over, newest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """List what is in trouble now: feeds, deliveries, the disk, the worker, offices that ended.

    The worker looks once a minute. Operators are told through subscriptions made with `--operations`.
    Example: [bold]volteface alarms --all[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = work.alarms.recent(limit) if every else work.alarms.open()[:limit]
    database.close()
    if as_json:
        put_json([plain(alarm) for alarm in found])
        return
    rows = [(a.kind, a.detail["name"], a.since, a.over_at or "", a.detail["words"], a.detail["remedy"]) for a in found]
    put_table(("kind", "what", "since", "over", "words", "remedy"), rows, empty="Nothing is in trouble.")
