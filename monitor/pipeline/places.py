"""Who has a place while feeds are polled. What hangs holds a socket and nothing else, and must hold up nobody.

Feeds whose last poll failed, and fetches that have been kept waiting for `patience_s` seconds, are set aside: they have
places of their own, so that those that go well need not wait until others run into their deadline.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from monitor.model.feed import Feed
from storage.feed_choice import Places
from storage.feeds import host_of

_MOST_ASIDE = 64


def places_aside(concurrency: int) -> int:
    """For how many fetches there is room beside the `concurrency` that go well."""
    return min(3 * concurrency, _MOST_ASIDE)


@dataclass(slots=True, eq=False)
class Visit:
    """A poll that is under way. `began` is the moment that its fetch began; None once the document is there.

    `known` is what the parser wants to be handed again, as it was when the feed was claimed.
    """

    host: str
    began: float | None
    failing: bool
    known: bytes | None = None


class UnderWay:
    """The polls that are under way, of at most `concurrency` feeds that go well and of some that are set aside."""

    def __init__(self, concurrency: int, patience_s: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._concurrency = concurrency
        self._aside = places_aside(concurrency)
        self._patience_s = patience_s
        self._clock = clock
        self._visits: set[Visit] = set()

    def begin(self, feed: Feed, known: bytes | None = None) -> Visit:
        """The poll of a feed begins."""
        visit = Visit(host_of(feed.url), self._clock(), feed.failures > 0, known)
        self._visits.add(visit)
        return visit

    def end(self, visit: Visit) -> None:
        """The poll is over."""
        self._visits.discard(visit)

    def free(self) -> Places:
        """For how many feeds more there is room."""
        aside = sum(visit.failing or self._is_late(visit) for visit in self._visits)
        return Places(
            well=max(0, self._concurrency - (len(self._visits) - min(aside, self._aside))),
            failing=max(0, self._aside - aside),
        )

    def full(self, per_host: int) -> set[str]:
        """The hosts of which so many feeds are under way."""
        return {host for host, visits in Counter(visit.host for visit in self._visits).items() if visits >= per_host}

    def next_aside_s(self) -> float | None:
        """In how many seconds the next fetch will have been kept waiting for too long, if it still is then."""
        began = [v.began for v in self._visits if v.began is not None and not v.failing and not self._is_late(v)]
        return min(began) + self._patience_s - self._clock() if began else None

    def _is_late(self, visit: Visit) -> bool:
        return visit.began is not None and self._clock() - visit.began >= self._patience_s
