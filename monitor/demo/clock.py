"""Quickened time: months of story in minutes of real time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from monitor.model.moment import utc


class Clock(Protocol):
    """Tells the present moment, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class QuickClock:
    """Maps real seconds to story time at an even pace.

    Story time stands at `start_story` until `start()` is called, so that the silent baseline can be polled first, and
    stays at `end_story` once `real_seconds` have gone by. `monotonic` gives real seconds. Raises ValueError when the
    story would not move forward.
    """

    def __init__(
        self,
        start_story: datetime,
        end_story: datetime,
        real_seconds: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start, self._end = utc(start_story), utc(end_story)
        if self._end <= self._start:
            raise ValueError(f"The story must end after it starts: {self._start:%Y-%m-%d} to {self._end:%Y-%m-%d}.")
        if not real_seconds > 0:
            raise ValueError(f"A quickened clock needs more than 0 real seconds, not {real_seconds}.")
        self._real_seconds = real_seconds
        self._monotonic = monotonic
        self._started_at: float | None = None

    def start(self) -> None:
        """Lets story time run. A second call changes nothing."""
        if self._started_at is None:
            self._started_at = self._monotonic()

    @property
    def real_seconds(self) -> float:
        """Real seconds in which the story is told."""
        return self._real_seconds

    @property
    def pace(self) -> float:
        """Story seconds that go by in one real second."""
        return (self._end - self._start).total_seconds() / self._real_seconds

    @property
    def finished(self) -> bool:
        """Whether the story has been told to its end."""
        return self.now() >= self._end

    def now(self) -> datetime:
        """The present moment of the story."""
        if self._started_at is None:
            return self._start
        gone = max(0.0, self._monotonic() - self._started_at)
        if gone >= self._real_seconds:
            return self._end
        return self._start + timedelta(seconds=gone * self.pace)

    def real_seconds_until(self, moment: datetime) -> float:
        """Real seconds until the story reaches the moment; 0 when it has. A moment past the end counts as the end."""
        ahead = (min(utc(moment), self._end) - self.now()).total_seconds()
        return max(0.0, ahead / self.pace)
