"""Attempts that end together are written together; the trouble of one is that one's only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery, DeliveryStatus
from monitor.pipeline.ledger import MOST_AT_ONCE, Ended, Ledger

WELL = AttemptResult(ok=True, status=204)


def delivery(number: int) -> ClaimedDelivery:
    return ClaimedDelivery(
        id=number, alert_id=f"alt_{number}", channel=ChannelName.LOG, target="log", secret=None, subject="", text="",
        html="", payload="", attempt=1, created_at=datetime(2025, 6, 1, tzinfo=UTC), lease_token="t",
    )  # fmt: skip


class Book:
    """Where a ledger writes. The first write waits until `open` is set; a batch with a number in `broken` fails."""

    def __init__(self, *broken: int) -> None:
        self.batches: list[list[int]] = []
        self.broken = broken
        self.open = threading.Event()

    def write(self, ended: Sequence[Ended]) -> list[DeliveryStatus]:
        self.open.wait(10)
        numbers = [made.id for made, _ in ended]
        self.batches.append(numbers)
        if any(number in self.broken for number in numbers):
            raise OSError("no room")
        return [DeliveryStatus.DELIVERED if number % 2 else DeliveryStatus.DEAD for number in numbers]


async def test_what_ends_while_one_is_written_is_written_together() -> None:
    book = Book()
    ledger = Ledger(book.write)
    first = asyncio.create_task(ledger.enter(delivery(0), WELL))
    await asyncio.sleep(0.05)  # it is being written
    others = [asyncio.create_task(ledger.enter(delivery(n), WELL)) for n in range(1, 6)]
    await asyncio.sleep(0)
    book.open.set()
    assert await first is DeliveryStatus.DEAD
    assert [s is DeliveryStatus.DELIVERED for s in await asyncio.gather(*others)] == [True, False, True, False, True]
    assert book.batches == [[0], [1, 2, 3, 4, 5]]


async def test_no_transaction_grows_without_bound() -> None:
    book = Book()
    book.open.set()
    ledger = Ledger(book.write)
    await asyncio.gather(*(ledger.enter(delivery(n), WELL) for n in range(3 * MOST_AT_ONCE)))
    assert max(len(batch) for batch in book.batches) == MOST_AT_ONCE


async def test_when_a_shared_one_fails_each_is_written_by_itself() -> None:
    book = Book(2)
    book.open.set()
    ledger = Ledger(book.write)
    found = await asyncio.gather(*(ledger.enter(delivery(n), WELL) for n in range(1, 4)), return_exceptions=True)
    assert [type(f) for f in found] == [DeliveryStatus, OSError, DeliveryStatus]
    assert book.batches == [[1, 2, 3], [1], [2], [3]]


async def test_one_that_fails_alone_is_told_so_and_the_next_is_written() -> None:
    book = Book(1)
    book.open.set()
    ledger = Ledger(book.write)
    with pytest.raises(OSError, match="no room"):
        await ledger.enter(delivery(1), WELL)
    assert await ledger.enter(delivery(3), WELL) is DeliveryStatus.DELIVERED


async def test_who_is_cancelled_while_waiting_holds_up_nobody() -> None:
    book = Book()
    ledger = Ledger(book.write)
    gone = asyncio.create_task(ledger.enter(delivery(1), WELL))
    other = asyncio.create_task(ledger.enter(delivery(3), WELL))
    await asyncio.sleep(0)
    gone.cancel()
    book.open.set()
    assert await other is DeliveryStatus.DELIVERED
    assert book.batches == [[1, 3]]
