"""What any bus must do, so that another one can stand in the place of the in-process bus."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from monitor.events import Event, Subject

Handler = Callable[[Event], Awaitable[None]]


class Bus(Protocol):
    """Brings events to handlers, at least once."""

    def subscribe(self, subjects: frozenset[Subject], handler: Handler) -> None:
        """Calls `handler` for every event on one of the subjects from now on."""
        ...

    async def publish(self, event: Event) -> None:
        """Returns once the bus answers for the event; raises when it does not, and the outbox keeps the event."""
        ...

    async def close(self) -> None:
        """Stops; events not yet handled stay in the outbox."""
        ...
