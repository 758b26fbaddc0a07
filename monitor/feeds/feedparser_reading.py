"""feedparser as we use it: its two parsers on a document that is already decoded and defused.

`feedparser.parse` is not called, for three reasons: it guesses the charset again; it resolves ids against the base
address, so that `<id>abc-1</id>` changes when the feed moves; and its sanitiser costs half the time and still lets
active content through, which nh3 does not. Bytes go in through no path that could open a file or an address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from feedparser.api import LooseFeedParser

from monitor.feeds.elements import Elements
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.strict_reading import RESOLVED, StrictReader
from monitor.feeds.xml_document import XmlDocument
from monitor.feeds.xml_repair import repaired


class _Loose(Elements, LooseFeedParser):  # type: ignore[misc] # feedparser has no types
    can_be_relative_uri = RESOLVED
    resolve_relative_uris = False
    sanitize_html = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What feedparser read, as it gives it. `well_formed` is False when the loose parser had to be used.

    `settled` says that the outermost element tells the version: what an entry says does not depend on those before it.
    """

    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    version: str
    well_formed: bool
    settled: bool = False


def read(document: XmlDocument, base_url: str | None) -> Reading:
    """Read a document, strictly if it is well-formed or can be made so, and loosely if not.

    Raises NotAFeed when even that fails. Strictly comes first even where the document has to be repaired, for the loose
    parser reads an unescaped ampersand as the beginning of an entity (`AT&T` as `AT&T;`, `&lang=de` as a bracket).
    """
    strictly = read_strictly(document.data, base_url)
    if strictly is not None:
        return strictly
    mended = repaired(document.data)
    strictly = None if mended == document.data else read_strictly(mended, base_url)
    return replace(strictly, well_formed=False) if strictly else _read_loosely(document, base_url)


def read_strictly(data: bytes, base_url: str | None) -> Reading | None:
    """Read a document that is to be well-formed; None where it is not, or where feedparser stumbles over it."""
    parser = StrictReader(base_url)
    try:
        parser.read(data)
    except Exception:  # not only ExpatError: hostile input makes feedparser's handlers raise anything
        return None
    settled = bool(parser.at_root) and parser.at_root == parser.version
    return Reading(parser.feeddata, parser.entries, parser.version, True, settled)


def _read_loosely(document: XmlDocument, base_url: str | None) -> Reading:
    parser = _Loose(base_url or "", None, "utf-8", document.entities)
    try:
        parser.feed(document.data.decode("utf-8", "replace"))
        parser.close()
    except Exception as error:
        if not parser.entries:
            raise NotAFeed(f"its XML is broken beyond repair ({type(error).__name__})") from error
    return Reading(parser.feeddata, parser.entries, parser.version, False)
