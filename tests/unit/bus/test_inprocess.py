"""The bus in one process."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.bus.inprocess import InProcessBus
from monitor.events import Event, Subject

EVENT = Event(id=1, subject=Subject.ALERT_QUEUED, at=datetime(2025, 1, 1, tzinfo=UTC), data={})


async def test_only_subscribers_of_the_subject_hear() -> None:
    bus, heard = InProcessBus(), []

    async def handler(event: Event) -> None:
        heard.append(event.id)

    bus.subscribe(frozenset({Subject.ALERT_QUEUED}), handler)
    bus.subscribe(frozenset({Subject.FEED_POLLED}), handler)
    await bus.publish(EVENT)
    assert heard == [1]


async def test_one_failing_handler_does_not_keep_the_event_from_the_others() -> None:
    bus, heard = InProcessBus(), []

    async def broken(event: Event) -> None:
        raise RuntimeError("broken")

    async def whole(event: Event) -> None:
        heard.append(event.id)

    for handler in (broken, whole):
        bus.subscribe(frozenset({Subject.ALERT_QUEUED}), handler)
    with pytest.raises(RuntimeError, match="broken"):
        await bus.publish(EVENT)
    assert heard == [1]
