"""What a poll or a push brought, on its way to be saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.feed import Feed, FetchResult, ParsedFeed
from monitor.model.hub import Push


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a poll brought: the answer, what was read in it (None where nothing was to be read), and what went wrong.

    `known` is what was handed to the parser. `push` is set when nothing was asked for and a hub sent the document.
    """

    feed: Feed
    result: FetchResult
    parsed: ParsedFeed | None
    known: bytes | None = None
    error: str | None
    now: datetime
    push: Push | None = None
