"""The embedded bus: handlers of this process, called one after another. Durability is the outbox's."""

from __future__ import annotations

import structlog

from monitor.bus.protocol import Handler
from monitor.events import Event, Subject

_log = structlog.get_logger(__name__)


class InProcessBus:
    """A bus without a server. One failing handler neither stops the others nor loses the event.

    `publish` raises the first failure after all handlers were called; the relay then keeps the event and calls all
    handlers again, which is why they must be idempotent.
    """

    def __init__(self) -> None:
        self._handlers: list[tuple[frozenset[Subject], Handler]] = []

    def subscribe(self, subjects: frozenset[Subject], handler: Handler) -> None:
        """See `Bus.subscribe`."""
        self._handlers.append((subjects, handler))

    async def publish(self, event: Event) -> None:
        """See `Bus.publish`."""
        failed: Exception | None = None
        for subjects, handler in self._handlers:
            if event.subject not in subjects:
                continue
            try:
                await handler(event)
            except Exception as error:  # a handler's fault is its own; the others still hear of the event
                _log.error("event handler failed", subject=event.subject, id=event.id, error=str(error))
                failed = failed or error
        if failed is not None:
            raise failed

    async def close(self) -> None:
        """See `Bus.close`."""
        self._handlers.clear()
