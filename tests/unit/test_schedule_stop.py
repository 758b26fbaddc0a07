"""Stopping a worker lets the ticks that are under way end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from monitor.schedule import _Ticks


async def test_a_tick_under_way_ends_and_is_not_reported_as_failed() -> None:
    ticks = _Ticks()
    failed: list[object] = []
    done: list[bool] = []
    scheduler = AsyncIOScheduler(timezone="UTC", executors={"default": ticks})
    scheduler.add_listener(failed.append, EVENT_JOB_ERROR)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await go_on.wait()
        done.append(True)

    scheduler.add_job(tick, DateTrigger(datetime.now(UTC), timezone="UTC"), misfire_grace_time=None)
    scheduler.start()
    await begun.wait()
    scheduler.pause()
    asyncio.get_running_loop().call_soon(go_on.set)
    await ticks.ended()
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)
    assert done == [True]
    assert failed == []
