"""The subscriptions, kept between two tellings: ten thousand are read again only when one of them changed."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.alert import Subscription
from storage.work import Work


class Readership:
    """The active subscriptions of those who follow changes, as they are in the transaction at hand."""

    def __init__(self) -> None:
        self._stamp: str | None = None
        self._all: list[Subscription] = []

    def all(self, work: Work) -> Sequence[Subscription]:
        """The subscriptions by id. What was read is kept for the stamp that it was read under, never a later one."""
        stamp = work.subscriptions.stamp()
        if stamp is None or stamp != self._stamp:
            self._all = work.subscriptions.all(active_only=True)
            self._stamp = stamp
        return self._all
