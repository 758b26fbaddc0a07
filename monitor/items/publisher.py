"""Who stands behind an item: the agency that is credited, else the registered domain. Pure, no network."""

from __future__ import annotations

from functools import cache, lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from monitor.items.agencies import credited_agency
from monitor.model.feed import Feed, ParsedEntry

_CARRIERS = frozenset(
    {"news.google.com", "feedproxy.google.com", "feeds.feedburner.com", "t.co", "bit.ly", "apple.news"}
)


@cache
def _extract() -> TLDExtract:
    """The public suffix list as it comes with the package: nothing is fetched, nothing is written."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def registered_domain(url: str | None) -> str | None:
    """`bbc.co.uk` for `https://feeds.bbc.co.uk/x`; the host itself where it has none, as in a local network."""
    host = _host(url)
    return _registered(host) if host else None


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def _registered(host: str) -> str:
    found = _extract()(host)
    return f"{found.domain}.{found.suffix}".lower() if found.domain and found.suffix else host.lower()


def publisher(entry: ParsedEntry, feed: Feed) -> str:
    """The agency that the entry credits, else whom operators named for the feed, else the domain that the entry was
    taken from, that it links to, or of its feed.

    Addresses that only carry other people's news (a redirector, Google News) name nobody.
    """
    agency = credited_agency(entry.author, entry.text)
    if agency:
        return agency
    if feed.publisher:
        return feed.publisher
    for url in (entry.source_url, entry.link, feed.site_url, feed.url):
        host = _host(url) if url else None
        if host and host not in _CARRIERS:
            return _registered(host)
    return registered_domain(feed.url) or feed.url
