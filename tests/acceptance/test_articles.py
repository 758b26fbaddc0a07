"""The service as it is put together: a feed, its site's robots.txt, the article behind an item, and the site's icon."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.boot import utc_now, wired
from monitor.model.article import ArticleState
from monitor.settings import Settings
from storage.engine import Database
from tests.integration.feeds.wire import Wire
from tests.unit.feeds.test_article_page import SAID, page
from tests.unit.feeds.test_icon import png

HTML = "text/html; charset=utf-8"
MACRON = "Emmanuel Macron supports sending European troops to Ukraine, he told reporters in Paris on Monday evening."


def feed(wire: Wire, *titles: str) -> bytes:
    items = "".join(
        f"<item><guid>{n}</guid><title>{title}</title><link>{wire.url}/story/{n}</link></item>"
        for n, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>News</title><link>{wire.url}/</link>{items}</channel></rss>".encode()


@pytest.mark.parametrize("articles", [True, False])
async def test_the_article_behind_a_matched_item_is_read(sqlite_url: str, tmp_path: Path, articles: bool) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=sqlite_url, feed_allow=("127.0.0.0/8",), host_spacing_s=0.0, articles=articles,
        icons=articles, default_feeds=False, _env_file=None,
    )  # fmt: skip
    database = Database(sqlite_url)
    async with Wire() as wire:
        wire.give("/robots.txt", body=b"User-agent: *\nDisallow: /story/1\n")
        wire.give("/", body=b"<html><link rel=icon href=/icon.png></html>", content_type=HTML)
        wire.give("/icon.png", body=png())
        wire.give("/rss", body=feed(wire, "Macron speaks in Paris", "Macron travels", "The weather"))
        wire.give("/story/0", body=page(paragraphs=[MACRON, *SAID]), content_type=HTML)
        with database.work() as work:
            added = work.feeds.add(f"{wire.url}/rss", "", "", utc_now())
        async with wired(settings, database) as pipeline:
            pipeline.rulebook.install((), utc_now())
            await pipeline.poller.step(utc_now())
            while pipeline.reader.step(utc_now()).items:
                pass
            assert pipeline.articles is not None
            while (await pipeline.articles.step(utc_now())).asked:
                pass
            while pipeline.reader.step(utc_now()).items:
                pass
            if pipeline.icons is not None:
                await pipeline.icons.step(utc_now())
        asked = [exchange.path for exchange in wire.seen]
    with database.view() as work:
        items = {item.title: item for item in work.items.search(None, 10)}
        told = work.statements.for_item(items["Macron speaks in Paris"].id)
        stored = work.articles.of([item.id for item in items.values()])
        icons = work.icons.ids()
    database.close()
    assert added.id
    if not articles:
        assert asked == ["/rss"]
        assert (told, stored, icons) == ([], {}, {})
        return
    assert [s.read.holder for s in told] == ["emmanuel-macron"]
    assert {items[t].id: stored[items[t].id].state for t in ("Macron speaks in Paris", "Macron travels")} == {
        items["Macron speaks in Paris"].id: ArticleState.FETCHED,
        items["Macron travels"].id: ArticleState.UNAVAILABLE,
    }
    assert "robots.txt" in stored[items["Macron travels"].id].note
    assert items["The weather"].id not in stored
    assert asked.count("/robots.txt") == 1
    assert not [path for path in asked if path in ("/story/1", "/story/2")]
    assert list(icons) == [wire.url]
