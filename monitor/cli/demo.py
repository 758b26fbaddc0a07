"""`volteface demo`: the whole service on a wire of our own, in quickened time, with a mailbox and a webhook sink."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.alerts.channels.signing import new_secret
from monitor.cli.boot import open_database, utc_now
from monitor.cli.listen import listening_socket
from monitor.cli.logs import set_up_logs
from monitor.cli.service import running_pages, running_worker, stopped_by_signal
from monitor.cli.talk import put_json, say
from monitor.demo.clock import QuickClock
from monitor.demo.items import load_wire
from monitor.demo.loopback import serve_http
from monitor.demo.server import DemoWire, wire_app
from monitor.demo.sinks import Mailbox, WebhookSink, serve_smtp, sink_routes
from monitor.model.alert import ChannelName, DeliveryStatus, Filter
from monitor.settings import Settings, SmtpSecurity
from storage.engine import Database

STORY = (datetime(2025, 2, 14, tzinfo=UTC), datetime(2025, 12, 24, tzinfo=UTC))
"""From when to when the story runs; what the outlets published before is the baseline."""

LABEL = "INVENTED DEMO DATA"
_STARTED = "demo.started_at"
_LOOPBACK = ("127.0.0.0/8", "localhost")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(demo)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demo:
    folder: Path
    port: int
    wire_port: int
    seconds: float
    once: bool
    until_stdin_closes: bool


def demo(
    port: Annotated[
        int, typer.Option(help="Port of the pages; the wire, mailbox and sink are on the next one.")
    ] = 8401,
    seconds: Annotated[float, typer.Option(min=1, help="Real seconds in which the story of 2025 is told.")] = 120.0,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep database, mailbox and webhook journal here, and go on from them.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Stop when the story is told and all alerts are delivered.")
    ] = False,
    until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Show the product without internet: ten months of invented news in two minutes.

    Example: [bold]volteface demo[/], then open the pages it names. Everything in it is labelled as invented.
    """
    set_up_logs("text")
    with contextlib.ExitStack() as stack:
        folder = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="volteface-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        plan = _Demo(
            folder=folder,
            port=port,
            wire_port=port + 1 if port else 0,
            seconds=seconds,
            once=once,
            until_stdin_closes=until_stdin_closes,
        )
        asyncio.run(_run(plan))


async def _run(plan: _Demo) -> None:
    stop = stopped_by_signal()
    if plan.until_stdin_closes:
        await _stop_with_stdin(stop)
    # Taken ports are said before anything is set up.
    for port in (plan.port, plan.wire_port):
        listening_socket("127.0.0.1", port).close()
    async with contextlib.AsyncExitStack() as parts:
        box = Mailbox(plan.folder / "mailbox")
        smtp_port = await parts.enter_async_context(serve_smtp(box))
        settings = _settings(plan, smtp_port)
        database = await asyncio.to_thread(open_database, settings)
        parts.callback(database.close)
        clock = _clock(database, plan.seconds)
        sink = WebhookSink(plan.folder / "webhooks.jsonl")
        app = wire_app(load_wire(), clock, extra=sink_routes(sink, box))
        wire = await parts.enter_async_context(serve_http(app, port=plan.wire_port))
        sink.trust(_prepare(database, wire, DemoWire(clock).feed_paths()))
        await parts.enter_async_context(running_worker(settings, database))
        beside = {"mailbox": f"{wire}/mailbox", "webhooks": f"{wire}/webhook", "the invented wire": f"{wire}/"}
        pages = await parts.enter_async_context(
            running_pages(settings, database, stop, with_worker=True, beside=beside)
        )
        say(f"Demo: {pages}   mailbox: {wire}/mailbox   webhooks: {wire}/webhook   the wire itself: {wire}/")
        await _tell(plan, database, clock, stop)
    if plan.once:
        put_json({"mails": len(box.ids()), "webhooks": len(sink.received)})


