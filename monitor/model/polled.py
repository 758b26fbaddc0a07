"""What is remembered of single polls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.feed import FetchOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One poll of a feed: when it ended, how, and how many items were new or revised. `error` is None where all went
    well; a document that could be fetched and is no feed has the outcome OK and an error."""

    at: datetime
    outcome: FetchOutcome
    new: int = 0
    revised: int = 0
    error: str | None = None
