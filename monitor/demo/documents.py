"""Feeds as documents: RSS 2.0, Atom, RSS 1.0 (RDF) and JSON Feed. Pure: values in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement, tostring

CONTENT_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}
"""By format; the XML ones are sent with the document's charset behind them."""

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed says of itself. `updated` is None while it is empty."""

    title: str
    description: str
    site_url: str
    self_url: str
    language: str
    updated: datetime | None = None
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry. `text` is plain, its paragraphs on lines of their own; documents carry it as HTML.

    `source_url` and `source_title` name the feed that the entry is reprinted from, where it is.
    """

    id: str
    url: str
    title: str
    text: str
    published: datetime
    updated: datetime
    author: str | None = None
    source_url: str | None = None
    source_title: str = ""

    @property
    def html(self) -> str:
        """The text as paragraphs, escaped."""
        return "".join(f"<p>{escape(line, quote=False)}</p>" for line in self.text.splitlines() if line.strip())

    @property
    def summary(self) -> str:
        """The first paragraph, plain."""
        return self.text.split("\n", 1)[0]


def feed_document(format_: str, head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """The feed in the format `rss`, `atom`, `rdf` or `json`. Raises ValueError for any other."""
    builders: dict[str, Callable[[FeedHead, Sequence[FeedEntry]], bytes]] = {
        "rss": rss,
        "atom": atom,
        "rdf": rdf,
        "json": json_feed,
    }
    if format_ not in builders:
        raise ValueError(f"No feed format {format_!r}; there are {', '.join(builders)}.")
    return builders[format_](head, entries)


def rss(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """RSS 2.0 with content:encoded beside the description (rssboard.org/rss-specification)."""
    root = Element("rss", {"version": "2.0", "xmlns:content": _CONTENT, "xmlns:dc": _DC})
    channel = SubElement(root, "channel")
    _texts(channel, title=head.title, link=head.site_url, description=head.description, language=head.language)
    if head.updated is not None:
        _texts(channel, lastBuildDate=format_datetime(head.updated, usegmt=True))
    for entry in entries:
        item = SubElement(channel, "item")
        _texts(item, title=entry.title, link=entry.url, description=entry.summary)
        SubElement(item, "guid", {"isPermaLink": "false"}).text = entry.id
        _texts(item, pubDate=format_datetime(entry.published, usegmt=True))
        if entry.author:
            SubElement(item, "dc:creator").text = entry.author
        if entry.source_url:
            SubElement(item, "source", {"url": entry.source_url}).text = entry.source_title
        SubElement(item, "content:encoded").text = entry.html
    return _serialised(root, head.encoding)


def atom(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """Atom 1.0 (RFC 4287). An empty feed is dated to the epoch, for the element is required."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": head.language})
    _texts(root, id=head.site_url, title=head.title, subtitle=head.description, rights=head.description)
    _texts(root, updated=_iso(head.updated) if head.updated else "1970-01-01T00:00:00Z")
    SubElement(root, "link", {"rel": "self", "href": head.self_url})
    SubElement(root, "link", {"rel": "alternate", "href": head.site_url})
    for entry in entries:
        node = SubElement(root, "entry")
        _texts(node, id=entry.id, title=entry.title, published=_iso(entry.published), updated=_iso(entry.updated))
        SubElement(node, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
        SubElement(SubElement(node, "author"), "name").text = entry.author or head.title
        if entry.source_url:
            source = SubElement(node, "source")
            _texts(source, id=entry.source_url, title=entry.source_title, updated=_iso(entry.published))
            SubElement(source, "link", {"rel": "self", "href": entry.source_url})
            SubElement(source, "link", {"rel": "alternate", "href": urljoin(entry.source_url, "/")})
        _texts(node, summary=entry.summary)
        SubElement(node, "content", {"type": "html"}).text = entry.html
    return _serialised(root, head.encoding)


def rdf(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """RSS 1.0 with dc:date and content:encoded (web.resource.org/rss/1.0/spec); an item is known by its address."""
    root = Element(
        "rdf:RDF",
        {
            "xmlns": "http://purl.org/rss/1.0/",
            "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "xmlns:dc": _DC,
            "xmlns:content": _CONTENT,
        },
    )
    channel = SubElement(root, "channel", {"rdf:about": head.self_url})
    _texts(channel, title=head.title, link=head.site_url, description=head.description)
    SubElement(channel, "dc:language").text = head.language
    sequence = SubElement(SubElement(channel, "items"), "rdf:Seq")
    for entry in entries:
        SubElement(sequence, "rdf:li", {"rdf:resource": entry.url})
    for entry in entries:
        item = SubElement(root, "item", {"rdf:about": entry.url})
        _texts(item, title=entry.title, link=entry.url, description=entry.summary)
        SubElement(item, "dc:date").text = _iso(entry.published)
        if entry.author:
            SubElement(item, "dc:creator").text = entry.author
        if entry.source_url:
            SubElement(item, "dc:source").text = entry.source_url
        SubElement(item, "content:encoded").text = entry.html
    return _serialised(root, head.encoding)


def json_feed(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "description": head.description,
        "home_page_url": head.site_url,
        "feed_url": head.self_url,
        "language": head.language,
        "items": [_json_item(entry) for entry in entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _json_item(entry: FeedEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": _iso(entry.published),
    }
    if entry.updated != entry.published:
        item["date_modified"] = _iso(entry.updated)
    if entry.author:
        item["authors"] = [{"name": entry.author}]
    if entry.source_url:
        item["_source"] = {"title": entry.source_title, "url": entry.source_url}  # no field of the standard's own
    return item


def _texts(parent: Element, **texts: str) -> None:
    """Adds one child per name, in the order given."""
    for tag, text in texts.items():
        SubElement(parent, tag).text = text


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _serialised(root: Element, encoding: str) -> bytes:
    """With an XML declaration; what the encoding lacks becomes a character reference."""
    serialised: bytes = tostring(root, encoding=encoding, xml_declaration=True)
    return serialised
