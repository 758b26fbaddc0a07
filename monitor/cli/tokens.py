"""`volteface tokens`: what programs show to use the API, for an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from monitor.cli.boot import open_database, utc_now
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, plain, put_json, put_table, put_text, say
from monitor.model.account import Account
from monitor.model.scope import SCOPES_OF, ApiToken, Scope
from monitor.settings import load_settings
from storage.work import Work

group = typer.Typer(help="Tokens of the API.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(group, name="tokens")


@group.command()
def create(
    owner: Annotated[str, typer.Argument(help="The account that it is for; the audit log names it.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may be used for; may be given again.")],
    name: Annotated[str, typer.Option(help="What it is called, so that its owner knows it again.")] = "",
    days: Annotated[int, typer.Option(min=0, max=3_650, help="Days until it ends; 0 for never.")] = 365,
    as_json: JsonFlag = False,
) -> None:
    """Make a token and show it, this once.

    Example: [bold]volteface tokens create ada --scope read --scope feeds:write --name laptop[/]
    """
    database = open_database(load_settings())
    now = utc_now()
    try:
        with database.work() as work:
            account = _account(work, owner)
            beyond = sorted(set(scope) - SCOPES_OF[account.role])
            if beyond:
                raise CommandError(f"{account.name} is a {account.role}: {', '.join(beyond)} are for operators")
            expires_at = now + timedelta(days=days) if days else None
            token, text = work.api_tokens.mint(account.id, name, scope, now, expires_at)
            detail = {"of": account.name, "scopes": sorted(scope), "name": name}
            work.audit.add("cli", "token made", str(token.id), detail, now)
    finally:
        database.close()
    if as_json:
        put_json({**plain(token), "token": text})
        return
    say(f"Token {token.id} of {account.name}, for {', '.join(sorted(scope))}. It is shown this once:")
    put_text(text)


@group.command("list")
def list_tokens(as_json: JsonFlag = False) -> None:
    """List all tokens: whose, for what, and when they were last used. Of a token only its beginning is known.

    Example: [bold]volteface tokens list[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = work.api_tokens.all()
        names = {account.id: account.name for account in work.accounts.all()}
    database.close()
    if as_json:
        put_json([{**plain(token), "owner": names[token.account_id]} for token in found])
        return
    rows = [
        (t.id, names[t.account_id], t.name, f"{t.begins}…", " ".join(sorted(t.scopes)), t.used_at, _state(t))
        for t in found
    ]
    columns = ("id", "owner", "name", "begins", "scopes", "last used", "state")
    put_table(columns, rows, empty="No tokens yet; `volteface tokens create` makes one.")


@group.command()
def revoke(token: Annotated[int, typer.Argument(help="Its id.")], as_json: JsonFlag = False) -> None:
    """End a token for good.

    Example: [bold]volteface tokens revoke 3[/]
    """
    database = open_database(load_settings())
    try:
        with database.work() as work:
            work.api_tokens.revoke(token, utc_now())
            work.audit.add("cli", "token revoked", str(token), {}, utc_now())
    finally:
        database.close()
    if as_json:
        put_json({"revoked": token})
    else:
        say(f"Token {token} opens nothing any more.")


def _account(work: Work, name: str) -> Account:
    found = work.accounts.by_name(name)
    if found is None:
        raise CommandError(f"there is no account {name!r}; `volteface accounts list` shows all", Exit.NOT_FOUND)
    return found


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is None:
        return "works"
    return f"works until {token.expires_at:%Y-%m-%d}" if token.works(utc_now()) else "expired"