async def _tell(plan: _Demo, database: Database, clock: QuickClock, stop: asyncio.Event) -> None:
    """Lets the story run once the baseline is in, then waits for its end and for the signal to stop."""
    while not stop.is_set() and not await asyncio.to_thread(_baseline_in, database):
        await _nap(stop, 0.2)
    if not stop.is_set():
        await asyncio.to_thread(_start, database, clock)
        say(f"The baseline is in; the story of 2025 runs, {clock.pace / 86400:.1f} days a second.")
    while not stop.is_set() and not clock.finished:
        await _nap(stop, 0.5)
    if not stop.is_set():
        say("The story is told; the pages stay." if not plan.once else "The story is told.")
    while not stop.is_set():
        await _nap(stop, 1.0)
        if plan.once and await asyncio.to_thread(_all_done, database, clock):
            stop.set()


async def _nap(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _settings(plan: _Demo, smtp_port: int) -> Settings:
    """The demo's own settings: nothing of a real installation beside it is used or touched."""
    return Settings(
        data_dir=plan.folder,
        database_url=None,
        host="127.0.0.1",
        port=plan.port,
        public_url=f"http://127.0.0.1:{plan.port}" if plan.port else None,
        packs=(),
        default_feeds=False,
        label=LABEL,
        demo_url=None,
        feed_allow=_LOOPBACK,
        webhook_allow=_LOOPBACK,
        host_spacing_s=0,
        poll_min_s=1,
        poll_max_s=1,
        tick_s=0.5,
        threshold=0.945,
        first_threshold=0.965,
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        smtp_security=SmtpSecurity.PLAIN,
        smtp_user=None,
        smtp_password=None,
        mail_from="Volteface demo <demo@volteface.example>",
        retain_days=0,
    )


def _clock(database: Database, seconds: float) -> QuickClock:
    """The story's clock; after a restart it goes on from when the story was first started."""
    with database.view() as work:
        started = work.meta.get(_STARTED)
    if started is None:
        return QuickClock(*STORY, seconds)
    gone = [0.0]
    clock = QuickClock(*STORY, seconds, monotonic=lambda: gone[0] or time.time() - float(started))
    # The clock counts from what `monotonic` says at the start: make it the moment of the first start.
    gone[0] = sys.float_info.min
    clock.start()
    gone[0] = 0.0
    return clock


def _start(database: Database, clock: QuickClock) -> None:
    with database.work() as work:
        if work.meta.get(_STARTED) is None:
            work.meta.set(_STARTED, repr(time.time()))
    clock.start()


def _prepare(database: Database, wire: str, paths: dict[str, str]) -> str:
    """Feeds and two subscriptions, unless they are there from an earlier run; returns the webhook's secret."""
    now = utc_now()
    with database.work() as work:
        there = {feed.url for feed in work.feeds.all()}
        for path in paths.values():
            if wire + path not in there:
                work.feeds.add(wire + path, "", "demo", now)
        for subscription in work.subscriptions.all(active_only=False):
            if subscription.channel is ChannelName.WEBHOOK and subscription.secret:
                return subscription.secret
        secret = new_secret()
        work.subscriptions.add("demo desk", ChannelName.WEBHOOK, f"{wire}/webhook", Filter(), secret, now)
        work.subscriptions.add("demo reader", ChannelName.EMAIL, "reader@demo.example", Filter(), None, now)
        return secret


def _baseline_in(database: Database) -> bool:
    """Every feed was polled once, and what it held was read."""
    with database.view() as work:
        polled = all(feed.baseline_done for feed in work.feeds.all())
        return polled and not work.items.counts().get("new", 0)  # type: ignore[call-overload]


def _all_done(database: Database, clock: QuickClock) -> bool:
    """The story is over, the feeds were polled since, everything is read and delivered."""
    if not clock.finished:
        return False
    with database.view() as work:
        ended = float(work.meta.get(_STARTED) or 0) + clock.real_seconds
        polled = all(f.last_success_at and f.last_success_at.timestamp() > ended for f in work.feeds.all())
        waiting = work.alerts.counts().get(DeliveryStatus.PENDING, 0)
        return polled and not waiting and not work.items.counts().get("new", 0)  # type: ignore[call-overload]


async def _stop_with_stdin(stop: asyncio.Event) -> None:
    """The service that started us holds our stdin open; when it is gone, however it ended, so are we."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def wait() -> None:
        await reader.read()
        stop.set()

    _watchers.append(asyncio.create_task(wait()))


_watchers: list[asyncio.Task[None]] = []
"""Held here because the loop keeps only weak references to tasks."""
