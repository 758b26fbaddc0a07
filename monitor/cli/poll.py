"""`volteface poll`: poll now, with progress and a summary."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer
from rich.progress import Progress

from monitor.cli.boot import add_default_feeds, become_the_worker, check_composed, open_database, utc_now, wired
from monitor.cli.known import find_feed
from monitor.cli.logs import set_up_logs
from monitor.cli.outcome import Exit
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, say, talk
from monitor.model.alert import DeliveryStatus
from monitor.net.mask import mask
from monitor.pipeline.outcomes import PollReport
from monitor.pipeline.poll import Poller
from monitor.pipeline.read import Reader
from monitor.pipeline.send import Sender
from monitor.settings import Settings, load_settings
from storage.engine import Database
from storage.errors import WorkerRunning

_AT_A_ROUND = 10_000
"""Feeds in one round. No other step begins beside it, so that it must not end its claims with those that hang."""


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(poll)


def poll(
    feeds: Annotated[
        list[str] | None, typer.Argument(help="Feeds to poll now, by id or address; none: what is due.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Poll feeds once, read what is new, and deliver the alerts that follow.

    Examples: [bold]volteface poll[/] polls what is due; [bold]volteface poll 3 7[/] polls these now.
    Exit code 1 when every polled feed failed. Where a worker runs already, it is asked to poll them instead.
    """
    settings = load_settings()
    set_up_logs(settings.log_format)
    check_composed(settings)
    database = open_database(settings)
    try:
        become_the_worker(database, utc_now())
        reports = asyncio.run(_poll(settings, database, feeds or []))
    except WorkerRunning:
        # One worker to an SQLite file: ask the one that runs instead of fighting it.
        ids = _hand_over(database, feeds or [])
        if as_json:
            put_json({"handed_over": ids})
        return
    finally:
        database.close()
    if as_json:
        put_json([_as_row(r) for r in reports])
    else:
        rows = [
            (r.feed.id, r.feed.title or mask(r.feed.url), r.outcome, r.new, r.revised, r.error or "") for r in reports
        ]
        put_table(("id", "feed", "outcome", "new", "revised", "error"), rows, empty="No feed is due.")
    if reports and all(r.error for r in reports):
        raise typer.Exit(Exit.FAILED)


def _hand_over(database: Database, named: list[str]) -> list[int]:
    """Makes the named feeds due for the worker that runs; their ids."""
    with database.work() as work:
        ids = [find_feed(work, name).id for name in named]
        work.feeds.poll_now(ids, utc_now())
    say("A worker runs on this database: it polls what is due" + (", now these too." if named else "."))
    return ids


def _as_row(report: PollReport) -> dict[str, object]:
    return {
        "feed": report.feed.id,
        "url": mask(report.feed.url),
        "title": report.feed.title,
        "outcome": report.outcome,
        "new": report.new,
        "revised": report.revised,
        "seen": report.seen,
        "error": report.error,
        "problems": plain(report.problems),
        "next_poll_at": report.feed.next_poll_at,
    }


async def _poll(settings: Settings, database: Database, named: list[str]) -> list[PollReport]:
    async with wired(settings, database) as pipeline:
        pipeline.rulebook.install(settings.packs, utc_now())
        add_default_feeds(settings, database, utc_now())
        reports: list[PollReport] = []
        with Progress(console=talk(), transient=True) as progress:
            task = progress.add_task("Polling", total=None)
            if named:
                with database.work() as work:
                    ids = [find_feed(work, name).id for name in named]
                reports += await pipeline.poller.step_these(ids, utc_now())
            else:
                reports += await _rounds(pipeline.poller, lambda count: progress.advance(task, count))
            failed = sum(1 for r in reports if r.error)
            say(f"{counted(len(reports), 'feed')} polled, {failed} failed.")
            say(await asyncio.to_thread(_read, pipeline.reader, progress))
        say(await _send(pipeline.sender, database))
        return sorted(reports, key=lambda r: r.feed.id)


async def _rounds(poller: Poller, advance: Callable[[int], None]) -> list[PollReport]:
    """Polls until nothing is due that was not polled already; each round has its own moment, for a run may be long."""
    reports: list[PollReport] = []
    known: set[int] = set()
    while polled := await poller.step(utc_now(), _AT_A_ROUND):
        advance(len(polled))
        reports += polled
        ids = {report.feed.id for report in polled}
        if ids <= known:
            break
        known |= ids
    return reports


def _read(reader: Reader, progress: Progress) -> str:
    """Reads until nothing is left to be tried now; a step in which all failed is not the end."""
    task = progress.add_task("Reading", total=None)
    items = failed = statements = changes = stood_in = 0
    while (read := reader.step(utc_now())).items or read.failed:
        items, failed, statements = items + read.items, failed + read.failed, statements + read.statements
        changes, stood_in = changes + len(read.transitions), stood_in + read.stood_in
        progress.advance(task, read.items + read.failed)
    return (
        f"{counted(items, 'item')} read, {failed} failed; {counted(statements, 'statement')}, "
        f"{counted(changes, 'step')} of changes."
        + (f" {counted(stood_in, 'item')} read by grammar in place of llm; `volteface doctor`." if stood_in else "")
    )


async def _send(sender: Sender, database: Database) -> str:
    """Sends until nothing is due; says what arrived, what was given up and what waits for its next attempt."""
    delivered = dead = 0
    while (sent := await sender.step(utc_now())).attempted:
        delivered, dead = delivered + sent.delivered, dead + sent.dead
    with database.view() as work:
        left = work.alerts.counts().get(DeliveryStatus.PENDING, 0)
    waiting = f", {left} still pending; `volteface deliveries list` says why" if left else ""
    return f"{counted(delivered, 'alert')} delivered, {dead} given up{waiting}."
