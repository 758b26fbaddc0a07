"""`volteface subscribe`, `subscriptions`: who is told what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

import typer

from monitor.alerts.channels.signing import new_secret
from monitor.alerts.targets import check_target, mask
from monitor.cli import confirmation
from monitor.cli.boot import open_database, utc_now
from monitor.cli.known import must_be_known
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, plain, put_json, put_table, put_text, say
from monitor.cli.targets import why_refused
from monitor.model.alert import Audience, ChannelName, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.pipeline.opt_in import Consent
from monitor.pipeline.rulebook import RuleBook
from monitor.settings import Settings, load_settings
from storage.engine import Database

group = typer.Typer(help="The subscriptions.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(subscribe)
    confirmation.register(group)
    app.add_typer(group, name="subscriptions")


def subscribe(
    subscriber: Annotated[str, typer.Argument(help="Whose subscription it is: any name.")],
    email: Annotated[str | None, typer.Option(help="Send mail to this address.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Post to this address, signed (Standard Webhooks).")] = None,
    log: Annotated[bool, typer.Option("--log", help="Write to the worker's log.")] = False,
    actor: Annotated[list[str] | None, typer.Option(help="Only this actor, by id; may be given again.")] = None,
    issue: Annotated[list[str] | None, typer.Option(help="Only this issue, by id; may be given again.")] = None,
    kind: Annotated[list[ChangeKind] | None, typer.Option(help="Only this kind of change; may be given again.")] = None,
    least_confidence: Annotated[float, typer.Option(min=0, max=1, help="Only changes at least so certain.")] = 0.0,
    pending: Annotated[bool, typer.Option("--pending", help="Also changes that are not confirmed yet.")] = False,
    commentators: Annotated[bool, typer.Option(help="Commentators as well as official actors.")] = True,
    operations: Annotated[
        bool, typer.Option("--operations", help="Not changes, but troubles: feeds that fall silent, dead letters, …")
    ] = False,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The owner of the mail address agreed already; you vouch for it.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Subscribe somebody to changes of position. The owner of a mail address is asked to confirm it first.

    Examples: [bold]volteface subscribe desk --email desk@example.org --issue european-troops[/]
    [bold]volteface subscribe bot --webhook https://example.org/hook[/] prints the secret that signs, once.
    """
    settings = load_settings()
    channel, target = _target(email, webhook, log=log)
    wanted = Filter(
        actors=frozenset(actor or ()),
        issues=frozenset(issue or ()),
        kinds=frozenset(kind or ()),
        least_confidence=least_confidence,
        pending=pending,
        commentators=commentators,
    )
    if operations and wanted != Filter():
        raise CommandError("--operations tells of every trouble: leave the filters out", Exit.USAGE)
    audience = Audience.OPERATIONS if operations else Audience.CHANGES
    made, consent = _subscribed(settings, subscriber, channel, target, wanted, audience, vouched=confirmed)
    refused = why_refused(settings, target) if channel is ChannelName.WEBHOOK else None
    if refused:
        say(f"Nothing will be delivered there as it is set now: {refused}")
    if as_json:
        put_json({**_row(made), "target": target, "secret": made.secret, "consent": consent})
        return
    say(f"Subscription {made.id}: {subscriber} by {channel} to {mask(channel, target)}.")
    if consent:
        say(confirmation.SAID[consent])
    if channel is ChannelName.EMAIL and not settings.smtp_host:
        say("No mail server is set yet: alerts wait until VOLTEFACE_SMTP_HOST is set and the worker restarted.")
    if made.secret:
        say("The secret that signs its webhooks, shown this once:")
        put_text(made.secret)


def _subscribed(
    settings: Settings,
    subscriber: str,
    channel: ChannelName,
    target: str,
    wanted: Filter,
    audience: Audience,
    *,
    vouched: bool,
) -> tuple[Subscription, Consent | None]:
    database = open_database(settings)
    try:
        _known_rules(database, settings, wanted.actors, wanted.issues)
        secret = new_secret() if channel is ChannelName.WEBHOOK else None
        now = utc_now()
        with database.work() as work:
            made = work.subscriptions.add(
                subscriber, channel, target, wanted, secret, now, audience=audience, confirmed=vouched, who="cli"
            )
            consent = confirmation.begin(settings, work, made, now, vouched=vouched)
            what = {"audience": audience, "channel": channel, "target": mask(channel, target), "consent": consent}
            work.audit.add("cli", "subscribed", str(made.id), what, now)
    finally:
        database.close()
    return made, consent


def _target(email: str | None, webhook: str | None, *, log: bool) -> tuple[ChannelName, str]:
    if sum((email is not None, webhook is not None, log)) != 1:
        raise CommandError("say where to send: exactly one of --email, --webhook, --log", Exit.USAGE)
    channel, typed = (
        (ChannelName.EMAIL, email) if email else (ChannelName.WEBHOOK, webhook) if webhook else (ChannelName.LOG, "log")
    )
    try:
        return channel, check_target(channel, typed)
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def _known_rules(database: Database, settings: Settings, actors: Collection[str], issues: Collection[str]) -> None:
    """A subscription to an id that does not exist would wait for ever."""
    with database.view() as work:
        rules = work.rules.current()
    if not rules.actors:
        RuleBook(database).install(settings.packs, utc_now())
        with database.view() as work:
            rules = work.rules.current()
    for noun, given, known in (("actor", actors, rules.actors), ("issue", issues, rules.issues)):
        for one in given:
            must_be_known(noun, one, known, Exit.USAGE)


def _row(subscription: Subscription) -> dict[str, Any]:
    row: dict[str, Any] = plain(subscription)
    row["target"], row["secret"] = mask(subscription.channel, subscription.target), None
    return row


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
        put_json([_row(s) for s in found])
        return
    rows = [
        (
            s.id,
            s.subscriber,
            s.channel,
            mask(s.channel, s.target),
            "troubles" if s.audience is Audience.OPERATIONS else _wants(s.filter),
            s.disabled_why or ("off" if s.disabled_at else "on"),
        )
        for s in found
    ]
    columns = ("id", "subscriber", "channel", "target", "wants", "state")
    put_table(columns, rows, empty="No subscriptions yet; `volteface subscribe` makes one.")


@group.command()
def disable(subscription: Annotated[int, typer.Argument(help="Its id.")], as_json: JsonFlag = False) -> None:
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


def _wants(wanted: Filter) -> str:
    parts = [", ".join(sorted(part)) for part in (wanted.actors, wanted.issues, wanted.kinds) if part]
    parts += ["pending too"] if wanted.pending else []
    parts += [f"from {wanted.least_confidence:g}"] if wanted.least_confidence else []
    return "; ".join(parts) or "everything"
