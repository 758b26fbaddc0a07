"""`volteface bench alerts`: how quickly a change is matched, and how quickly alerts reach a receiver."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, put_json, put_table, say, talk

if TYPE_CHECKING:
    from monitor.bench.alerts import Measured


def register(group: typer.Typer) -> None:
    """Adds the command of this file."""
    group.command(name="alerts")(alerts)


def alerts(
    changes: Annotated[int, typer.Option(min=2, max=900, help="Generated changes, for the burst and the stream.")] = 40,
    readers: Annotated[int, typer.Option(min=1, max=500, help="Webhooks that are told of all of them.")] = 50,
    subscriptions: Annotated[
        int, typer.Option(min=1, max=200_000, help="Narrow subscriptions for the matching of one change.")
    ] = 10_000,
    database: Annotated[
        str | None,
        typer.Option(help="An empty database (postgresql://…) that is filled; else SQLite, thrown away."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Changes × subscriptions to a receiver on this machine, from the commit to its answer, beside httpx alone.

    Example: [bold]volteface bench alerts --changes 20[/]
    """
    from monitor.bench import alerts as bench
    from storage.engine import Database

    with tempfile.TemporaryDirectory(prefix="volteface-bench-") as folder:
        opened = Database(database or f"sqlite:///{folder}/alerts.db")
        try:
            if opened.schema_version() is not None:
                raise CommandError("the database is not empty: name one that holds nothing yet", Exit.USAGE)
            opened.upgrade()
            with Progress(console=talk(), transient=True) as bar:
                tasks: dict[str, int] = {}

                def told(what: str, done: int, total: int) -> None:
                    if what not in tasks:
                        tasks[what] = bar.add_task(what)
                    bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

                measured = bench.measure(opened, subscriptions, changes, readers, told)
        finally:
            opened.close()
    if as_json:
        put_json(measured)
        return
    _show(measured)


def _show(measured: Measured) -> None:
    took = measured.latency
    put_table(
        ("what", "measured"),
        [
            (f"one change against {measured.subscriptions} subscriptions", f"{measured.match_ms:.1f} ms"),
            ("… after one of these was edited", f"{measured.match_first_ms:.1f} ms"),
            (f"{measured.alerts} alerts written", f"{measured.commit_ms:.0f} ms"),
            ("… delivered, signed and answered", f"{measured.burst_rate:.0f} a second"),
            ("httpx + standardwebhooks alone", f"{measured.peer_rate:.0f} a second"),
            (f"commit to answer at {measured.stream_rate:.0f} a second, p50", f"{took.p50:.0f} ms"),
            ("… p95", f"{took.p95:.0f} ms"),
            ("… p99", f"{took.p99:.0f} ms"),
        ],
        empty="",
    )
    ratio = measured.burst_rate / measured.peer_rate
    say(
        f"{measured.matched} wanted the change; {ratio:.2f} of the peer's rate; "
        f"{measured.lost} lost, {measured.repeats} came twice."
    )
