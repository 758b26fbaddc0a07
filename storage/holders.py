"""Whose statements are whose, after what operators said of who is who. Pure.

A statement is stored under the actor that it was read of. Over that lie, in this order: a correction of this statement,
the splits that took it to another actor, and the merges by which one actor answers for another. Where a correction and
a split name the holder, the later one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.model.alert import Subscription

Words = tuple[int, str]
"""An item and the fingerprint under which a statement of it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A statement that a split took to another actor, and when."""

    into: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """`merged` says which actor counts as which other, `moves` which statements went with a split."""

    merged: Mapping[str, str] = field(default_factory=dict)
    moves: Mapping[Words, Move] = field(default_factory=dict)

    def now(self, actor: str) -> str:
        """The actor that answers for this one."""
        while actor in self.merged:
            actor = self.merged[actor]
        return actor

    def followed_by(self, subscription: Subscription) -> Subscription:
        """The subscription, asking for those who answer now for the actors that it names."""
        wanted = subscription.filter
        if self.merged.keys().isdisjoint(wanted.actors):
            return subscription
        return replace(subscription, filter=replace(wanted, actors=frozenset(map(self.now, wanted.actors))))

    def counting_as(self, actors: Iterable[str]) -> set[str]:
        """These actors, and all for whom one of them answers."""
        wanted = set(actors)
        return wanted | {actor for actor in self.merged if self.now(actor) in wanted}

    def of(self, words: Words, read: str, corrected: str | None, corrected_at: datetime | None) -> str:
        """The holder of a statement that was read as `read`'s and, if so, corrected."""
        move = self.moves.get(words)
        if move is not None and (corrected is None or corrected_at is None or corrected_at <= move.at):
            return self.now(move.into)
        return self.now(corrected or read)
