"""`volteface why`: why somebody was told of a change, or was not."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.alerts.targets import mask
from monitor.cli.boot import open_database
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, put_json, put_table, put_text
from monitor.model.alert import Audience
from monitor.pipeline.why import Why, why_all
from monitor.pipeline.why import why as why_one
from monitor.settings import load_settings
from storage.work import Work


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command()(why)


def why(
    change: Annotated[int, typer.Argument(help="The change's id; `volteface changes` shows them.")],
    subscriber: Annotated[
        str | None, typer.Argument(help="A subscription's id, or a subscriber's name; without one, all.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say why a subscription was told of a change, or was not: one line for each.

    Examples: [bold]volteface why 12 3[/], [bold]volteface why 12 desk[/], [bold]volteface why 12[/]
    """
    database = open_database(load_settings())
    try:
        with database.view() as work:
            found = _found(work, change, subscriber)
    finally:
        database.close()
    if as_json:
        put_json([_row(one) for one in found])
    elif subscriber is not None and len(found) == 1:
        put_text(found[0].line)
    else:
        rows = [
            (s.id, s.subscriber, s.channel, mask(s.channel, s.target), one.line)
            for one in found
            for s in [one.subscription]
        ]
        columns = ("id", "subscriber", "channel", "target", "why")
        put_table(columns, rows, empty="Nobody is subscribed to changes; `volteface subscribe` makes a subscription.")


def _found(work: Work, change_id: int, subscriber: str | None) -> list[Why]:
    """The lines that were asked for. Raises CommandError, NotFound."""
    change, rules = work.positions.change(change_id), work.rules.current()
    if subscriber is None:
        return why_all(work, change, rules)
    named = [work.subscriptions.get(int(subscriber))] if subscriber.isdecimal() else work.subscriptions.of(subscriber)
    if not named:
        raise CommandError(
            f"nobody is called {subscriber}; `volteface subscriptions list` shows who subscribes", Exit.NOT_FOUND
        )
    changes = [subscription for subscription in named if subscription.audience is Audience.CHANGES]
    if not changes:
        raise CommandError(f"{subscriber} is told of troubles, not of changes", Exit.USAGE)
    return [why_one(work, change, subscription, rules) for subscription in changes]


def _row(found: Why) -> dict[str, object]:
    asked = found.subscription
    return {
        "subscription": asked.id,
        "subscriber": asked.subscriber,
        "channel": asked.channel,
        "target": mask(asked.channel, asked.target),
        "why": found.line,
        "alert": found.alert,
    }
