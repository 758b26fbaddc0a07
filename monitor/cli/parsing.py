"""Feed documents read in processes that can be killed, for the commands as for the service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from monitor.settings import load_settings

if TYPE_CHECKING:
    from monitor.feeds.parser_pool import ParserPool
    from monitor.model.feed import ParsedFeed
    from monitor.settings import Settings


def parser_pool(settings: Settings) -> ParserPool:
    """As many parsers as are set, each with the time that is set for a document."""
    from monitor.feeds.parser_pool import ParserPool, ParserPoolConfig

    return ParserPool(ParserPoolConfig(workers=settings.parse_workers, limit_s=settings.parse_deadline_s))


def read_apart(body: bytes, content_type: str | None = None, base_url: str | None = None) -> ParsedFeed:
    """One document, within the service's limits of time and memory.

    Raises NotAFeed, and ParseFailed where the parser crashed on it or ran over its time.
    """

    async def read() -> ParsedFeed:
        async with parser_pool(load_settings()) as parser:
            return await parser.parse(body, content_type, base_url)

    return asyncio.run(read())
