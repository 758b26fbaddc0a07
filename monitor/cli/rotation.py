"""`volteface subscriptions rotate-secret`: another secret to sign with, and a day in which the one before signs too."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.alerts.channels.signing import BOTH_SIGN_FOR, new_secret
from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError
from monitor.cli.talk import JsonFlag, put_json, put_text, say
from monitor.model.alert import ChannelName
from monitor.settings import load_settings


def register(group: typer.Typer) -> None:
    """Adds the command to those on subscriptions."""
    group.command("rotate-secret")(rotate_secret)


def rotate_secret(subscription: Annotated[int, typer.Argument(help="Its id.")], as_json: JsonFlag = False) -> None:
    """Sign the webhooks of a subscription with a new secret; for 24 hours the one before signs as well.

    Example: [bold]volteface subscriptions rotate-secret 3[/] prints the new secret, once.
    """
    database = open_database(load_settings())
    now = utc_now()
    secret, until = new_secret(), now + BOTH_SIGN_FOR
    try:
        with database.work() as work:
            found = work.subscriptions.get(subscription)
            if found.channel is not ChannelName.WEBHOOK:
                raise CommandError(f"subscription {subscription} is sent by {found.channel}: only webhooks are signed")
            work.subscriptions.rotate_secret(subscription, secret, until)
            work.audit.add("cli", "secret rotated", str(subscription), {"both_sign_until": until.isoformat()}, now)
    finally:
        database.close()
    if as_json:
        put_json({"rotated": subscription, "secret": secret, "both_sign_until": until})
        return
    say(f"Subscription {subscription} is signed with a new secret, and until {until:%Y-%m-%d %H:%M} UTC with both.")
    say("The new secret, shown this once:")
    put_text(secret)
