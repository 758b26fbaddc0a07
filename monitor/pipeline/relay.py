"""Relay: events from the outbox to the bus, in order, marked once the bus answers for them."""

from __future__ import annotations

import asyncio
from datetime import datetime

from monitor.bus.protocol import Bus
from monitor.events import Event, Subject
from storage.engine import Database


class Relay:
    """Empties the outbox. A crash between publishing and marking publishes again: handlers are idempotent."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    async def step(self, now: datetime, limit: int = 200) -> int:
        """Publishes what is in the outbox; returns how many events. Stops at the first that the bus refuses."""
        events = await asyncio.to_thread(self._load, limit)
        done: list[int] = []
        try:
            for event in events:
                await self._bus.publish(event)
                done.append(event.id)
        finally:
            if done:
                await asyncio.to_thread(self._mark, done, now)
        return len(done)

    def _load(self, limit: int) -> list[Event]:
        with self._database.view() as work:
            return [
                Event(id=row.id, subject=Subject(row.subject), at=row.at, data=row.data)
                for row in work.events.undispatched(limit)
            ]

    def _mark(self, ids: list[int], now: datetime) -> None:
        with self._database.work() as work:
            work.events.mark_dispatched(ids, now)
