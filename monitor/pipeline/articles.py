"""Articles: matched items → the page behind them → a revision that holds the article, read like any other.

An item is read from its feed's words at once, and alerts do not wait for any site; if it names an actor or an issue and
its feed is to be followed, its article is asked for. The text that comes makes a revision of the item (feed's words
included), which is read in place of the one before. The queue is the rows of `article`; an item loses nothing when its
page cannot be had: the row says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.events import Subject
from monitor.feeds.article import Article, ReadsArticles
from monitor.items.article import with_article
from monitor.items.language import UNDETERMINED, detect
from monitor.model.article import StoredArticle
from monitor.model.item import Item
from rules.model import Match, RuleKind
from storage.engine import Database
from storage.errors import NotFound
from storage.feeds import host_of
from storage.work import Work

_log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long to wait after the first, second … attempt that failed for now; after the last it is given up."""
LONGEST_WAIT = timedelta(hours=24)
AGAIN_AFTER_REVISION = timedelta(minutes=2)
"""When the page is asked for again after its feed revised the entry: sites write the page first, and caches lag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReport:
    """What one step came to."""

    asked: int = 0
    fetched: int = 0
    unavailable: int = 0


class ArticleStep:
    """Fetches the articles that are due. `at_once` bounds how many; of a host there is one at a time."""

    def __init__(
        self, database: Database, reader: ReadsArticles, clock: Callable[[], datetime], *, at_once: int = 4
    ) -> None:
        self._database = database
        self._reader = reader
        self._clock = clock
        self.at_once = at_once
        self._under_way: set[str] = set()
        self._claiming = asyncio.Lock()

    async def step(self, now: datetime) -> ArticleReport:
        """Claims articles that are due, and fetches them side by side. Steps may overlap."""
        claimed = await self._claim(now)
        outcomes = await asyncio.gather(*(self._in_turn(article, item) for article, item in claimed))
        return ArticleReport(
            asked=len(outcomes), fetched=outcomes.count("fetched"), unavailable=outcomes.count("unavailable")
        )

    async def _claim(self, now: datetime) -> list[tuple[StoredArticle, Item]]:
        async with self._claiming:
            free = self.at_once - len(self._under_way)
            busy = {*self._reader.busy_hosts(), *self._under_way}

            def due() -> bool:
                with self._database.view() as work:
                    return work.articles.any_due(now)

            def claim() -> list[tuple[StoredArticle, Item]]:
                with self._database.work() as work:
                    return work.articles.claim_due(now, free, LEASE, busy=busy)

            # Looked for first: a tick that finds nothing must not queue up with those who write.
            if free <= 0 or not await asyncio.to_thread(due):
                return []
            claimed = await asyncio.to_thread(claim)
            self._under_way.update(host_of(article.url) for article, _ in claimed)
            return claimed

    async def _in_turn(self, article: StoredArticle, item: Item) -> str:
        try:
            return await self._one(article, item)
        finally:
            self._under_way.discard(host_of(article.url))

    async def _one(self, article: StoredArticle, item: Item) -> str:
        try:
            found = await self._reader.article(article.url, item.title)
        except Exception as error:  # a fault of ours must neither lose the item nor stop the others
            _log.exception("article failed", item=item.id)
            found = Article(note=f"internal fault: {type(error).__name__}", again=True)
        return await asyncio.to_thread(self._save, article, found)

    def _save(self, article: StoredArticle, found: Article) -> str:
        now = self._clock()
        with self._database.work() as work:
            if not work.articles.hold(article):
                return "lost"
            if found.text is not None:
                self._put(work, article, found.text, found.note, now)
                return "fetched"
            wait = _wait(article, found)
            if wait is None:
                work.articles.give_up(article, found.note, now)
                return "unavailable"
            work.articles.put_off(article, found.note, now + wait, counts=not found.postponed)
            return "put off"

    def _put(self, work: Work, article: StoredArticle, text: str, note: str, now: datetime) -> None:
        item = work.items.get(article.item_id)
        feed_text = article.feed_text if article.revision == item.revision else item.text
        lang = detect(item.title, text, None if item.lang == UNDETERMINED else item.lang)
        whole = with_article(feed_text, text)
        after = work.articles.put(item, feed_text, text, whole=whole, lang=lang, note=note, now=now)
        if after.revision != item.revision:
            work.events.add(Subject.ITEMS_ADMITTED, {"feed": item.feed_id, "new": 0, "revised": 1}, now)


def _wait(article: StoredArticle, found: Article) -> timedelta | None:
    """How long until the article is asked for again; None when it is not."""
    if found.postponed:
        return min(timedelta(seconds=max(60, found.wait_s)), LONGEST_WAIT)
    if not found.again or article.attempts >= len(WAITS):
        return None
    return min(max(WAITS[article.attempts], timedelta(seconds=found.wait_s)), LONGEST_WAIT)


class Follower:
    """Decides while items are read whose article is wanted, and keeps it in the text when the feed revises an item.

    `by_default` holds for feeds that are not set apart.
    """

    def __init__(self, *, by_default: bool) -> None:
        self._by_default = by_default

    def joined(self, database: Database, items: Sequence[Item], now: datetime) -> list[Item]:
        """The items that are to be read as they are.

        What the feed revised, and whose article is known, is left out: a revision with both now waits in its place.
        What stands in the article would otherwise fall, and rise again when the page is fetched anew.
        """
        with database.view() as work:
            known = work.articles.of([item.id for item in items])
        parted = [i for i in items if (a := known.get(i.id)) and a.text is not None and a.revision != i.revision]
        left_out = {item.id for item in parted if self._join(database, item, now)}
        return [item for item in items if item.id not in left_out]

    @staticmethod
    def _join(database: Database, item: Item, now: datetime) -> bool:
        with database.work() as work:
            article = work.articles.of([item.id]).get(item.id)
            if not work.items.still_waits(item) or article is None or article.text is None:
                return False
            whole = with_article(item.text, article.text)
            return work.articles.join(item, whole, now, now + AGAIN_AFTER_REVISION).revision != item.revision

    def want(self, work: Work, item: Item, matches: Sequence[Match], now: datetime) -> bool:
        """Asks for the article of an item that names an actor or an issue, where its feed is to be followed."""
        if item.url is None or not any(m.kind in (RuleKind.ACTOR, RuleKind.ISSUE) for m in matches):
            return False
        return self._followed(work, item) and work.articles.want(item, now)

    def _followed(self, work: Work, item: Item) -> bool:
        if item.feed_id is None:
            return False
        try:
            own = work.feeds.get(item.feed_id).articles
        except NotFound:
            return False
        return self._by_default if own is None else own
