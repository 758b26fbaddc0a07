"""`volteface subscriptions send-confirmation`, and the part of `subscribe` that asks the owner of a mail address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, put_json, say
from monitor.model.alert import ChannelName, Subscription
from monitor.pipeline.opt_in import Consent, OptIn, OptInError
from monitor.settings import Settings, load_settings
from storage.work import Work

SAID = {
    Consent.ASKED: "Its owner is asked by mail; nothing else is sent before they confirm.",
    Consent.ANNOUNCED: "Its owner confirmed the address before, and is told of this subscription by mail.",
    Consent.VOUCHED: "You vouch for its owner's consent; that is on record.",
}


def register(group: typer.Typer) -> None:
    """Adds the command to those on subscriptions."""
    group.command("send-confirmation")(send_confirmation)


def begin(settings: Settings, work: Work, made: Subscription, now: datetime, *, vouched: bool) -> Consent | None:
    """Sees to the consent to a new subscription, in the transaction that makes it; None where none is needed.

    Raises CommandError, and then nothing may be kept.
    """
    if made.channel is not ChannelName.EMAIL:
        if vouched:
            raise CommandError("--confirmed is about mail addresses: leave it out", Exit.USAGE)
        return None
    if vouched:
        return Consent.VOUCHED
    try:
        return _opt_in(settings).begin(work, made, now)
    except OptInError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def send_confirmation(subscription: Annotated[int, typer.Argument(help="Its id.")], as_json: JsonFlag = False) -> None:
    """Ask the owner of a mail address once more to confirm it, at most three times a day.

    Example: [bold]volteface subscriptions send-confirmation 3[/]
    """
    settings = load_settings()
    database = open_database(settings)
    now = utc_now()
    try:
        with database.work() as work:
            _opt_in(settings).ask(work, work.subscriptions.get(subscription), now)
            work.audit.add("cli", "confirmation sent", str(subscription), {}, now)
    except OptInError as error:
        raise CommandError(str(error)) from None
    finally:
        database.close()
    if as_json:
        put_json({"asked": subscription})
    else:
        say(f"The owner of the address of subscription {subscription} is asked by mail.")


def _opt_in(settings: Settings) -> OptIn:
    return OptIn(public_url=settings.public_url, label=settings.label)
