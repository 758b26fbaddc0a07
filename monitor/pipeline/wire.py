"""What polling needs of the wire: somebody who brings documents with good manners, and somebody who reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from monitor.model.feed import Feed, FetchResult, ParsedFeed


class Fetches(Protocol):
    """Brings a feed's document."""

    async def fetch(self, feed: Feed, *, full: bool = False) -> FetchResult:
        """What the fetch brought, unconditionally if `full`; never raises for what the other side does."""
        ...

    def spaced(self) -> Mapping[str, float]:
        """The hosts that were asked a moment ago, and in how many seconds each may be asked again."""
        ...

    def held_hosts(self) -> Collection[str]:
        """The hosts that are left alone for now."""
        ...

    async def pause(self, seconds: float) -> None:
        """Waits on the clock by which hosts are spaced."""
        ...


class Parses(Protocol):
    """Reads a feed's document."""

    async def parse(
        self, body: bytes, content_type: str | None, base_url: str | None, known: bytes | None = None
    ) -> ParsedFeed:
        """The entries of the document but for those that are `known`; raises NotAFeed or ParseFailed."""
        ...
