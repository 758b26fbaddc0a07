"""Domain events: what happened, told in the transaction in which it happened (outbox), relayed by the bus.

An event is a fact with the ids to look it up, never the whole thing. Events arrive at least once and in the order of
their ids; handlers are idempotent: they wake a step that claims what is due, so a repeat finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Subject(StrEnum):
    """What can happen. The value is the subject on the bus."""

    FEED_POLLED = "feed.polled"
    FEED_PUSHED = "feed.pushed"
    ITEMS_ADMITTED = "items.admitted"
    ITEM_READ = "item.read"
    CHANGE_PENDING = "change.pending"
    CHANGE_CONFIRMED = "change.confirmed"
    CHANGE_DROPPED = "change.dropped"
    CHANGE_RETRACTED = "change.retracted"
    ALERT_QUEUED = "alert.queued"
    ALERT_DELIVERED = "alert.delivered"
    ALERT_DEAD = "alert.dead"
    RULES_CHANGED = "rules.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as it travels. `id` is its place in the outbox."""

    id: int
    subject: Subject
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
