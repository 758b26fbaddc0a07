"""Parsing a feed: bytes in, entries out. Pure, and to be run in a process that can be killed (`parser_pool`).

bytes → charset → { json_feed | xml_document → splitting → feedparser_reading } → entries → ParsedFeed

Of a document in good order only its head and the entries that are not known yet are shown to feedparser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.feeds import json_feed
from monitor.feeds.charset import decode
from monitor.feeds.dates import parse_date
from monitor.feeds.entries import LONGEST_TITLE, Composed, RawEntry, compose, language, told, web_address
from monitor.feeds.feedparser_reading import Reading, read, read_strictly
from monitor.feeds.hub_links import in_head
from monitor.feeds.known_entries import KnownEntry, clash, given_dates, known_entry, pack, reader_version, unpack
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.splitting import Pieces, split
from monitor.feeds.text import html_to_line, html_to_text, mended, one_line, plain
from monitor.feeds.xml_document import XmlDocument, prepare
from monitor.model.feed import ParsedFeed

__all__ = ["NotAFeed", "parse_document"]

MOST_ENTRIES = 5_000

_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
_ACTIVE_TAG = re.compile(r"</?(?:script|style|iframe|object|embed|svg|img|form)\b", re.IGNORECASE)
_TAG_OF_A_TITLE = re.compile(rf"{_ACTIVE_TAG.pattern}|<(?:br|wbr|hr)\s*/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")


def parse_document(
    body: bytes, content_type: str | None = None, base_url: str | None = None, known: bytes | None = None
) -> ParsedFeed:
    """The feed that a document holds: RSS 0.9 to 2.0, Atom, RDF, CDF or JSON Feed.

    `content_type` is the header of the answer, `base_url` the address that it came from. `known` is what the feed's
    last document came back with: entries that are as they were then are counted and not read again, where the document
    allows that. Raises NotAFeed, which says what the document is instead. A document that breaks off gives the entries
    that are whole, and is not `complete`.
    """
    if not body.strip(b"\x00\t\n\r\x0b\x0c \xef\xbb\xbf\xfe\xff"):
        raise NotAFeed("it is empty")
    text, repaired = decode(body, content_type)
    problems = [repaired] if repaired else []
    base = web_address(base_url, None)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return json_feed.parse(text, base, problems)
    document = prepare(text)
    pieces = split(document, reader_version(), base or "")
    if pieces is not None and len(pieces.spans) > MOST_ENTRIES:
        pieces = None
    unseen = _unseen(pieces, unpack(known), base, problems) if pieces is not None and known else None
    return unseen or _whole(document, pieces, base, problems)


def _whole(document: XmlDocument, pieces: Pieces | None, base: str | None, problems: list[str]) -> ParsedFeed:
    reading = read(document, base)
    if not reading.version and not reading.entries:
        raise NotAFeed("it looks like a feed from outside, but holds neither a feed's head nor entries")
    if not document.complete:
        cut = "; its last, partial entry was left out" if document.cut_entry else ""
        problems.append(f"the document breaks off before its end{cut}")
        if not reading.entries:
            raise NotAFeed("the document breaks off before its first entry is whole; it may be better at the next poll")
    elif not reading.well_formed:
        problems.append("the XML is not well-formed and was read leniently")
    composed = _composed(reading, base)
    feed = _feed(reading, base, composed, problems, complete=document.complete)
    if pieces is None or not reading.settled or len(pieces.spans) != len(reading.entries):
        return feed
    return replace(feed, known=_remembered(pieces, {}, composed))


def _unseen(
    pieces: Pieces, known: Mapping[bytes, KnownEntry], base: str | None, problems: Sequence[str]
) -> ParsedFeed | None:
    """The feed with those of its entries that are not known; None where all of them must be seen to read these."""
    numbers = [number for number, raw in enumerate(pieces.hashes) if raw not in known]
    if len(numbers) == len(pieces.spans):
        return None
    reading = read_strictly(pieces.with_only(frozenset(numbers)), base)
    if reading is None or not reading.settled or len(reading.entries) != len(numbers):
        return None
    composed = _composed(reading, base, [number + 1 for number in numbers])
    skipped = [known[raw] for raw in pieces.hashes if raw in known]
    if clash(map(known_entry, composed.given), skipped):
        return None
    return replace(
        _feed(reading, base, composed, problems, complete=True),
        skipped=len(skipped),
        skipped_dates=given_dates(skipped),
        known=_remembered(pieces, known, composed),
    )


def _remembered(pieces: Pieces, known: Mapping[bytes, KnownEntry], composed: Composed) -> bytes:
    """An entry of which something must be said, or that is not alone with its id, is read again at every poll."""
    entries = {raw: known[raw] for raw in pieces.hashes if raw in known}
    read_now = {pieces.hashes[number - 1]: known_entry(entry) for number, entry in composed.sound.items()}
    return pack(entries | read_now)


def _composed(reading: Reading, base: str | None, numbers: Sequence[int] | None = None) -> Composed:
    base = base or web_address(reading.feed.get("link"), None) or web_address(_own_address(reading.feed), None)
    lang = language(reading.feed.get("language"))
    return compose([_raw(entry, lang) for entry in reading.entries[:MOST_ENTRIES]], base, numbers)


def _feed(
    reading: Reading, base: str | None, composed: Composed, problems: Sequence[str], *, complete: bool
) -> ParsedFeed:
    head, found = reading.feed, len(reading.entries)
    hubs, self_url = in_head(head, base)
    excess = [f"{found} entries are more than {MOST_ENTRIES}; the rest was left out"] if found > MOST_ENTRIES else []
    return ParsedFeed(
        title=(_line(head, "title") or _line(head, "dc_title"))[:LONGEST_TITLE],
        link=web_address(head.get("link"), base),
        lang=language(head.get("language")),
        ttl_s=_ttl_s(head),
        entries=composed.entries,
        problems=told([*problems, *excess, *composed.problems]),
        complete=complete,
        hubs=hubs,
        self_url=self_url,
    )


def _raw(entry: Mapping[str, Any], feed_lang: str | None) -> RawEntry:
    text, lang = _longest(entry)
    guid = entry.get("id")
    link = entry.get("link") or _alternate(entry) or _permalink(entry)
    updated = _date(entry, "updated")
    source = entry.get("source")
    return RawEntry(
        guid=guid if isinstance(guid, str) else None,
        link=link if isinstance(link, str) else None,
        title=_line(entry, "title")
        or _line(entry, "dc_title")
        or _line(entry, "media_title")
        or _line(entry, "itunes_title"),
        text=text,
        author=html_to_line(mended(str(entry.get("author") or "")))[:300] or None,
        published=_date(entry, "published") or _date(entry, "created") or updated,
        updated=updated,
        lang=lang or feed_lang,
        source_url=source.get("href") or source.get("link") if isinstance(source, dict) else None,
    )


def _line(holder: Mapping[str, Any], key: str) -> str:
    """A title: unescaped once, without tags. What an Atom feed calls plain text is taken at its word."""
    value = holder.get(key)
    if not isinstance(value, str):
        return ""
    detail = holder.get(f"{key}_detail")
    kind = detail.get("type") if isinstance(detail, dict) else "text/plain"
    value = mended(value)
    return html_to_line(value) if kind in _HTML or _TAG_OF_A_TITLE.search(value) else one_line(value)


def _date(entry: Mapping[str, Any], key: str) -> datetime | None:
    """One date of an entry. Only what is there itself: a FeedParserDict gives `published` for a missing `updated`."""
    value = dict.get(entry, key) if isinstance(entry, dict) else entry.get(key)
    return parse_date(value) if isinstance(value, str) else None


def _alternate(entry: Mapping[str, Any]) -> str | None:
    links = [link for link in entry.get("links") or () if isinstance(link, dict) and link.get("href")]
    return next((str(link["href"]) for link in links if link.get("rel") in ("alternate", "", None)), None)


def _permalink(entry: Mapping[str, Any]) -> str | None:
    """An id that is an address as well, where nothing else says where the entry is."""
    guid = entry.get("id")
    return guid if isinstance(guid, str) and entry.get("guidislink", True) and _ADDRESS.match(guid) else None


def _own_address(head: Mapping[str, Any]) -> str | None:
    """Where the feed says that it is itself to be had (`rel="self"`)."""
    links = [link for link in head.get("links") or () if isinstance(link, dict) and link.get("rel") == "self"]
    return next((str(link["href"]) for link in links if link.get("href")), None)


def _longest(entry: Mapping[str, Any]) -> tuple[str, str | None]:
    """The longest of content and summary as text, and its language."""
    parts = [part for part in entry.get("content") or () if isinstance(part, dict)]
    detail = entry.get("summary_detail")
    summary = entry.get("summary")
    if isinstance(summary, str):
        parts.append({**detail, "value": summary} if isinstance(detail, dict) else {"value": summary})
    best: tuple[str, str | None] = ("", None)
    seen: set[str] = set()
    for part in parts:
        value, kind = part.get("value"), part.get("type") or "text/html"
        if not isinstance(value, str) or value in seen or len(value) <= len(best[0]):
            continue  # no text is longer than its markup, and many feeds give one text twice
        seen.add(value)
        value = mended(value)
        text = plain(value) if kind == "text/plain" and not _ACTIVE_TAG.search(value) else html_to_text(value)
        if len(text) > len(best[0]):
            best = text, language(part.get("language"))
    return best


def _ttl_s(head: Mapping[str, Any]) -> int | None:
    """How long the feed says that it need not be asked again: RSS `ttl` in minutes, or `sy:updatePeriod`."""
    ttl = str(head.get("ttl") or "").strip()
    if re.fullmatch(r"\d{1,6}", ttl) and int(ttl):
        return int(ttl) * 60
    period = _PERIODS_S.get(str(head.get("sy_updateperiod") or "").strip().lower())
    frequency = str(head.get("sy_updatefrequency") or "1").strip()
    if period is None or not re.fullmatch(r"\d{1,4}", frequency) or not int(frequency):
        return None
    return max(60, period // int(frequency))
