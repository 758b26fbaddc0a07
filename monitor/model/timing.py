"""When a subscriber is told: at once or in digests, and the hours in which nothing may ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum


class Cadence(StrEnum):
    """How often a subscriber hears: each alert at once, or digests at a fixed hour of their own zone."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


MOST_AT_ONCE = 5
"""Alerts to one mailbox or chat within `monitor.alerts.timing.BURST_WINDOW`; what comes beyond becomes one digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a subscription is told, in the subscriber's own `zone` (IANA name, "Europe/Berlin").

    `at` is the local hour of daily and weekly digests, `weekday` counts from Monday, 0. `quiet` is a span of local
    time in which nothing is sent, which may reach over midnight; None: none. `empty` asks for daily and weekly digests
    even when nothing changed, so that silence means something. `burst` is how many alerts come one by one before
    mail and chat fold them. `most_per_hour` spreads webhooks; None: no limit.
    """

    cadence: Cadence = Cadence.AT_ONCE
    zone: str = "UTC"
    at: time = time(7)
    weekday: int = 0
    quiet: tuple[time, time] | None = None
    empty: bool = True
    burst: int = MOST_AT_ONCE
    most_per_hour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An alert that waits: until when, and why in a few words ("daily digest", "quiet hours")."""

    until: datetime
    why: str
