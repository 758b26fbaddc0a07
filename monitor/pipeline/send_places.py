"""Which subscriptions failed at their last attempt: they share places of their own, and hold up nobody who goes well.

Known to one worker and forgotten with it: it is learned anew within a deadline. Belongs to one event loop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from monitor.model.alert import AttemptResult, ClaimedDelivery

MOST_REMEMBERED = 5_000
"""Subscriptions; those that failed longest ago are forgotten first."""


class SendPlaces:
    """At most `failing` attempts at subscriptions that failed last time are under way at once."""

    def __init__(self, failing: int) -> None:
        self._places = failing
        self._failing: dict[int, None] = {}
        self._under_way: dict[int, int] = {}

    @property
    def failing(self) -> Collection[int]:
        """The subscriptions whose last attempt failed."""
        return tuple(self._failing)

    @property
    def left(self) -> int:
        """How many more attempts at them may begin now."""
        taken = sum(count for one, count in self._under_way.items() if one in self._failing)
        return max(self._places - taken, 0)

    def begin(self, deliveries: Iterable[ClaimedDelivery]) -> None:
        """Attempts begin."""
        for delivery in deliveries:
            self._under_way[delivery.subscription_id] = self._under_way.get(delivery.subscription_id, 0) + 1

    def end(self, delivery: ClaimedDelivery, result: AttemptResult | None) -> None:
        """An attempt ended so; None when it was cancelled."""
        one = delivery.subscription_id
        self._under_way[one] -= 1
        if not self._under_way[one]:
            del self._under_way[one]
        if result is None:
            return
        self._failing.pop(one, None)
        if not result.ok:
            self._failing[one] = None
            while len(self._failing) > MOST_REMEMBERED:
                del self._failing[next(iter(self._failing))]
