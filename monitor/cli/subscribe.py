"""`volteface subscribe`: somebody wants to be told, and hears first what that would have brought."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor.alerts.channels.signing import new_secret
from monitor.alerts.targets import check_target, mask
from monitor.alerts.timing import NEVER_FOLDED, first_digest, quiet_until
from monitor.alerts.timing_words import in_words
from monitor.cli import confirmation
from monitor.cli import subscription_options as option
from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.subscription_rows import row_of
from monitor.cli.talk import JsonFlag, put_json, put_text, say
from monitor.cli.targets import why_not_by_apprise, why_refused
from monitor.model.alert import Audience, ChannelName, Filter, Subscription
from monitor.model.timing import Cadence, Timing
from monitor.net.schemes import scheme_set
from monitor.pipeline.opt_in import Consent
from monitor.pipeline.trial import Trial
from monitor.pipeline.trial_words import trial_words
from monitor.settings import Settings, load_settings
from storage.engine import Database


@option.takes_options
def subscribe(
    subscriber: Annotated[str, typer.Argument(help="Whose subscription it is: any name.")],
    email: Annotated[str | None, typer.Option(help="Send mail to this address.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Post to this address, signed (Standard Webhooks).")] = None,
    apprise: Annotated[str | None, typer.Option(help="Send to this chat or push service, by its Apprise URL.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Write to the worker's log.")] = False,
    operations: Annotated[
        bool, typer.Option("--operations", help="Not changes, but troubles: feeds that fall silent, dead letters, …")
    ] = False,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The owner of the mail address agreed already; you vouch for it.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what the last 30 days would have brought; save nothing.")
    ] = False,
    as_json: JsonFlag = False,
    *,
    options: dict[str, Any],
) -> None:
    """Subscribe somebody to changes of position. The owner of a mail address is asked to confirm it first.

    Examples: [bold]volteface subscribe desk --email desk@example.org --issue european-troops --cadence daily --at 07:30
    --zone Europe/Berlin --quiet 22:00-07:00[/]; with [bold]--dry-run[/] it only says what that would have brought.
    [bold]volteface subscribe bot --webhook https://example.org/hook[/] prints the secret that signs, once.
    """
    settings = load_settings()
    channel, target = target_of(settings, email, webhook, apprise, log=log)
    asked = _asked(subscriber, channel, target, options, operations=operations)
    database = open_database(settings)
    try:
        found = _tried(database, settings, asked)
        if dry_run:
            _put_dry_run(found, as_json=as_json)
            return
        if found is not None:
            say(trial_words(found))
        made, consent = _saved(database, settings, asked, confirmed=confirmed)
    finally:
        database.close()
    _tell(settings, made, consent)
    _put(made, consent, found, as_json=as_json)


def _asked(
    subscriber: str, channel: ChannelName, target: str, options: dict[str, Any], *, operations: bool
) -> Subscription:
    """The subscription as it would be. Raises CommandError for what cannot be subscribed to."""
    check_fits(channel, options)
    wanted = option.filter_of(options)
    if operations and wanted != Filter():
        raise CommandError("--operations tells of every trouble: leave the filters out", Exit.USAGE)
    return Subscription(
        id=0,
        subscriber=subscriber,
        channel=channel,
        target=target,
        filter=wanted,
        created_at=utc_now(),
        timing=option.timing_of(options),
        audience=Audience.OPERATIONS if operations else Audience.CHANGES,
    )


def _tried(database: Database, settings: Settings, asked: Subscription) -> Trial | None:
    """What it would have brought; None for operators. Raises CommandError for an id that nobody knows."""
    if asked.audience is Audience.OPERATIONS:
        return None
    option.known_rules(database, settings, asked.filter)
    return option.tried(database, asked)


def _put(made: Subscription, consent: Consent | None, found: Trial | None, *, as_json: bool) -> None:
    if as_json:
        trial = None if found is None else option.trial_row(found) | {"messages": len(found.sendings)}
        put_json(
            {
                **row_of(made),
                "target": made.target,
                "secret": made.secret,
                "consent": consent,
                "would_have_brought": trial,
            }
        )
    elif made.secret:
        say("The secret that signs its webhooks, shown this once:")
        put_text(made.secret)


def target_of(
    settings: Settings, email: str | None, webhook: str | None, apprise: str | None, *, log: bool
) -> tuple[ChannelName, str]:
    """The channel and the target that were named. Raises CommandError unless it is exactly one that can be sent to."""
    named = [
        (ChannelName.EMAIL, email),
        (ChannelName.WEBHOOK, webhook),
        (ChannelName.APPRISE, apprise),
        (ChannelName.LOG, "log" if log else None),
    ]
    given = [(channel, typed) for channel, typed in named if typed is not None]
    if len(given) != 1:
        raise CommandError("say where to send: exactly one of --email, --webhook, --apprise, --log", Exit.USAGE)
    channel, typed = given[0]
    try:
        target = check_target(channel, typed, scheme_set(settings.apprise_schemes))
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from None
    wrong = why_not_by_apprise(settings, target) if channel is ChannelName.APPRISE else None
    if wrong is not None:
        raise CommandError(f"{mask(channel, target)!r}: {wrong}", Exit.USAGE)
    return channel, target


def check_fits(channel: ChannelName, options: dict[str, object]) -> None:
    """Programs get each alert by itself: what shapes digests is refused for them. Raises CommandError."""
    shapes = ("cadence", "at", "weekday", "empty", "burst")
    wrong = [name for name in shapes if name in options and options[name] is not Cadence.AT_ONCE]
    if channel in NEVER_FOLDED and wrong:
        raise CommandError(
            f"--{wrong[0]} shapes digests, and by {channel} each alert comes by itself; leave it out. "
            "--quiet and --most-per-hour delay them",
            Exit.USAGE,
        )


def note_on(timing: Timing, channel: ChannelName) -> str | None:
    """What the timing means where it may surprise: a digest whose hour lies in the quiet hours."""
    due = first_digest(Timing(cadence=timing.cadence, zone=timing.zone, at=timing.at), channel, utc_now())
    if due is None or timing.cadence is Cadence.HOURLY or timing.quiet is None or quiet_until(timing, due) is None:
        return None
    return f"Its hour, {timing.at:%H:%M}, lies in the quiet hours: the digest comes at {timing.quiet[1]:%H:%M}."


def _saved(
    database: Database, settings: Settings, asked: Subscription, *, confirmed: bool
) -> tuple[Subscription, Consent | None]:
    now = utc_now()
    with database.work() as work:
        made = work.subscriptions.add(
            asked.subscriber,
            asked.channel,
            asked.target,
            asked.filter,
            new_secret() if asked.channel is ChannelName.WEBHOOK else None,
            now,
            timing=asked.timing,
            audience=asked.audience,
            next_digest_at=first_digest(asked.timing, asked.channel, now),
            confirmed=confirmed,
            who="cli",
        )
        consent = confirmation.begin(settings, work, made, now, vouched=confirmed)
        what = {"audience": asked.audience, "channel": asked.channel, "target": mask(asked.channel, asked.target)}
        work.audit.add("cli", "subscribed", str(made.id), {**what, "consent": consent}, now)
    return made, consent


def _tell(settings: Settings, made: Subscription, consent: Consent | None) -> None:
    timing = in_words(made.timing)
    say(f"Subscription {made.id}: {made.subscriber} by {made.channel} to {mask(made.channel, made.target)}, {timing}.")
    note = note_on(made.timing, made.channel)
    if note:
        say(note)
    if consent is not None:
        say(confirmation.SAID[consent])
    refused = why_refused(settings, made.target) if made.channel is ChannelName.WEBHOOK else None
    if refused:
        say(f"Nothing will be delivered there as it is set now: {refused}")
    if made.channel is ChannelName.EMAIL and not settings.smtp_host:
        say("No mail server is set yet: alerts wait until VOLTEFACE_SMTP_HOST is set and the worker restarted.")


def _put_dry_run(found: Trial | None, *, as_json: bool) -> None:
    if found is None:
        raise CommandError("troubles of the past are not tried: a dry run is for changes", Exit.USAGE)
    if as_json:
        put_json(option.trial_row(found))
    else:
        option.put_trial(found)
