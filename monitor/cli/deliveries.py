"""`volteface deliveries`: what was sent, what failed, and sending it again."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.alerts.targets import mask
from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, put_text, say
from monitor.model.alert import DeliveryStatus
from monitor.pipeline.redelivery import Redelivery
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
def show(delivery: Annotated[int, typer.Argument(help="Its id.")], as_json: JsonFlag = False) -> None:
    """Show one: every attempt, and what the other side said last, in its own words.

    Example: [bold]volteface deliveries show 12[/]
    """
    database = open_database(load_settings())
    try:
        with database.view() as work:
            found, attempts = work.alerts.delivery(delivery), work.alerts.attempts(delivery)
    finally:
        database.close()
    target = mask(found.channel, found.target)
    if as_json:
        put_json({**plain(found), "target": target, "tries": [plain(attempt) for attempt in attempts]})
        return
    say(f"{found.subject}: {found.status}, to {found.subscriber} by {found.channel} at {target}, as {found.alert_id}.")
    rows = [(a.n, a.at, "ok" if a.ok else "failed", a.status, a.error or "") for a in attempts]
    put_table(("try", "at", "ended", "status", "error"), rows, empty="Not tried yet.")
    if found.last_answer:
        say("What the other side said last:")
        put_text(found.last_answer)


@group.command()
def retry(
    deliveries: Annotated[list[int] | None, typer.Argument(help="Ids of dead letters.")] = None,
    subscription: Annotated[int | None, typer.Option(help="All dead letters of this subscription.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Send dead letters again, under the same id and with the same words.

    A digest leaves out what was taken back meanwhile, and says so; of what was taken back alone, nothing is sent.

    Examples: [bold]volteface deliveries retry 12 13[/], [bold]volteface deliveries retry --subscription 3[/]
    """
    if bool(deliveries) == (subscription is not None):
        raise CommandError("say which: ids of dead letters, or --subscription with the id of one", Exit.USAGE)
    settings = load_settings()
    again, left_out = Redelivery(label=settings.label, public_url=settings.public_url), 0
    database = open_database(settings)
    try:
        with database.work() as work:
            if subscription is not None:
                off = work.subscriptions.get(subscription).disabled_at is not None
                deliveries = work.alerts.dead(subscription)
                if off and deliveries:
                    say(f"Subscription {subscription} is off: `volteface subscriptions enable {subscription}` as well.")
            for one in deliveries or ():
                left_out += again.retry(work, one, utc_now())
                work.audit.add("cli", "delivery retried", str(one), {}, utc_now())
    finally:
        database.close()
    if as_json:
        put_json({"retried": deliveries or [], **({"left_out": left_out} if left_out else {})})
        return
    if not deliveries:
        say(f"Subscription {subscription} has no dead letters.")
        return
    wait = "waits" if len(deliveries) == 1 else "wait"
    say(f"{counted(len(deliveries), 'delivery', 'deliveries')} {wait} for the worker's next tick.")
    if left_out:
        say(f"{counted(left_out, 'change')} taken back since {'is' if left_out == 1 else 'are'} left out of digests.")
