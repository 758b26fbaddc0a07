"""The article behind an item: asked for where the site allows it, and read in a process that can be killed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, cast

from monitor.feeds.article_page import ArticlePage
from monitor.feeds.fetch import Fetcher
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_pool import ParseFailed, ParserPool, ParserPoolConfig
from monitor.feeds.robots import Robots
from monitor.model.feed import Feed, FetchOutcome, FetchResult
from monitor.net.mask import mask

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
COMMAND = "monitor.feeds.article_worker"

LEAST_SHARED = 0.25
"""Share of a title's words that its article names again; consent pages, log-ins and front pages name hardly any."""

_FOR_NOW = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_STATUSES = {
    401: "the article needs a login (401)",
    402: "the article is for subscribers (402)",
    403: "the site refuses to show the article to programs (403)",
    404: "there is no page at the item's address (404)",
    406: "the site has the article in no form that was asked for (406)",
    410: "the article was taken off the site (410)",
    429: "the site says that it is asked too often (429)",
    451: "the article is withheld for legal reasons (451)",
}
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What came of an article. `text` is None where it could not be had; `note` says in plain words why, or what is
    missing. `again` says that another attempt may fare better, after `wait_s` seconds if the site named a time;
    `postponed` that the site was not even asked.
    """

    text: str | None = None
    note: str = ""
    again: bool = False
    wait_s: int = 0
    postponed: bool = False


class ReadsArticles(Protocol):
    """Brings articles."""

    async def article(self, url: str, title: str) -> Article:
        """The article at an address; never raises for what the other side does."""
        ...

    def busy_hosts(self) -> Collection[str]:
        """The hosts that may not be asked just now."""
        ...


class ArticleReader:
    """Brings articles over a fetcher of its own, which shares the feeds' guard and their manners towards hosts."""

    def __init__(
        self, fetcher: Fetcher, pool: ParserPool, now: Callable[[], datetime], *, robots: Robots | None = None
    ) -> None:
        self._fetcher = fetcher
        self._pool = pool
        self._now = now
        self._robots = robots or Robots(fetcher, now)

    def busy_hosts(self) -> Collection[str]:
        """The hosts that were asked a moment ago, and those that are left alone."""
        spaced: Mapping[str, float] = self._fetcher.spaced()
        return {*spaced, *self._fetcher.held_hosts()}

    async def article(self, url: str, title: str) -> Article:
        """The article at an address, checked to be the one that the item's title speaks of."""
        permission = await self._robots.permission(url)
        if not permission.allowed:
            return Article(note=permission.why, again=permission.later)
        now = self._now()
        result = await self._fetcher.fetch(Feed(id=0, url=url, next_poll_at=now, added_at=now), full=True)
        if result.outcome is not FetchOutcome.OK:
            return _not_had(result)
        landed = result.final_url or url
        if landed != url:
            permission = await self._robots.permission(landed)
            if not permission.allowed:
                return Article(note=permission.why, again=permission.later)
        try:
            page = cast("ArticlePage", await self._pool.parse(result.body, result.content_type, landed))
        except ParseFailed as failed:  # on a busy machine it may fare better, and a killed parser read nothing at all
            return Article(note=f"the page could not be read: {mask(str(failed))[:200]}", again=True)
        except NotAFeed:
            return Article(note="the page is far too large to be an article")
        if page.text and not is_about(title, page):
            return Article(note="the page is about something else: a consent, login or front page stands in its place")
        return Article(text=page.text or None, note=page.note)


def article_pool(workers: int = 1, limit_s: float = 10.0) -> ParserPool:
    """The processes that read pages."""
    config = ParserPoolConfig(workers=workers, limit_s=limit_s)
    return ParserPool(replace(config, command=(*config.command[:-1], COMMAND)))


def is_about(title: str, page: ArticlePage) -> bool:
    """Whether a page can be the article that an item's title announces. A title of one or two words tells nothing."""
    words = {word.casefold() for word in _WORD.findall(title)}
    if len(words) < 3:
        return True
    theirs = {word.casefold() for word in _WORD.findall(f"{page.title}\n{page.text}")}
    return len(words & theirs) >= LEAST_SHARED * len(words)


def _not_had(result: FetchResult) -> Article:
    status = result.status or 0
    again = status in _FOR_NOW or status == 0
    said = (result.error or "the site did not answer").rstrip(".")
    note = _STATUSES.get(status) or f"{said[:1].lower()}{said[1:]}"
    refused = status == 0 and "is refused:" in said
    return Article(
        note=mask(note), again=again and not refused, wait_s=result.retry_after_s or 0, postponed=result.postponed
    )
