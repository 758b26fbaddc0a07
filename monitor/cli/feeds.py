"""`volteface feeds`: what is polled."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

import typer

from monitor.cli.boot import cadence_config, fetch_config, open_database, utc_now
from monitor.cli.discover import discover_feeds, looked_up, must_be_no_page
from monitor.cli.feed_articles import set_articles
from monitor.cli.feed_rows import feed_row, hub_row, put_feed, put_feeds
from monitor.cli.known import find_feed
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.parsing import parser_pool, read_apart
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, say
from monitor.feeds.address import feed_address
from monitor.feeds.fetch import Fetcher
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.opml import OutlineFeed, read_opml, write_opml
from monitor.feeds.parser_pool import ParseFailed
from monitor.model.feed import Feed, FetchOutcome, ParsedFeed
from monitor.net.guard import Guard
from monitor.net.mask import mask
from monitor.pipeline.feed_changes import add_feed, remove_feed
from monitor.pipeline.feed_changes import import_opml as import_opml_into
from monitor.settings import load_settings

group = typer.Typer(help="The feeds that are polled.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(group, name="feeds")


@group.command()
def add(
    url: Annotated[str, typer.Argument(help="The feed's address.")],
    title: Annotated[str, typer.Option(help="Its name; by default the one it gives itself.")] = "",
    folder: Annotated[str, typer.Option(help="The folder it is kept in.")] = "",
    check: Annotated[bool, typer.Option(help="Look first whether there is a feed at this address.")] = True,
    as_json: JsonFlag = False,
) -> None:
    """Add a feed. What it holds at its first poll is its baseline and alerts nobody.

    The address of a web page is not added: the feeds that the page offers are named instead. A feed that cannot be
    reached just now is added all the same.
    Example: [bold]volteface feeds add https://example.org/rss.xml --folder europe[/]
    """
    settings, address = load_settings(), feed_address(url)
    database = open_database(settings)
    try:
        with database.view() as work:
            there = work.feeds.by_url(address)
        problem = None
        if check and there is None:
            found = looked_up(settings, address)
            must_be_no_page(found, address)
            problem = found.problem
        with database.work() as work:
            feed = add_feed(work, address, title, folder, "cli", utc_now())
    finally:
        database.close()
    if as_json:
        put_json(feed_row(feed, 0, utc_now()))
    else:
        say(f"Feed {feed.id} added: {mask(feed.url)}. It is polled at the worker's next tick.")
    if problem:
        say(f"It could not be read just now: {problem}")


group.command("discover")(discover_feeds)
group.command("articles")(set_articles)


@group.command("list")
def list_feeds(as_json: JsonFlag = False) -> None:
    """List all feeds with their health.

    Example: [bold]volteface feeds list --json | jq '.[] | select(.last_error)'[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        feeds, counts = work.feeds.all(), work.feeds.item_counts()
    database.close()
    if as_json:
        put_json([feed_row(feed, counts.get(feed.id, 0), utc_now()) for feed in feeds])
    else:
        put_feeds(feeds, counts, utc_now())


@group.command()
def show(feed: Annotated[str, typer.Argument(help="Id or address.")], as_json: JsonFlag = False) -> None:
    """Show one feed: how it is, what went wrong and what to do, when it is polled.

    Example: [bold]volteface feeds show 3[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = find_feed(work, feed)
        items = work.feeds.item_counts().get(found.id, 0)
        hub = work.hubs.of_feeds([found.id]).get(found.id)
    database.close()
    if as_json:
        put_json({**feed_row(found, items, utc_now()), "hub": hub_row(hub, utc_now()) if hub else None})
    else:
        put_feed(found, items, utc_now(), hub)


@group.command()
def check(url: Annotated[str, typer.Argument(help="The feed's address.")], as_json: JsonFlag = False) -> None:
    """Fetch and read a feed without storing anything. Exit code 1 when it cannot be read.

    Example: [bold]volteface feeds check https://example.org/rss.xml[/]
    """
    settings = load_settings()
    address = feed_address(url)

    async def fetch() -> ParsedFeed:
        now = utc_now()
        guard = Guard(settings.feed_allow, setting="VOLTEFACE_FEED_ALLOW")
        async with Fetcher(fetch_config(settings), guard) as fetcher, parser_pool(settings) as parser:
            result = await fetcher.fetch(Feed(id=0, url=address, next_poll_at=now, added_at=now))
            if result.outcome is not FetchOutcome.OK:
                raise CommandError(result.error or f"the server answered {result.status}")
            return await parser.parse(result.body, result.content_type, result.final_url or address)

    try:
        parsed = asyncio.run(fetch())
    except (NotAFeed, ParseFailed) as refused:
        raise CommandError(f"{mask(address)}: {refused}") from None
    _put_parsed(parsed, as_json=as_json)


@group.command()
def remove(feed: Annotated[str, typer.Argument(help="Id or address.")], as_json: JsonFlag = False) -> None:
    """Remove a feed. Its items stay: what a change cites is never lost.

    Example: [bold]volteface feeds remove 3[/]
    """
    database = open_database(load_settings())
    with database.work() as work:
        found = find_feed(work, feed)
        remove_feed(work, found.id, "cli", utc_now())
    database.close()
    if as_json:
        put_json({"removed": found.id, "url": mask(found.url), "title": found.title})
    else:
        say(f"Feed {found.id} removed: {found.title or mask(found.url)}")


@group.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(help="An OPML file, or - for standard input.")], as_json: JsonFlag = False
) -> None:
    """Add the feeds of an OPML file; those that are there already are left as they are.

    Outlines that cannot be used are named with their lines and left out. Exit code 1 where there were such, 2 where
    nothing else was in the file.
    Example: [bold]volteface feeds import subscriptions.opml[/]
    """
    data = _bytes(file)
    settings = load_settings()
    now = utc_now()
    bad: list[str] = []
    if not read_opml(data, bad) and bad:
        raise CommandError("no outline of the file can be used; nothing was added.\n" + "\n".join(bad), Exit.USAGE)
    database = open_database(settings)
    done = import_opml_into(database, data, str(file), "cli", now, cadence_config(settings))
    database.close()
    added, there, bad = done.added, done.there, list(done.left_out)
    say(f"{counted(len(added), 'feed')} added, {there} there already.")
    if as_json:
        put_json([feed_row(feed, 0, now) for feed in added])
    if bad:
        lines = "\n".join(f"  {line}" for line in bad)
        raise CommandError(
            f"{counted(len(bad), 'outline')} could not be used and {'was' if len(bad) == 1 else 'were'}"
            f" left out; mend the file and import it again:\n{lines}"
        )


@group.command()
def export() -> None:
    """Write all feeds as OPML to stdout. User names and passwords in addresses are left out, and tokens masked.

    Example: [bold]volteface feeds export > feeds.opml[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        feeds = work.feeds.all()
    database.close()
    outlines = [
        OutlineFeed(url=without_userinfo(f.url), title=f.title, folder=f.folder, articles=f.articles) for f in feeds
    ]
    sys.stdout.buffer.write(write_opml(outlines))
    sys.stdout.buffer.flush()
    for feed in feeds:
        if mask(feed.url) != feed.url:
            say(f"Feed {feed.id}, {mask(feed.url)}: its secrets are left out; put them in again where you import it.")


def without_userinfo(url: str) -> str:
    """The address without user name and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@group.command()
def parse(
    file: Annotated[Path, typer.Argument(help="A feed document, or - for standard input.")],
    content_type: Annotated[str | None, typer.Option(help="Content-Type that the server gave.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Address that relative links stand against.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read a feed document as our parser reads it.

    Example: [bold]volteface feeds parse feed.xml --json[/]
    """
    try:
        parsed = read_apart(_bytes(file), content_type, base_url)
    except (NotAFeed, ParseFailed) as refused:
        raise CommandError(f"{file}: {refused}") from None
    _put_parsed(parsed, as_json=as_json)


def _put_parsed(parsed: ParsedFeed, *, as_json: bool) -> None:
    """The entries on stdout; what was skipped or repaired on stderr."""
    if as_json:
        entries = [
            {"title": e.title, "link": e.link, "id": e.id, "published": _zulu(e.published)} for e in parsed.entries
        ]
        put_json({"feed_title": parsed.title, "entries": entries})
    else:
        entries_read = counted(len(parsed.entries), "entry", "entries")
        say(f"{parsed.title or 'without a title'}: {entries_read}, {counted(len(parsed.problems), 'problem')}")
        rows = [(e.published, e.title, e.link, e.id) for e in parsed.entries]
        put_table(("published", "title", "link", "id"), rows, empty="No entries now.")
    for problem in parsed.problems:
        say(f"  {problem}")


def _zulu(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}", Exit.NOT_FOUND) from None
