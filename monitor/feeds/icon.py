"""The icon of a site: named by its front page, or at /favicon.ico; a small raster image by its own first bytes.

SVG is never taken: it is a document that can carry scripts. What a server says of the type does not count.
"""

from __future__ import annotations

import html
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from monitor.feeds.charset import decode
from monitor.feeds.entries import web_address
from monitor.feeds.robots import Permission, site_of
from monitor.model.feed import Feed, FetchOutcome, FetchResult

LARGEST_ICON = 100 * 1024
MOST_TRIED = 3
MOST_PIXELS = 1024
"""Pixels on a side: a file of 100 kB can unfold to a picture of a gigabyte in the reader's browser."""

_MOST_TEXT = 500_000
_TAG = re.compile(r"<(link|base)\s([^<>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z-]{0,20})\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.I
)
_SIZE = re.compile(r"(\d{1,4})x\d{1,4}", re.IGNORECASE)
_SVG = re.compile(r"svg\+xml|\.svg(?:$|[?#])", re.IGNORECASE)
_WANTED_PIXELS = 32
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Icon:
    """An image and its media type, or neither and why."""

    media_type: str = ""
    data: bytes = b""
    note: str = ""


class Fetches(Protocol):
    """Brings a document."""

    async def fetch(self, feed: Feed, *, full: bool = False) -> FetchResult:
        """What the fetch brought; never raises for what the other side does."""
        ...


class Asks(Protocol):
    """Knows what robots.txt says."""

    async def permission(self, url: str) -> Permission:
        """Whether we may ask for an address."""
        ...


def site_of_feed(feed: Feed) -> str:
    """The site whose icon stands for a feed: the one that it names, else the one that it lies on."""
    return site_of(feed.site_url or feed.url)


async def find_icon(site: str, pages: Fetches, images: Fetches, robots: Asks) -> Icon:
    """The icon of a site, `https://example.org`. `images` should refuse whatever is larger than LARGEST_ICON."""
    named = await _named(f"{site}/", pages, robots)
    note = "the site has no icon"
    for address in dict.fromkeys([*named[:MOST_TRIED], f"{site}/favicon.ico"]):
        permission = await robots.permission(address)
        if not permission.allowed:
            note = permission.why
            continue
        result = await _fetch(address, images)
        if result.outcome is not FetchOutcome.OK:
            note = (result.error or note).rstrip(".")
        elif len(result.body) > LARGEST_ICON:
            note = f"the icon is larger than {LARGEST_ICON // 1024} KiB"
        elif (kind := raster_type(result.body)) is None:
            note = "the icon is no PNG, ICO, GIF, JPEG or WebP of a sensible size"
        else:
            return Icon(kind, result.body)
    return Icon(note=note)


async def _named(page: str, pages: Fetches, robots: Asks) -> list[str]:
    if not (await robots.permission(page)).allowed:
        return []
    result = await _fetch(page, pages)
    if result.outcome is not FetchOutcome.OK:
        return []
    return icon_links(decode(result.body[:_MOST_TEXT], result.content_type)[0], result.final_url or page)


async def _fetch(url: str, fetcher: Fetches) -> FetchResult:
    return await fetcher.fetch(Feed(id=0, url=url, next_poll_at=_NEVER, added_at=_NEVER), full=True)


def icon_links(text: str, page: str) -> list[str]:
    """The addresses that a page names as its icons, the likeliest to be small and square first."""
    base, found = page, list[tuple[int, int, str]]()
    for tag, inside in _TAG.findall(text):
        given = {n.lower(): html.unescape(a or b or c).strip() for n, a, b, c in _ATTRIBUTE.findall(inside)}
        href, rels = given.get("href", ""), given.get("rel", "").lower().split()
        if tag.lower() == "base" and href:
            base = web_address(href, page) or page
        elif (
            href and "svg" not in given.get("type", "").lower() and not href.lower().partition("?")[0].endswith(".svg")
        ):
            size = _SIZE.match(given.get("sizes", ""))
            off = abs(int(size.group(1)) - _WANTED_PIXELS) if size else 1
            if "icon" in rels:
                found.append((0, off, href))
            elif "apple-touch-icon" in rels or "apple-touch-icon-precomposed" in rels:
                found.append((1, off, href))
    addresses = [web_address(href, base) for _, _, href in sorted(found, key=lambda link: link[:2])]
    return [address for address in dict.fromkeys(addresses) if address]


def raster_type(data: bytes) -> str | None:
    """The media type of an image that may be shown, by its first bytes; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 33:
        return "image/png" if max(struct.unpack(">II", data[16:24])) <= MOST_PIXELS else None
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 13:
        return "image/gif" if max(struct.unpack("<HH", data[6:10])) <= MOST_PIXELS else None
    if data.startswith(b"\xff\xd8\xff") and len(data) >= 20:
        return "image/jpeg" if _jpeg_side(data) <= MOST_PIXELS else None
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP" and data[12:16] in (b"VP8 ", b"VP8L", b"VP8X"):
        return "image/webp"
    if data.startswith(b"\x00\x00\x01\x00") and len(data) > 22:
        count, (size, offset) = struct.unpack("<H", data[4:6])[0], struct.unpack("<II", data[14:22])
        return "image/x-icon" if 1 <= count <= 64 and 0 < size <= len(data) - offset else None
    return None


def _jpeg_side(data: bytes) -> int:
    """The longer side of a JPEG, by its start-of-frame segment; larger than any bound where there is none."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return max(int(side) for side in struct.unpack(">HH", data[at + 5 : at + 9]))
        at += 2 + length
    return MOST_PIXELS + 1
