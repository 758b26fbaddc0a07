"""All commands in one tree."""

from __future__ import annotations

from typing import Annotated

import typer

import monitor
from monitor.cli import (
    bench,
    deliveries,
    demo,
    doctor,
    extract,
    feeds,
    poll,
    positions,
    replay,
    rules,
    service,
    subscriptions,
)

app = typer.Typer(
    name="volteface",
    help="Watches the news and tells people when somebody changes their position.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"volteface {monitor.version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


for noun in (service, poll, feeds, rules, extract, replay, positions, subscriptions, deliveries, demo, doctor, bench):
    noun.register(app)
