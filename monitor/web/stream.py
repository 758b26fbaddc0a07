"""Server-sent events from the outbox: one poll of the database is shared by all who listen.

A listener that comes back names the last event it saw and is told what it missed; after too long an absence, or when
the database is another one, it is told to start afresh. Events arrive at least once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import structlog

from monitor.events import Subject
from storage.engine import Database
from storage.errors import StorageError
from storage.values import StoredEvent

MOST_LISTENERS = 500
MOST_OF_ONE = 50
"""Places of one listener among them, unless a setting says otherwise; pages that nobody looks at take none."""

MOST_MISSED = 500
PUBLIC = frozenset(
    {
        Subject.FEED_POLLED,
        Subject.ITEMS_ADMITTED,
        Subject.ITEM_READ,
        Subject.CHANGE_PENDING,
        Subject.CHANGE_CONFIRMED,
        Subject.CHANGE_DROPPED,
        Subject.CHANGE_RETRACTED,
        Subject.RULES_CHANGED,
    }
)
"""What anybody may hear of. Alerts are between us and who is told."""

_RETRY_MS = 3000
_BATCH = 500
_QUEUE = 1000

_log = structlog.get_logger(__name__)


class TooManyListenersError(Exception):
    """As many pages listen as this process serves; ask again later."""


class TooManyOfOneError(Exception):
    """One listener has as many places as anybody may have; the others' are not theirs to take."""


class EventStream:
    """The events as they happen. `every_s`: seconds between two looks; `heartbeat_s`: silence after which we say so.

    `most_of_one`: places that one listener may have, by whatever name `open` is given for them.
    """

    def __init__(
        self, database: Database, *, every_s: float = 1.0, heartbeat_s: float = 15.0, most_of_one: int = MOST_OF_ONE
    ) -> None:
        self._database = database
        self._every_s = every_s
        self._heartbeat_s = heartbeat_s
        self._most_of_one = most_of_one
        self._listeners: dict[asyncio.Queue[StoredEvent | None], str] = {}
        self._poller: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._place = 0
        self._closed = False

    def open(self, after: int | None, who: str) -> AsyncIterator[str]:
        """The frames for a new listener, from the event after that id, or from now on.

        Raises TooManyOfOneError and TooManyListenersError.
        """
        if self._has_its_share(who):
            raise TooManyOfOneError
        if len(self._listeners) >= MOST_LISTENERS:
            raise TooManyListenersError
        return self._frames(after, who)

    def _has_its_share(self, who: str) -> bool:
        return sum(one == who for one in self._listeners.values()) >= self._most_of_one

    def close(self) -> None:
        """Ends all streams, so that their connections can close. Call it in the event loop."""
        self._closed = True
        self._ready.set()
        for queue in self._listeners:
            _end(queue)
        if self._poller is not None:
            self._poller.cancel()

    async def _frames(self, after: int | None, who: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[StoredEvent | None] = asyncio.Queue(_QUEUE)
        # A place is taken only here: of many that were let in at the same moment those beyond the share end at once.
        if self._closed or self._has_its_share(who):
            return
        self._listeners[queue] = who
        try:
            yield f"retry: {_RETRY_MS}\n\n"
            self._start()
            # What is committed once the poller has its place is either missed already, or comes through the queue.
            while not self._ready.is_set() and not self._closed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._ready.wait(), self._heartbeat_s)
            told: set[int] = set()
            if after is not None and not self._closed:
                try:
                    missed = await asyncio.to_thread(self._missed, after)
                except StorageError:
                    return  # the browser comes back; the poller has said what is wrong
                if missed is None:
                    yield "event: reset\ndata: {}\n\n"
                for event in missed or ():
                    told.add(event.id)
                    yield _frame(event)
            while not self._closed:
                try:
                    one = await asyncio.wait_for(queue.get(), self._heartbeat_s)
                except TimeoutError:
                    yield ": nothing new\n\n"
                    continue
                if one is None:
                    return
                if one.id not in told:
                    yield _frame(one)
        finally:
            self._listeners.pop(queue, None)

    def _missed(self, after: int) -> list[StoredEvent] | None:
        """The public events after that id; None when they are too many to tell, or the id is not from this database."""
        with self._database.view() as work:
            if after > work.events.last_id():
                return None
            events = work.events.after(after, MOST_MISSED + 1)
        return None if len(events) > MOST_MISSED else [e for e in events if e.subject in PUBLIC]

    def _start(self) -> None:
        if self._poller is None or self._poller.done():
            self._ready.clear()
            self._poller = asyncio.create_task(self._poll())

    async def _poll(self) -> None:
        """Looks for new events while anybody listens. A database that does not answer is asked again."""
        failing = False
        while self._listeners:
            try:
                if self._ready.is_set():
                    self._tell(await asyncio.to_thread(self._read))
                else:
                    self._place = await asyncio.to_thread(self._last_id)
                    self._ready.set()
                failing = False
            except Exception as error:  # no fault may silence all listeners for good
                if not failing:
                    _log.warning("live events wait for the database", error=str(error))
                failing = True
            await asyncio.sleep(self._every_s)

    def _last_id(self) -> int:
        with self._database.view() as work:
            return work.events.last_id()

    def _read(self) -> list[StoredEvent]:
        """What came since the last look. Events are committed in the order of their ids, so none appears behind us."""
        with self._database.view() as work:
            events = work.events.after(self._place, _BATCH)
        self._place = events[-1].id if events else self._place
        return events

    def _tell(self, events: Sequence[StoredEvent]) -> None:
        for event in events:
            if event.subject not in PUBLIC:
                continue
            for queue in self._listeners:
                try:
                    queue.put_nowait(event)
                except asyncio.QueueFull:
                    _end(queue)  # it comes back and is told what it missed, or to start afresh


def _end(queue: asyncio.Queue[StoredEvent | None]) -> None:
    """Makes the listener's next look at its queue the last one."""
    while queue.full():
        queue.get_nowait()
    queue.put_nowait(None)


def _frame(event: StoredEvent) -> str:
    """One event on the wire. Of its data only ids go out."""
    ids = {
        key: value
        for key, value in event.data.items()
        if (isinstance(value, int) and not isinstance(value, bool)) or key in ("actor", "issue")
    }
    body = json.dumps({"subject": event.subject, "at": event.at.isoformat(), **ids}, ensure_ascii=False)
    return f"id: {event.id}\ndata: {body}\n\n"
