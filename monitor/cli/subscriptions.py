"""`volteface subscriptions`: who is told what; what they would have been told; editing, stopping, starting again."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from monitor.alerts.targets import mask
from monitor.alerts.timing_words import in_words
from monitor.cli import confirmation, rotation
from monitor.cli import subscription_options as option
from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.subscribe import check_fits, note_on, subscribe
from monitor.cli.subscription_rows import row_of, state, wants, what_changed
from monitor.cli.talk import JsonFlag, plain, put_json, put_table, say
from monitor.model.alert import Audience, Subscription
from monitor.pipeline.subscribing import AccountOff
from monitor.pipeline.subscribing import edit as edited
from monitor.pipeline.subscribing import enable as enabled
from monitor.pipeline.trial_words import trial_words
from monitor.pipeline.why import state_of
from monitor.settings import load_settings

group = typer.Typer(help="The subscriptions.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Its id.")]
_RECENT = 10


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(subscribe)
    confirmation.register(group)
    rotation.register(group)
    app.add_typer(group, name="subscriptions")


@group.command("list")
def list_subscriptions(as_json: JsonFlag = False) -> None:
    """List the subscriptions; addresses are masked, secrets never shown.

    Example: [bold]volteface subscriptions list[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = work.subscriptions.all(active_only=False, audience=None)
    database.close()
    if as_json:
        put_json([row_of(s) for s in found])
        return
    rows = [
        (s.id, s.subscriber, s.channel, mask(s.channel, s.target), wants(s), in_words(s.timing), state(s))
        for s in found
    ]
    columns = ("id", "subscriber", "channel", "target", "wants", "when", "state")
    put_table(columns, rows, empty="No subscriptions yet; `volteface subscribe` makes one.")


@group.command()
def show(subscription: Number, as_json: JsonFlag = False) -> None:
    """Show one: what it wants, each version of that, and what it was told lately.

    Example: [bold]volteface subscriptions show 3[/]
    """
    database = open_database(load_settings())
    try:
        with database.view() as work:
            found = work.subscriptions.get(subscription)
            versions = work.subscriptions.versions(subscription)
            alerts = [
                {
                    "id": a.id,
                    "at": a.created_at,
                    "kind": a.kind,
                    "subject": a.subject,
                    "state": state_of(work, a, found),
                }
                for a in work.alerts.of_subscription(subscription, _RECENT)
            ]
    finally:
        database.close()
    if as_json:
        put_json({**row_of(found), "versions": [plain(v) for v in versions], "alerts": alerts})
        return
    say(f"{found.subscriber} by {found.channel} to {mask(found.channel, found.target)}: {wants(found)}.")
    say(f"{in_words(found.timing)}; {state(found)}.")
    if found.next_digest_at:
        say(f"Next digest: {found.next_digest_at:%Y-%m-%d %H:%M} UTC.")
    lines = what_changed(versions)
    rows = [(v.n, v.at, v.who, v.why, line) for v, line in zip(versions, lines, strict=True)]
    put_table(("version", "since (UTC)", "who", "why", "what"), rows, empty="No versions.", title="Versions")
    put_table(
        ("at (UTC)", "subject", "state", "alert"),
        [(a["at"], a["subject"], a["state"], a["id"]) for a in alerts],
        empty="Nothing was told yet.",
        title="Told lately",
    )


@group.command()
@option.takes_options
def edit(
    subscription: Number,
    why: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    who: Annotated[str, typer.Option(help="Who decided it, for the record.")] = "cli",
    as_json: JsonFlag = False,
    *,
    options: dict[str, Any],
) -> None:
    """Change what a subscription wants, and when. What is not named stays; each change is a version.

    Examples: [bold]volteface subscriptions edit 3 --cadence weekly --weekday fri --why "asked by mail"[/]
    [bold]volteface subscriptions edit 3 --actor ""[/] lets all actors in again.
    """
    if not options:
        raise CommandError("say what is to change, as --cadence daily or --quiet none; --help lists all", Exit.USAGE)
    settings = load_settings()
    database = open_database(settings)
    try:
        with database.view() as work:
            was = work.subscriptions.get(subscription)
        asked = _asked(was, options)
        option.known_rules(database, settings, asked.filter)
        found = None if was.audience is Audience.OPERATIONS else option.tried(database, asked)
        with database.work() as work:
            made = edited(work, subscription, asked.filter, asked.timing, who=who, why=why, now=utc_now())
    finally:
        database.close()
    if as_json:
        put_json({**row_of(made), "would_have_brought": None if found is None else option.trial_row(found)})
        return
    say(f"Subscription {made.id}: {wants(made)}, {in_words(made.timing)}.")
    note = note_on(made.timing, made.channel)
    if note:
        say(note)
    if found is not None:
        say(trial_words(found))


def _asked(was: Subscription, options: dict[str, object]) -> Subscription:
    """The subscription as it would be after the options. Raises CommandError."""
    check_fits(was.channel, options)
    asked = replace(was, filter=option.filter_of(options, was.filter), timing=option.timing_of(options, was.timing))
    if was.audience is Audience.OPERATIONS and asked.filter != was.filter:
        raise CommandError("this subscription tells operators of every trouble: it has no filters", Exit.USAGE)
    return asked


@group.command("dry-run")
@option.takes_options
def dry_run(
    subscription: Number,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far back to look.")] = 30,
    as_json: JsonFlag = False,
    *,
    options: dict[str, Any],
) -> None:
    """Show what a subscription would have brought, as it is or with other options. Nothing is saved or sent.

    Example: [bold]volteface subscriptions dry-run 3 --cadence daily --days 90[/]
    """
    settings = load_settings()
    database = open_database(settings)
    try:
        with database.view() as work:
            was = work.subscriptions.get(subscription)
        if was.audience is Audience.OPERATIONS:
            raise CommandError("troubles of the past are not tried: a dry run is for changes", Exit.USAGE)
        asked = replace(_asked(was, options), disabled_at=None, suppressed_why=None, confirmed=True)
        option.known_rules(database, settings, asked.filter)
        found = option.tried(database, asked, days)
    finally:
        database.close()
    if as_json:
        put_json(option.trial_row(found))
    else:
        option.put_trial(found)


@group.command()
def disable(subscription: Number, as_json: JsonFlag = False) -> None:
    """Stop a subscription. What was told stays on record.

    Example: [bold]volteface subscriptions disable 3[/]
    """
    database = open_database(load_settings())
    with database.work() as work:
        work.subscriptions.disable(subscription, "by the operator", utc_now())
        work.audit.add("cli", "subscription disabled", str(subscription), {}, utc_now())
    database.close()
    if as_json:
        put_json({"disabled": subscription})
    else:
        say(f"Subscription {subscription} is off.")


@group.command()
def enable(subscription: Number, as_json: JsonFlag = False) -> None:
    """Start a subscription again that was stopped, by an operator or because its endpoint failed for days.

    Example: [bold]volteface subscriptions enable 3[/]
    """
    database = open_database(load_settings())
    try:
        with database.work() as work:
            made = enabled(work, subscription, who="cli", now=utc_now())
    except AccountOff as off:
        raise CommandError(f"subscription {subscription} stays off: {off}") from None
    finally:
        database.close()
    if as_json:
        put_json(row_of(made))
    else:
        say(f"Subscription {subscription} is on.")
