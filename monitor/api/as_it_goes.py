"""Slow work that tells how it goes: run beside, heard as an iterator, and stopped when nobody listens any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

import structlog

_log = structlog.get_logger(__name__)

Told = dict[str, Any]
_WAIT_S = 1.0


class _NobodyListensError(Exception):
    """Ends the work."""


def told_as_it_goes(work: Callable[[Callable[[Told], None]], None], at_end: Callable[[], None]) -> Iterator[Told]:
    """What the work tells, from now on and in order; `at_end` is called once it has ended, however it did.

    The work begins at once, whether or not anybody listens. An exception is told as the event `error`, without what it
    says: that can hold anything.
    """
    heard: Queue[Told | None] = Queue()
    gone = Event()

    def tell(one: Told) -> None:
        if gone.is_set():
            raise _NobodyListensError
        heard.put(one)

    def run() -> None:
        try:
            work(tell)
        except _NobodyListensError:
            pass
        except Exception:
            _log.exception("a preview failed")
            heard.put({"event": "error", "detail": "The preview failed; the log of the service says why."})
        finally:
            at_end()
            heard.put(None)

    thread = Thread(target=run, name="preview", daemon=True)
    thread.start()
    return _listened(heard, gone, thread)


def _listened(heard: Queue[Told | None], gone: Event, thread: Thread) -> Iterator[Told]:
    try:
        while True:
            try:
                one = heard.get(timeout=_WAIT_S)
            except Empty:
                if thread.is_alive():
                    continue
                return
            if one is None:
                return
            yield one
    finally:
        gone.set()
