"""`volteface accounts`: who can sign in, and the links by which they choose their passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, plain, put_json, put_table, put_text, say
from monitor.model.account import Account, Role
from monitor.pipeline.account_changes import (
    LINK_LASTS,
    LastOperator,
    disable_account,
    enable_account,
    end_sessions,
    link_for,
    make_account,
    set_role,
)
from monitor.settings import Settings, load_settings
from storage.engine import Database
from storage.work import Work

group = typer.Typer(help="The accounts.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Its name.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(group, name="accounts")


def first_operator_link(database: Database, address: str) -> str | None:
    """A link that makes the first operator, once; None where there is one who can sign in."""
    now = utc_now()
    with database.work() as work:
        if any(a.role is Role.OPERATOR and a.disabled_at is None for a in work.accounts.all()):
            return None
        return f"{address.rstrip('/')}/invitation/{work.accounts.invite(Role.OPERATOR, None, now, now + LINK_LASTS)}"


@group.command("list")
def list_accounts(as_json: JsonFlag = False) -> None:
    """List the accounts.

    Example: [bold]volteface accounts list[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = work.accounts.all()
        paused = work.accounts.paused_counts()
    database.close()
    if as_json:
        put_json([{**plain(account), "paused_subscriptions": paused.get(account.id, 0)} for account in found])
        return
    rows = [(a.name, a.role, a.created_at, _state(a, paused.get(a.id, 0))) for a in found]
    put_table(("name", "role", "made", "state"), rows, empty="No accounts yet; `volteface accounts add` makes one.")


@group.command()
def add(
    name: Name,
    operator: Annotated[bool, typer.Option("--operator", help="May edit what is watched, and see all.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make an account, and a link by which its owner chooses a password, within a day.

    Example: [bold]volteface accounts add ada --operator[/]
    """
    settings = load_settings()
    database = open_database(settings)
    now = utc_now()
    with database.work() as work:
        made = make_account(work, name, Role.OPERATOR if operator else Role.SUBSCRIBER, "cli", now)
        link = _link(settings, work, made)
    database.close()
    _put(made, link, as_json=as_json)


@group.command()
def link(name: Name, as_json: JsonFlag = False) -> None:
    """A new link by which the owner of an account chooses a password, within a day. Earlier links end.

    With the new password all sessions and tokens of the account end.

    Example: [bold]volteface accounts link ada[/]
    """
    settings = load_settings()
    database = open_database(settings)
    with database.work() as work:
        found = _found(work, name)
        made = _link(settings, work, found)
    database.close()
    _put(found, made, as_json=as_json)


@group.command()
def disable(name: Name, as_json: JsonFlag = False) -> None:
    """Stop an account: its owner is signed out everywhere, and cannot sign in.

    Its tokens are revoked; its subscriptions pause until it is enabled again.

    Example: [bold]volteface accounts disable ada[/]
    """
    _switch(name, on=False, as_json=as_json)


@group.command()
def enable(name: Name, as_json: JsonFlag = False) -> None:
    """Let the owner of an account sign in again. Its subscriptions go on; what changed meanwhile is not told later.

    Example: [bold]volteface accounts enable ada[/]
    """
    _switch(name, on=True, as_json=as_json)


@group.command()
def role(
    name: Name, role: Annotated[Role, typer.Argument(help="What they may do.")], as_json: JsonFlag = False
) -> None:
    """Change what the owner of an account may do, from their next click on.

    Example: [bold]volteface accounts role ada operator[/]
    """
    found = _changed(name, lambda work, one, now: set_role(work, one.id, role, "cli", now))
    if as_json:
        put_json({"name": found.name, "role": role})
    else:
        say(f"{found.name} is {role.value} now.")


@group.command("sign-out")
def sign_out(name: Name, as_json: JsonFlag = False) -> None:
    """End all sessions of an account; its owner can sign in again.

    Example: [bold]volteface accounts sign-out ada[/]
    """
    found = _changed(name, lambda work, one, now: end_sessions(work, one.id, "cli", now))
    if as_json:
        put_json({"name": found.name, "signed_out": True})
    else:
        say(f"{found.name} is signed out everywhere.")


def _changed(name: str, change: Callable[[Work, Account, datetime], object]) -> Account:
    """Does it to the account with this name; the account as it was before."""
    database = open_database(load_settings())
    try:
        with database.work() as work:
            found = _found(work, name)
            change(work, found, utc_now())
            return found
    except LastOperator as last:
        raise CommandError(str(last)) from None
    finally:
        database.close()


def _switch(name: str, *, on: bool, as_json: bool) -> None:
    found = _changed(name, lambda work, one, now: (enable_account if on else disable_account)(work, one.id, "cli", now))
    if as_json:
        put_json({"name": found.name, "on": on})
    else:
        off = "is signed out everywhere and cannot sign in; tokens are revoked, and subscriptions pause"
        say(f"{found.name} {'can sign in again; subscriptions go on' if on else off}.")


def _state(account: Account, paused: int) -> str:
    if account.disabled_at is None:
        return "on"
    return "off" if not paused else f"off, {paused} subscription{'' if paused == 1 else 's'} paused"


def _found(work: Work, name: str) -> Account:
    found = work.accounts.by_name(name)
    if found is None:
        raise CommandError(f"there is no account {name!r}; `volteface accounts list` shows all", Exit.USAGE)
    return found


def _link(settings: Settings, work: Work, account: Account) -> str:
    now = utc_now()
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/invitation/{link_for(work, account, 'cli', now)}"


def _put(account: Account, made: str, *, as_json: bool) -> None:
    if as_json:
        put_json({"name": account.name, "role": account.role, "link": made})
        return
    say(f"{account.name} chooses a password here, once and within a day:")
    put_text(made)
