"""`volteface verdict reports`: what readers say is wrong, for an operator to look at."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import Annotated

import typer

from monitor.api.names import Names
from monitor.cli.boot import open_database, utc_now
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, say
from monitor.model.report import Report
from monitor.settings import load_settings
from storage.engine import Database
from storage.work import Work


def register(group: typer.Typer) -> None:
    """Adds the command to those on verdicts."""
    group.command()(reports)


def reports(
    done: Annotated[list[int] | None, typer.Option(help="Be done with this report; may be given again.")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Also those that somebody is done with.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    who: Annotated[str | None, typer.Option("--who", help="Who says so; by default the user of this machine.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List what readers say is wrong, newest first. A report changes nothing: verdicts do.

    Examples: [bold]volteface verdict reports[/], [bold]volteface verdict reports --done 3[/]
    """
    database = open_database(load_settings())
    try:
        if done:
            _close(database, done, who or getpass.getuser())
        with database.view() as work:
            found = work.reports.list(open_only=not all_of_them, limit=limit)
            rows = _rows(work, found)
    finally:
        database.close()
    if as_json:
        put_json([{**plain(report), "about": about, "statement": number} for report, about, number in rows])
        return
    if done:
        say(f"Done with {counted(len(done), 'report')}.")
    columns = ("id", "at", "reason", "about", "change", "statement", "note", "done by")
    shown = [
        (r.id, r.at, r.reason.value, about, r.change_id, number, r.note, r.closed_by or "") for r, about, number in rows
    ]
    put_table(columns, shown, empty="No reports.")


def _close(database: Database, reports: Sequence[int], who: str) -> None:
    now = utc_now()
    with database.work() as work:
        for report in reports:
            work.reports.close(report, who, now)
            work.audit.add(who, "report closed", str(report), {}, now)


def _rows(work: Work, found: Sequence[Report]) -> list[tuple[Report, str, int]]:
    """Each report with what it is about, and the statement that a verdict would be on."""
    names = Names(work.rules.current())
    changes = [work.positions.change(report.change_id).found for report in found]
    return [
        (report, f"{names.actor(change.actor)} on {names.issue(change.issue)}", change.after_statement)
        for report, change in zip(found, changes, strict=True)
    ]
