"""The worker: APScheduler ticks, a tick calls `step(now)`, the step claims what is due. No job store.

Polling, reading, delivering and relaying each have their own job, so that a slow one delays none of the others.
Polls and deliveries may overlap (each claims rows of its own, so one host that hangs holds up nobody else); reading and
relaying keep an order and do not. Events wake the following step at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.events import Event, Subject
from monitor.pipeline import Pipeline
from storage.errors import DatabaseBusy, StorageError
from storage.retention import LAST_RUN_KEY, prune

_log = structlog.get_logger(__name__)

TICK_KEY = "worker.tick"
"""Where the worker writes when it last ticked, for `/readyz`."""

_ICONS_S = 60.0
_ALARMS_S = 60.0
_SETTLED = timedelta(minutes=2)
"""What was overdue when the worker started is polled by then, and no trouble."""

_EVENTS_KEPT = timedelta(days=7)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing was published before it: no item is forgotten."""

_Step = Callable[[], Awaitable[object]]


class _Ticks(AsyncIOExecutor):  # type: ignore[misc]
    """Runs the ticks, and can be waited for."""

    async def ended(self) -> None:
        """Returns when no tick is under way any more."""
        while self._pending_futures:
            await asyncio.wait(list(self._pending_futures))


class Worker:
    """Runs the steps until it is stopped.

    `tick_s` is the distance between two looks at what is due, in seconds. Items nothing cites are pruned after
    `retain_days`; 0 keeps all.
    """

    def __init__(
        self, pipeline: Pipeline, clock: Callable[[], datetime], *, tick_s: float = 2.0, retain_days: int = 0
    ) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._tick_s = tick_s
        self._retain = timedelta(days=retain_days) if retain_days else None
        self._ticks = _Ticks()
        self._scheduler = AsyncIOScheduler(timezone="UTC", executors={"default": self._ticks})
        self._wakes = {name: asyncio.Event() for name in ("read", "send", "pushes")}
        self._wakers: list[asyncio.Task[None]] = []
        self._running: dict[str, set[asyncio.Task[None]]] = {}
        self._stopping = False

    async def start(self) -> None:
        """Starts the jobs; returns at once."""
        pipeline = self._pipeline
        pipeline.bus.subscribe(frozenset({Subject.ITEMS_ADMITTED}), self._wake("read"))
        pipeline.bus.subscribe(frozenset({Subject.ALERT_QUEUED}), self._wake("send"))
        pipeline.bus.subscribe(frozenset({Subject.FEED_PUSHED}), self._wake("pushes"))
        self._every(self._tick_s, "poll", self._poll, at_once=pipeline.poller.concurrency)
        self._every(self._tick_s, "pushes", self._pushes)
        self._every(self._tick_s, "read", self._read)
        self._every(self._tick_s, "digests", self._digests)
        self._every(self._tick_s, "send", self._send, at_once=8)
        self._every(self._tick_s, "letters", self._now(pipeline.letters.step))
        self._every(min(self._tick_s, 0.5), "relay", self._relay)
        if pipeline.hubs is not None:
            self._every(self._tick_s, "hubs", self._now(pipeline.hubs.step))
        if pipeline.articles is not None:
            self._every(self._tick_s, "articles", self._now(pipeline.articles.step), at_once=pipeline.articles.at_once)
        if pipeline.icons is not None:
            self._every(_ICONS_S, "icons", self._now(pipeline.icons.step))
        self._every(_ALARMS_S, "alarms", self._now(pipeline.alarms.step), after=_SETTLED)
        self._every(10.0, "heartbeat", self._heartbeat)
        self._every(3600.0, "retention", self._retention)
        self._wakers = [
            asyncio.create_task(self._on_wake("read", self._read, 1)),
            asyncio.create_task(self._on_wake("send", self._send, 8)),
            asyncio.create_task(self._on_wake("pushes", self._pushes, 1)),
        ]
        self._scheduler.start()

    async def stop(self) -> None:
        """Stops ticking and waits for the steps that are under way; what they had claimed is saved or leased out.

        However much waits to be read or sent, no further step begins: it is there at the next start.
        """
        self._stopping = True
        self._pipeline.reader.interrupt()
        self._pipeline.digests.interrupt()
        self._scheduler.pause()
        for waker in self._wakers:
            waker.cancel()
        await asyncio.gather(*self._wakers, return_exceptions=True)
        # A tick that is shut down while it is under way would be cancelled, and reported as a failed job.
        await self._ticks.ended()
        await asyncio.gather(*(task for tasks in self._running.values() for task in tasks), return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    def _every(self, seconds: float, name: str, step: _Step, at_once: int = 1, after: timedelta = timedelta(0)) -> None:
        async def tick() -> None:
            self._begin(name, step, at_once)

        self._scheduler.add_job(
            tick,
            IntervalTrigger(seconds=seconds, timezone="UTC"),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC)
            + after,  # the scheduler lives on the machine's clock, whatever the pipeline's is
        )

    def _begin(self, name: str, step: _Step, at_once: int) -> None:
        running = self._running.setdefault(name, set())
        if len(running) < at_once:
            task = asyncio.create_task(self._guarded(name, step))
            running.add(task)
            task.add_done_callback(running.discard)

    @staticmethod
    async def _guarded(name: str, step: _Step) -> None:
        """Runs a step; a failing one is logged and tried again at its next tick, and stops nothing else."""
        try:
            await step()
        except DatabaseBusy as busy:
            _log.warning("database busy; the step is tried again at the next tick", step=name, reason=str(busy))
        except StorageError as trouble:  # it says what to do; a traceback would hide that
            _log.error("database in trouble; the step is tried again at the next tick", step=name, reason=str(trouble))
        except Exception:
            _log.exception("step failed; it is tried again at the next tick", step=name)

    def _wake(self, name: str) -> Callable[[Event], Awaitable[None]]:
        async def handler(_event: Event) -> None:
            self._wakes[name].set()

        return handler

    async def _on_wake(self, name: str, step: _Step, at_once: int) -> None:
        while True:
            await self._wakes[name].wait()
            self._wakes[name].clear()
            self._begin(name, step, at_once)

    def _now(self, step: Callable[[datetime], Awaitable[object]]) -> _Step:
        return lambda: step(self._clock())

    async def _poll(self) -> None:
        await self._pipeline.poller.step(self._clock())

    async def _pushes(self) -> None:
        while not self._stopping and await self._pipeline.pushes.step(self._clock()):
            pass

    async def _read(self) -> None:
        more = True
        while more and not self._stopping:
            read = await asyncio.to_thread(self._pipeline.reader.step, self._clock())
            more = bool(read.items or read.failed)

    async def _send(self) -> None:
        while not self._stopping and (await self._pipeline.sender.step(self._clock())).attempted:
            pass

    async def _digests(self) -> None:
        await asyncio.to_thread(self._pipeline.digests.step, self._clock())

    async def _relay(self) -> None:
        while not self._stopping and await self._pipeline.relay.step(self._clock()):
            pass

    async def _heartbeat(self) -> None:
        def beat() -> None:
            with self._pipeline.database.work() as work:
                work.meta.set(TICK_KEY, self._clock().isoformat())

        await asyncio.to_thread(beat)

    async def _retention(self) -> None:
        def tidy() -> None:
            now = self._clock()
            done = prune(
                self._pipeline.database,
                items_before=now - self._retain if self._retain else _NEVER,
                events_before=now - _EVENTS_KEPT,
                tokens_before=now,
            )
            with self._pipeline.database.work() as work:
                work.meta.set(LAST_RUN_KEY, f"{now.isoformat()} {done.items} {done.events}")

        await asyncio.to_thread(tidy)
