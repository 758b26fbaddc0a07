"""Which hubs a feed names, and by what address they know it (WebSub, chapter 4). Pure.

Links in headers go before links in the document, for each of the two relations by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from monitor.net.mask import mask

MOST_HUBS = 4
LONGEST_ADDRESS = 2_000
LONGEST_HEADER = 8_192

_IANA = "http://www.iana.org/assignments/relation/"
_LINK = re.compile(r'<([^<>]*)>((?:[^",<]|"(?:[^"\\]|\\.)*")*)')
_PARAMETER = re.compile(r';\s*([a-z*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))', re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Announced:
    """The hubs that a feed names, in its order, and the topic to subscribe to."""

    hubs: tuple[str, ...]
    topic: str


def announced(headers: Sequence[str], hubs: Sequence[str], self_url: str | None, place: str | None) -> Announced | None:
    """What a feed says of its hubs; None where it names none that can be used.

    `headers` are the values of its Link headers; `hubs` and `self_url` are what its document names, `place` the address
    that it came from: the topic of a feed that names none, unless a secret is in it, which is not a hub's business.
    """
    links = list(_links(headers, place))
    by_header = [href for rel, href in links if rel == "hub"]
    topic = next((href for rel, href in links if rel == "self"), None) or self_url
    if topic is None and place is not None and mask(place) == place:
        topic = address(place, None)
    found = tuple(dict.fromkeys(by_header or hubs))[:MOST_HUBS]
    return Announced(found, topic) if found and topic else None


def in_head(head: Any, base: str | None) -> tuple[tuple[str, ...], str | None]:
    """The hubs and the own address among the links of a feed's head, as feedparser gives them."""
    links = [link for link in head.get("links") or () if isinstance(link, dict)]
    pairs = [(rel, address(str(link.get("href") or ""), base)) for link in links for rel in _relations(link.get("rel"))]
    hubs = tuple(dict.fromkeys(href for rel, href in pairs if rel == "hub" and href))[:MOST_HUBS]
    return hubs, next((href for rel, href in pairs if rel == "self" and href), None)


def in_json(document: Any, base: str | None) -> tuple[tuple[str, ...], str | None]:
    """The same of a JSON Feed: `hubs` of the type WebSub (or PubSubHubbub, as it was called), and `feed_url`."""
    listed = document.get("hubs")
    named = [hub for hub in listed if isinstance(hub, dict)] if isinstance(listed, list) else []
    kinds = ("websub", "pubsubhubbub")
    urls = [address(str(hub.get("url") or ""), base) for hub in named if str(hub.get("type")).lower() in kinds]
    own = document.get("feed_url")
    hubs = tuple(dict.fromkeys(url for url in urls if url))[:MOST_HUBS]
    return hubs, address(own, base) if isinstance(own, str) else None


def topics_pushed(headers: Sequence[str]) -> tuple[str, ...]:
    """The topics that a push says it is of, by its Link headers (WebSub, chapter 7)."""
    return tuple(href for rel, href in _links(headers, None) if rel == "self")


def address(href: str, base: str | None) -> str | None:
    """An http(s) address to the letter as it is given, for hubs compare letters; None for what is none."""
    href = href.strip()
    try:
        whole = urljoin(base, href) if base and not urlsplit(href).scheme else href
        parts = urlsplit(whole)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if not href or not usable or len(whole) > LONGEST_ADDRESS or any(c <= " " or c in '"<>\\\x7f' for c in whole):
        return None
    return whole


def _links(headers: Sequence[str], base: str | None) -> Iterator[tuple[str, str]]:
    """Relation and address of each link in Link headers (RFC 8288). Links of something else (`anchor`) are left out."""
    for target, rest in _LINK.findall(", ".join(headers)[:LONGEST_HEADER]):
        given: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(rest):
            given.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) or bare)
        href = address(target, base)
        anchor = given.get("anchor")
        if href is None or (anchor is not None and (not base or urljoin(base, anchor) != base)):
            continue
        for rel in _relations(given.get("rel")):
            yield rel, href


def _relations(value: object) -> list[str]:
    return [word.removeprefix(_IANA) for word in str(value or "").lower().split()]
