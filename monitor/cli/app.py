"""All commands in one tree; only the files of the noun that was asked for are loaded."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Annotated

import typer

import monitor

NOUNS = {
    "up": "service",
    "worker": "service",
    "web": "service",
    "poll": "poll",
    "feeds": "feeds",
    "rules": "rules",
    "extract": "extract",
    "explain": "explain",
    "replay": "replay",
    "positions": "positions",
    "changes": "positions",
    "items": "positions",
    "subscribe": "subscriptions",
    "subscriptions": "subscriptions",
    "why": "why",
    "deliveries": "deliveries",
    "alarms": "alarms",
    "accounts": "accounts",
    "tokens": "tokens",
    "demo": "demo",
    "verdict": "verdicts",
    "doctor": "doctor",
    "bench": "bench",
}
"""The file of `monitor.cli` in which each command stands; its `register` adds it."""


def build(arguments: Sequence[str]) -> typer.Typer:
    """The application, with the command that the arguments name, or with all of them."""
    app = typer.Typer(
        name="volteface",
        help="Watches the news and tells people when somebody changes their position.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    named = next((a for a in arguments if not a.startswith("-")), "")
    wanted = [NOUNS[named]] if named in NOUNS else list(dict.fromkeys(NOUNS.values()))
    for noun in [] if "--version" in arguments[:1] else wanted:
        importlib.import_module(f"monitor.cli.{noun}").register(app)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"volteface {monitor.version()}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass
