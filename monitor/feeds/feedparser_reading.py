"""feedparser as we use it: its two parsers on a document that is already decoded and defused.

`feedparser.parse` is not called, for three reasons: it guesses the charset again; it resolves ids against the base
address, so that `<id>abc-1</id>` changes when the feed moves; and its sanitiser costs half the time and still lets
active content through, which nh3 does not. Bytes go in through no path that could open a file or an address.
"""

from __future__ import annotations

import io
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from dataclasses import dataclass
from typing import Any

from feedparser.api import LooseFeedParser, StrictFeedParser

from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.xml_document import XmlDocument

_RESOLVED = frozenset({"comments", "docs", "href", "icon", "link", "logo", "url", "wfw_comment", "wfw_commentrss"})


class _Strict(StrictFeedParser):  # type: ignore[misc] # feedparser has no types
    can_be_relative_uri = _RESOLVED
    resolve_relative_uris = False
    sanitize_html = False


class _Loose(LooseFeedParser):  # type: ignore[misc]
    can_be_relative_uri = _RESOLVED
    resolve_relative_uris = False
    sanitize_html = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What feedparser read, as it gives it. `well_formed` is False when the loose parser had to be used."""

    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    version: str
    well_formed: bool


def read(document: XmlDocument, base_url: str | None) -> Reading:
    """Read a document, strictly if it is well-formed and loosely if not. Raises NotAFeed when even that fails."""
    parser = _Strict(base_url or "", None, "utf-8")
    sax = xml.sax.make_parser()  # noqa: S317 - entities were taken out of the document, and none is fetched
    sax.setFeature(xml.sax.handler.feature_namespaces, True)
    sax.setFeature(xml.sax.handler.feature_external_ges, False)
    sax.setFeature(xml.sax.handler.feature_external_pes, False)
    sax.setContentHandler(parser)
    sax.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(document.data))
    try:
        sax.parse(source)
    except Exception:  # not only SAXException: hostile input makes feedparser's handlers raise anything
        return _read_loosely(document, base_url)
    return Reading(parser.feeddata, parser.entries, parser.version, True)


def _read_loosely(document: XmlDocument, base_url: str | None) -> Reading:
    parser = _Loose(base_url or "", None, "utf-8", document.entities)
    try:
        parser.feed(document.data.decode("utf-8", "replace"))
        parser.close()
    except Exception as error:
        if not parser.entries:
            raise NotAFeed(f"its XML is broken beyond repair ({type(error).__name__})") from error
    return Reading(parser.feeddata, parser.entries, parser.version, False)
