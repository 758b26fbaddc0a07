"""Work that takes longer than a page may: one run at a time, in a thread of this process, looked at from any page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock, Thread
from typing import Generic, TypeVar

import structlog

_log = structlog.get_logger(__name__)

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]


class _StopError(Exception):
    """Ends a run that somebody stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Generic[Result]):
    """A run: who asked for what and when, how far it is, and once it has ended its result or what went wrong."""

    what: str
    who: str
    began_at: datetime
    part: str = ""
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    result: Result | None = None
    trouble: str = ""


class Job(Generic[Result]):
    """A kind of work of which one run goes on at a time. The last run is kept until the next one."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._run: Run[Result] | None = None
        self._stopped = False

    @property
    def last(self) -> Run[Result] | None:
        """The run that goes on, or the last one."""
        with self._lock:
            return self._run

    def start(self, what: str, who: str, work: Callable[[Progress], Result]) -> bool:
        """Begins a run; False where one goes on. `work` is told by an exception of its progress when it is stopped."""
        with self._lock:
            if self._run is not None and self._run.ended_at is None:
                return False
            self._run, self._stopped = Run(what=what, who=who, began_at=self._clock()), False
        Thread(target=self._work, args=(work,), name=what, daemon=True).start()
        return True

    def stop(self) -> None:
        """Ends the run that goes on, at its next step."""
        with self._lock:
            self._stopped = True

    def _work(self, work: Callable[[Progress], Result]) -> None:
        result, trouble = None, ""
        try:
            result = work(self._progress)
        except _StopError:
            trouble = "It was stopped. What was done until then stays; another run goes on from there."
        except Exception:
            _log.exception("a run on the desk failed")
            trouble = "It failed; the log of the service says why. What was done until then stays."
        with self._lock:
            assert self._run is not None
            self._run = replace(self._run, ended_at=self._clock(), result=result, trouble=trouble)

    def _progress(self, part: str, done: int, total: int) -> None:
        with self._lock:
            if self._stopped:
                raise _StopError
            assert self._run is not None
            self._run = replace(self._run, part=part, done=done, total=total)
