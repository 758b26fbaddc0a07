"""`volteface feeds articles`: whether whole articles of a feed are fetched."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.boot import open_database, utc_now
from monitor.cli.feed_rows import articles_in_words, feed_row
from monitor.cli.known import find_feed
from monitor.cli.talk import JsonFlag, put_json, say
from monitor.net.mask import mask
from monitor.settings import load_settings


class Choice(StrEnum):
    """ON and OFF hold whatever the setting says; DEFAULT follows it."""

    ON = "on"
    OFF = "off"
    DEFAULT = "default"


OWN = {Choice.ON: True, Choice.OFF: False, Choice.DEFAULT: None}


def set_articles(
    feed: Annotated[str, typer.Argument(help="Id or address.")],
    choice: Annotated[Choice, typer.Argument(help="on, off, or default: as VOLTEFACE_ARTICLES says.")],
    as_json: JsonFlag = False,
) -> None:
    """Set whether the whole articles behind a feed's items are fetched, whatever the setting says.

    They are asked for once an item names an actor or an issue, and only where the site's robots.txt allows it.
    Example: [bold]volteface feeds articles 3 on[/]
    """
    settings = load_settings()
    database = open_database(settings)
    try:
        with database.work() as work:
            found = find_feed(work, feed)
            work.feeds.set_articles(found.id, OWN[choice])
            work.audit.add("cli", "feed articles", str(found.id), {"articles": choice.value}, utc_now())
            found, items = work.feeds.get(found.id), work.feeds.item_counts().get(found.id, 0)
    finally:
        database.close()
    if as_json:
        put_json(feed_row(found, items, utc_now()))
    else:
        said = articles_in_words(found, by_default=settings.articles)
        say(f"Feed {found.id}, {found.title or mask(found.url)}: {said}.")
