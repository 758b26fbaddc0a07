"""`volteface feeds discover`: the feeds of a site; `feeds add` asks here what an address is."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from monitor.cli.boot import fetch_config
from monitor.cli.outcome import CommandError
from monitor.cli.parsing import parser_pool
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, say
from monitor.feeds.address import feed_address
from monitor.feeds.discovery import Discovery, FoundFeed, discover
from monitor.feeds.fetch import Fetcher
from monitor.net.guard import Guard
from monitor.net.mask import mask
from monitor.settings import Settings, load_settings
from monitor.web.lookups import Counted, Look, Progress


def discover_feeds(
    url: Annotated[str, typer.Argument(help="The address of any page of the site.")], as_json: JsonFlag = False
) -> None:
    """Find the feeds of a site, with their titles and last items to choose from. Nothing is stored.

    Example: [bold]volteface feeds discover https://example.org[/]
    Exit code 1 when there is none.
    """
    address = feed_address(url)
    found = looked_up(load_settings(), address)
    feeds = [found.itself] if found.itself else list(found.feeds)
    if as_json:
        put_json([{**plain(feed), "url": mask(feed.url)} for feed in feeds])
    elif feeds:
        put_choice(feeds)
    for line in found.tried if not feeds else ():
        say(f"  tried {line}")
    if not feeds:
        raise CommandError(f"{mask(address)}: {found.problem}")
    say("Add one with `volteface feeds add` and its address.")


def looks(settings: Settings) -> Look:
    """Finds out what an address leads to: fetched under the guard of feeds, read in a process that can be killed."""

    async def look(address: str, progress: Progress) -> Discovery:
        guard = Guard(settings.feed_allow, setting="VOLTEFACE_FEED_ALLOW")
        async with Fetcher(fetch_config(settings), guard) as fetcher, parser_pool(settings) as parser:
            return await discover(address, Counted(fetcher, progress), parser)

    return look


def looked_up(settings: Settings, address: str) -> Discovery:
    """What an address leads to."""

    async def look() -> Discovery:
        return await looks(settings)(address, Progress())

    return asyncio.run(look())


def must_be_no_page(found: Discovery, address: str) -> None:
    """Ends the command with what the page offers when the address is that of a web page."""
    if not found.is_page:
        return
    lines = [f"{mask(address)} is a web page, not a feed; nothing was added."]
    if found.feeds:
        lines.append("It offers these feeds; add one with `volteface feeds add` and its address:")
        lines += [
            f"  {mask(feed.url)}  {feed.title} ({counted(feed.entries, 'entry', 'entries')})" for feed in found.feeds
        ]
    else:
        lines.append(found.problem or "")
    raise CommandError("\n".join(lines))


def put_choice(feeds: list[FoundFeed]) -> None:
    """Feeds to choose from, each with its last items."""
    rows: list[tuple[object, ...]] = []
    for feed in feeds:
        rows.append((mask(feed.url), feed.title, feed.entries, "", ""))
        rows += [("", "", "", published, title[:100]) for published, title in feed.last]
    put_table(("address", "title", "entries", "published", "last items"), rows, empty="")
