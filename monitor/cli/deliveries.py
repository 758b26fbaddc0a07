"""`volteface deliveries`: what was sent, what failed, and sending it again."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.alerts.targets import mask
from monitor.cli.boot import open_database, utc_now
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, say
from monitor.model.alert import DeliveryStatus
from monitor.settings import load_settings

group = typer.Typer(help="The deliveries.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(group, name="deliveries")


@group.command("list")
def list_deliveries(
    status: Annotated[DeliveryStatus | None, typer.Option(help="Only those; `dead` are the dead letters.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """List deliveries, newest first: which target, how often tried, what the other side said.

    Example: [bold]volteface deliveries list --status dead[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = work.alerts.deliveries(status, limit)
    database.close()
    if as_json:
        put_json([{**plain(d), "target": mask(d.channel, d.target)} for d in found])
        return
    rows = [
        (
            d.id,
            d.created_at,
            d.channel,
            mask(d.channel, d.target),
            d.status,
            d.attempts,
            d.next_attempt_at,
            d.last_error or "",
            d.subject,
        )
        for d in found
    ]
    columns = ("id", "made", "channel", "target", "status", "tries", "next try", "last error", "subject")
    put_table(columns, rows, empty="No deliveries.")


@group.command()
def retry(
    deliveries: Annotated[list[int], typer.Argument(help="Ids of dead letters.")], as_json: JsonFlag = False
) -> None:
    """Send dead letters again, under the same id and with the same words.

    Example: [bold]volteface deliveries retry 12 13[/]
    """
    database = open_database(load_settings())
    try:
        with database.work() as work:
            for one in deliveries:
                work.alerts.retry(one, utc_now())
                work.audit.add("cli", "delivery retried", str(one), {}, utc_now())
    finally:
        database.close()
    if as_json:
        put_json({"retried": deliveries})
        return
    wait = "waits" if len(deliveries) == 1 else "wait"
    say(f"{counted(len(deliveries), 'delivery', 'deliveries')} {wait} for the worker's next tick.")
