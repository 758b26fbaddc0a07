"""The feeds of a site, from the address of any of its pages: those it names, else what stands in common places.

Whatever a page names is fetched and read like any feed, under the same guard and the same bounds, before it is offered.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.charset import decode
from monitor.feeds.entries import web_address
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_pool import ParseFailed
from monitor.model.feed import Feed, FetchOutcome, FetchResult, ParsedFeed
from monitor.net.mask import mask

MOST_TRIED = 12
LAST_ITEMS = 3

_MOST_TEXT = 1_000_000
_TAG = re.compile(r"<(link|a|base)\s([^<>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z-]{0,20})\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.I
)
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_FEED_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|x-rss\+xml)", re.IGNORECASE)
_MAYBE_TYPES = re.compile(r"application/(?:xml|json)|text/xml", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"/(?:feeds?|rss|atom|rdf)(?:$|[/.?])|\.(?:rss|atom|rdf)(?:$|\?)|[/_-](?:rss|feed|atom)[^/]{0,40}\.(?:xml|json)",
    re.I,
)
_FEED_SCHEME = re.compile(r"^feed:(?:(?://)?(?=(https?://))|//)", re.I)
_LESSER = re.compile(r"comment|kommentar", re.IGNORECASE)
_COMMON_PLACES = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
)


class Fetches(Protocol):
    """Brings a document."""

    async def fetch(self, feed: Feed, *, full: bool = False) -> FetchResult:
        """What the fetch brought; never raises for what the other side does."""
        ...


class Parses(Protocol):
    """Reads a document."""

    async def parse(self, body: bytes, content_type: str | None, base_url: str | None) -> ParsedFeed:
        """The entries of the document; raises NotAFeed or ParseFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that can be read: its address and title, how many entries it has, and its last ones as (date, title)."""

    url: str
    title: str
    entries: int
    last: tuple[tuple[datetime | None, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What an address led to. `itself` is set when it is a feed; `feeds` are those that its page led to, best first.

    `is_page` says that the address is that of a web page. `problem` says why there is nothing to choose from; `tried`
    names what was tried and is no feed, with the reason.
    """

    itself: FoundFeed | None = None
    feeds: tuple[FoundFeed, ...] = ()
    is_page: bool = False
    problem: str | None = None
    tried: tuple[str, ...] = ()


async def discover(address: str, fetcher: Fetches, parser: Parses) -> Discovery:
    """What feeds an address leads to. Never raises for what the other side does."""
    result = await _fetch(address, fetcher)
    if result.outcome is not FetchOutcome.OK:
        return Discovery(problem=result.error or "The page could not be fetched.")
    here = result.final_url or address
    try:
        parsed = await parser.parse(result.body, result.content_type, here)
    except (NotAFeed, ParseFailed) as refused:
        reason = str(refused)
    else:
        return Discovery(itself=_found(address, parsed))
    text = decode(result.body, result.content_type)[0]
    if not _PAGE.search(text[:20_000]):
        return Discovery(problem=f"There is neither a feed nor a web page at this address: {reason}.")
    tried: list[str] = []
    found = await _readable(named_feeds(text, here), fetcher, parser, tried)
    if not found:
        found = await _readable(common_places(here), fetcher, parser, tried)
    problem = None if found else "The page names no feed that can be read, and in the common places there is none."
    return Discovery(feeds=tuple(found), is_page=True, problem=problem, tried=tuple(tried))


def named_feeds(text: str, page: str) -> list[str]:
    """The addresses that a page names as feeds, best first: `link rel=alternate`, then anchors that look like feeds."""
    base, links, maybe, anchors = page, [], [], []
    for tag, inside in _TAG.findall(text[:_MOST_TEXT]):
        given = {n.lower(): html.unescape(a or b or c).strip() for n, a, b, c in _ATTRIBUTE.findall(inside)}
        href, kind, rels = given.get("href", ""), given.get("type", ""), given.get("rel", "").lower().split()
        if not href:
            continue
        if tag.lower() == "base":
            base = web_address(href, page) or page
        elif tag.lower() == "link":
            if "feed" in rels or ("alternate" in rels and _FEED_TYPES.match(kind)):
                links.append(href)
            elif "alternate" in rels and _MAYBE_TYPES.match(kind):
                maybe.append(href)
        elif _FEED_TYPES.match(kind) or _FEED_PATH.search(href):
            anchors.append(href)
    addresses = _addresses([*links, *maybe, *anchors], base, page)
    return sorted(addresses, key=lambda url: bool(_LESSER.search(url)))[:MOST_TRIED]


def common_places(page: str) -> list[str]:
    """Where feeds of sites that name none often are: beneath the page's folder, and beneath the site's root."""
    folder = urlsplit(page).path.rsplit("/", 1)[0]
    roots = dict.fromkeys((folder, ""))
    places = [root + place for root in roots for place in _COMMON_PLACES]
    return _addresses(places, page, page)[:MOST_TRIED]


def _addresses(hrefs: Sequence[str], base: str, page: str) -> list[str]:
    found: dict[str, None] = {}
    for href in hrefs:
        address = web_address(_FEED_SCHEME.sub(_without_feed, href), base)
        try:
            if address:
                found.setdefault(feed_address(address))
        except BadAddress:
            continue
    found.pop(page, None)
    return list(found)


def _without_feed(scheme: re.Match[str]) -> str:
    return "" if scheme.group(1) else "https://"


async def _readable(urls: Sequence[str], fetcher: Fetches, parser: Parses, tried: list[str]) -> list[FoundFeed]:
    """Those of the addresses that are feeds, each once: two that lead to the same place are one."""
    found: dict[str, FoundFeed] = {}
    for url, outcome in zip(urls, await asyncio.gather(*(_try(u, fetcher, parser) for u in urls)), strict=True):
        if isinstance(outcome, str):
            tried.append(f"{mask(url)}: {outcome}")
        else:
            place, feed = outcome
            found.setdefault(place, feed)
    return list(found.values())


async def _try(url: str, fetcher: Fetches, parser: Parses) -> tuple[str, FoundFeed] | str:
    result = await _fetch(url, fetcher)
    if result.outcome is not FetchOutcome.OK:
        return result.error or "it could not be fetched"
    place = result.final_url or url
    try:
        return place, _found(url, await parser.parse(result.body, result.content_type, place))
    except (NotAFeed, ParseFailed) as refused:
        return str(refused)


async def _fetch(url: str, fetcher: Fetches) -> FetchResult:
    never = datetime(1970, 1, 1, tzinfo=UTC)
    return await fetcher.fetch(Feed(id=0, url=url, next_poll_at=never, added_at=never), full=True)


def _found(url: str, parsed: ParsedFeed) -> FoundFeed:
    oldest = datetime.min.replace(tzinfo=UTC)
    latest = sorted(parsed.entries, key=lambda entry: entry.published or oldest, reverse=True)[:LAST_ITEMS]
    last = tuple((entry.published, entry.title or entry.link or entry.id) for entry in latest)
    return FoundFeed(url=url, title=parsed.title, entries=len(parsed.entries), last=last)
