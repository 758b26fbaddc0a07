"""`volteface up`, `worker`, `web`: the service."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Annotated

import typer

from monitor.cli.accounts import first_operator_link
from monitor.cli.boot import add_default_feeds, become_the_worker, check_composed, open_database, utc_now, wired
from monitor.cli.desk_tools import desk_tools
from monitor.cli.extractors import previews
from monitor.cli.listen import address_of, listening_socket
from monitor.cli.logs import set_up_logs
from monitor.cli.talk import say
from monitor.interpreter import settle
from monitor.schedule import Worker
from monitor.settings import Settings, load_settings
from monitor.web.app import create_app
from monitor.web.health import HealthProbe
from monitor.web.server import page_server
from storage.engine import Database

Host = Annotated[str | None, typer.Option(help="Address to serve the pages on. Setting VOLTEFACE_HOST.")]
Port = Annotated[
    int | None, typer.Option(help="Port to serve the pages on; 0 takes a free one. Setting VOLTEFACE_PORT.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(up)
    app.command()(worker)
    app.command()(web)


def up(
    host: Host = None,
    port: Port = None,
    demo: Annotated[bool, typer.Option("--demo", help="Run the demo beside it and link both.")] = False,
    demo_port: Annotated[int, typer.Option(help="Port of the demo's pages, with --demo.")] = 8401,
) -> None:
    """Run everything in one process: the worker and the pages.

    Example: [bold]volteface up --port 8400[/]. Ctrl-C stops it; nothing is lost, whenever it is stopped.
    """
    demo_url = f"http://127.0.0.1:{demo_port}" if demo else None
    settings = load_settings(host=host, port=port, demo_url=demo_url)
    set_up_logs(settings.log_format)
    with _demo_beside(demo_port) if demo else contextlib.nullcontext():
        asyncio.run(serve(settings, with_worker=True, with_web=True))


def worker() -> None:
    """Run the worker alone: polls, reads, tracks and delivers.

    Example: [bold]VOLTEFACE_DATABASE_URL=postgresql://… volteface worker[/]
    """
    settings = load_settings()
    set_up_logs(settings.log_format)
    asyncio.run(serve(settings, with_worker=True, with_web=False))


def web(host: Host = None, port: Port = None) -> None:
    """Run the pages alone, beside a worker on the same database.

    Example: [bold]volteface web --host 0.0.0.0[/]
    """
    settings = load_settings(host=host, port=port)
    set_up_logs(settings.log_format)
    asyncio.run(serve(settings, with_worker=False, with_web=True))


def stopped_by_signal() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set. Call it within the running loop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve(settings: Settings, *, with_worker: bool, with_web: bool) -> None:
    """Runs the chosen parts until SIGINT or SIGTERM."""
    check_composed(settings)
    stop = stopped_by_signal()
    async with contextlib.AsyncExitStack() as parts:
        sock = None
        if with_web:
            # A taken port is said before a database is made and a worker started.
            sock = parts.enter_context(listening_socket(settings.host, settings.port))
        database = await asyncio.to_thread(open_database, settings)
        parts.callback(database.close)
        if with_worker:
            await parts.enter_async_context(running_worker(settings, database))
        if with_web:
            pages = running_pages(settings, database, stop, with_worker=with_worker, sock=sock)
            address = await parts.enter_async_context(pages)
            first = await asyncio.to_thread(first_operator_link, database, settings.public_url or address)
            if first is not None:
                say(f"Nobody can sign in yet. This link makes the first operator, once and within a day: {first}")
        settle()
        await stop.wait()
        say("Stopping; what is under way is finished first.")


@contextlib.asynccontextmanager
async def running_worker(settings: Settings, database: Database) -> AsyncIterator[None]:
    """A worker on the database: rules imported, default feeds added, jobs ticking."""
    await asyncio.to_thread(become_the_worker, database, utc_now())
    async with wired(settings, database) as pipeline:
        await asyncio.to_thread(pipeline.rulebook.install, settings.packs, utc_now())
        added = await asyncio.to_thread(add_default_feeds, settings, database, utc_now())
        if added:
            say(f"New installation: {added} default feeds added. What they hold now is the baseline and alerts nobody.")
        runner = Worker(pipeline, utc_now, tick_s=settings.tick_s, retain_days=settings.retain_days)
        await runner.start()
        say(f"Worker runs on {database.shown}.")
        try:
            yield
        finally:
            await runner.stop()


@contextlib.asynccontextmanager
async def running_pages(
    settings: Settings,
    database: Database,
    stop: asyncio.Event,
    *,
    with_worker: bool,
    beside: Mapping[str, str] | None = None,
    sock: socket.socket | None = None,
) -> AsyncIterator[str]:
    """The pages, answering before this yields their address.

    `beside` are addresses by name shown next to the label. `sock` is bound already; without it one is bound here.
    """
    sock = sock or listening_socket(settings.host, settings.port)
    app = create_app(
        database,
        settings,
        health=HealthProbe(worker_expected=with_worker),
        beside=beside,
        previews=previews(settings, database),
        tools=desk_tools(settings),
    )
    server = page_server(app, settings.host, settings.port)
    # uvicorn would raise the signal again after its shutdown and so turn a clean stop into a death by signal.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve(sockets=[sock]))
    task.add_done_callback(lambda _: stop.set())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    address = address_of(sock)
    say(f"Pages: {address}" + (f"   Demo: {settings.demo_url}" if settings.demo_url else ""))
    try:
        yield address
    finally:
        server.should_exit = True
        await task


@contextlib.contextmanager
def _demo_beside(port: int) -> Iterator[None]:
    """The demo as a process of its own, with its own database; it ends with us, however we end."""
    command = [sys.executable, "-m", "monitor.cli", "demo", "--port", str(port), "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603
        try:
            yield
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
