"""`volteface verdict reports`: what readers say is wrong, for an operator to look at."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from monitor.api.names import Names
from monitor.cli.boot import open_database, utc_now
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, say
from monitor.settings import load_settings


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
            with database.work() as work:
                for report in done:
                    work.reports.close(report, who or getpass.getuser(), utc_now())
                    work.audit.add("cli", "report closed", str(report), {}, utc_now())
        with database.view() as work:
            found = work.reports.list(open_only=not all_of_them, limit=limit)
            changes = {report.change_id: work.positions.change(report.change_id) for report in found}
            names = Names(work.rules.current())
    finally:
        database.close()
    about = {
        number: f"{names.actor(change.found.actor)} on {names.issue(change.found.issue)}"
        for number, change in changes.items()
    }
    statements = {number: change.found.after_statement for number, change in changes.items()}
    if as_json:
        put_json([{**plain(r), "about": about[r.change_id], "statement": statements[r.change_id]} for r in found])
        return
    if done:
        say(f"Done with {counted(len(done), 'report')}.")
    rows = [
        (
            r.id,
            r.at,
            r.reason.value,
            about[r.change_id],
            r.change_id,
            statements[r.change_id],
            r.note,
            r.closed_by or "",
        )
        for r in found
    ]
    columns = ("id", "at", "reason", "about", "change", "statement", "note", "done by")
    put_table(columns, rows, empty="No reports.")
