"""The ledger: attempts that end together are written in one transaction, and with it one sync of the disk.

Nothing waits for company: while one transaction is written, those that end meanwhile gather for the next. When a shared
one fails, each of its attempts is written by itself, so that the trouble of one is that one's only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from monitor.model.alert import AttemptResult, ClaimedDelivery, DeliveryStatus
from storage.errors import DatabaseBusy

MOST_AT_ONCE = 64
"""Attempts in one transaction; beyond, others would wait long for the write lock."""

PATIENCE_S = 90.0
"""How long a locked database is waited for; the lease of a delivery lasts for two minutes."""

_PAUSE_S = 0.5

Ended = tuple[ClaimedDelivery, AttemptResult]
Write = Callable[[Sequence[Ended]], Sequence[DeliveryStatus]]
"""Writes how attempts ended, in one transaction; gives where each of their deliveries stands then."""


class Ledger:
    """Takes down how attempts ended. `write` is called in a thread, again and again while the database is locked."""

    def __init__(self, write: Write, patience_s: float = PATIENCE_S) -> None:
        self._write = write
        self._patience_s = patience_s
        self._waiting: list[tuple[Ended, asyncio.Future[DeliveryStatus]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def enter(self, delivery: ClaimedDelivery, result: AttemptResult) -> DeliveryStatus:
        """Where the delivery stands once it is written. Raises what the writing of this one raised."""
        entered: asyncio.Future[DeliveryStatus] = asyncio.get_running_loop().create_future()
        self._waiting.append(((delivery, result), entered))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await entered

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                statuses = await self._patiently([ended for ended, _ in batch])
            except Exception as error:  # whatever it was, no attempt may be left without an answer
                await self._each_alone(batch, error)
                continue
            for (_, entered), status in zip(batch, statuses, strict=True):
                with suppress(asyncio.InvalidStateError):  # whoever waited was cancelled
                    entered.set_result(status)

    async def _patiently(self, ended: Sequence[Ended]) -> Sequence[DeliveryStatus]:
        """Writes, though the database be locked, as long as the leases last: what was sent would be sent again."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience_s
        while True:
            try:
                return await asyncio.to_thread(self._write, ended)
            except DatabaseBusy:
                if loop.time() > until:
                    raise
                await asyncio.sleep(_PAUSE_S)

    async def _each_alone(
        self, batch: Sequence[tuple[Ended, asyncio.Future[DeliveryStatus]]], error: Exception
    ) -> None:
        for ended, entered in batch:
            failed: Exception | None = error if len(batch) == 1 else None
            status = DeliveryStatus.PENDING
            if failed is None:
                try:
                    (status,) = await self._patiently([ended])
                except Exception as trouble:  # told to the one who waits
                    failed = trouble
            if entered.done():
                continue
            if failed is None:
                entered.set_result(status)
            else:
                entered.set_exception(failed)
