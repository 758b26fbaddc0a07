"""Which of the feeds that are due are claimed: a few of each host, and not all of those that fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

Lane = Literal["both", "well", "failing"]


@dataclass(frozen=True, slots=True)
class Places:
    """For how many feeds there is room: `well` whose last poll went well, `failing` whose last poll failed."""

    well: int
    failing: int


class Choice:
    """The feeds that are taken of those that are due, as they are looked at in their order."""

    def __init__(self, limit: int, per_host: int, places: Places) -> None:
        self.chosen: list[int] = []
        self._limit = limit
        self._room = {False: places.well, True: places.failing}
        self._had_room_for_well = places.well > 0
        self._per_host = per_host
        self._of_host: Counter[str] = Counter()
        self.first_page = 2 * max(1, min(limit, places.well or places.failing))

    @property
    def lane(self) -> Lane | None:
        """What to look at next: feeds of both kinds, `well` or `failing` ones alone; None where nothing has room."""
        if len(self.chosen) >= self._limit or not any(room > 0 for room in self._room.values()):
            return None
        if all(room > 0 for room in self._room.values()):
            return "both"
        return "failing" if self._room[True] > 0 else "well"

    @property
    def well_is_full(self) -> bool:
        """No more room for those that go well, who had some: the failing ones before them in line were looked at too,
        and those behind come first once they are the longest overdue."""
        return self._had_room_for_well and self._room[False] <= 0

    def consider(self, feed: int | None, host: str, *, failing: bool) -> None:
        """Take this feed if there is room for it."""
        failing = bool(failing)
        if feed is None or feed in self.chosen or len(self.chosen) >= self._limit:
            return
        if self._room[failing] > 0 and self._of_host[host] < self._per_host:
            self._room[failing] -= 1
            self._of_host[host] += 1
            self.chosen.append(feed)
