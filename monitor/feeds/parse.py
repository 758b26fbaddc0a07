"""Parsing a feed: bytes in, entries out. Pure, and to be run in a process that can be killed (`parser_pool`).

bytes → charset → { json_feed | xml_document → feedparser_reading } → entries → ParsedFeed
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.feeds import json_feed
from monitor.feeds.charset import decode
from monitor.feeds.dates import parse_date
from monitor.feeds.entries import LONGEST_TITLE, RawEntry, compose, language, told, web_address
from monitor.feeds.feedparser_reading import Reading, read
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.text import html_to_line, html_to_text, mended, one_line, plain, safe_html
from monitor.feeds.xml_document import prepare
from monitor.model.feed import ParsedFeed

__all__ = ["NotAFeed", "parse_document"]

MOST_ENTRIES = 5_000

_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
_ACTIVE_TAG = re.compile(r"</?(?:script|style|iframe|object|embed|svg|img|form)\b", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")


def parse_document(body: bytes, content_type: str | None = None, base_url: str | None = None) -> ParsedFeed:
    """The feed that a document holds: RSS 0.9 to 2.0, Atom, RDF, CDF or JSON Feed.

    `content_type` is the header of the answer, `base_url` the address that it came from. Raises NotAFeed, which says
    what the document is instead. A document that breaks off gives the entries that are whole, and is not `complete`.
    """
    if not body.strip(b"\x00\t\n\r\x0b\x0c \xef\xbb\xbf\xfe\xff"):
        raise NotAFeed("it is empty")
    text, repaired = decode(body, content_type)
    problems = [repaired] if repaired else []
    base = web_address(base_url, None)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return json_feed.parse(text, base, problems)
    document = prepare(text)
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
    return _feed(reading, base, problems, complete=document.complete)


def _feed(reading: Reading, base: str | None, problems: list[str], *, complete: bool) -> ParsedFeed:
    head = reading.feed
    link = web_address(head.get("link"), base)
    lang = language(head.get("language"))
    found = reading.entries
    if len(found) > MOST_ENTRIES:
        problems.append(f"{len(found)} entries are more than {MOST_ENTRIES}; the rest was left out")
    raws = [_raw(entry, base or link, lang) for entry in found[:MOST_ENTRIES]]
    entries, skipped = compose(raws, base or link)
    return ParsedFeed(
        title=_line(head, "title")[:LONGEST_TITLE],
        link=link,
        lang=lang,
        ttl_s=_ttl_s(head),
        entries=entries,
        problems=told(problems + skipped),
        complete=complete,
    )


def _raw(entry: Mapping[str, Any], base: str | None, feed_lang: str | None) -> RawEntry:
    text, html, lang = _longest(entry, base)
    guid = entry.get("id")
    link = entry.get("link") or _alternate(entry)
    updated = _date(entry, "updated")
    source = entry.get("source")
    return RawEntry(
        guid=guid if isinstance(guid, str) else None,
        link=link if isinstance(link, str) else None,
        title=_line(entry, "title"),
        text=text,
        html=html,
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
    return html_to_line(value) if kind in _HTML or _ACTIVE_TAG.search(value) else one_line(value)


def _date(entry: Mapping[str, Any], key: str) -> datetime | None:
    """One date of an entry. Only what is there itself: a FeedParserDict gives `published` for a missing `updated`."""
    value = dict(entry).get(key)
    return parse_date(value) if isinstance(value, str) else None


def _alternate(entry: Mapping[str, Any]) -> str | None:
    links = [link for link in entry.get("links") or () if isinstance(link, dict) and link.get("href")]
    return next((str(link["href"]) for link in links if link.get("rel") in ("alternate", None)), None)


def _longest(entry: Mapping[str, Any], base: str | None) -> tuple[str, str, str | None]:
    """The longest of content and summary as (text, sanitised HTML, its language)."""
    parts = [part for part in entry.get("content") or () if isinstance(part, dict)]
    detail = entry.get("summary_detail")
    summary = entry.get("summary")
    if isinstance(summary, str):
        parts.append({**detail, "value": summary} if isinstance(detail, dict) else {"value": summary})
    best: tuple[str, str, str | None] = ("", "", None)
    seen: set[str] = set()
    for part in parts:
        value, kind = part.get("value"), part.get("type") or "text/html"
        if not isinstance(value, str) or value in seen:
            continue
        seen.add(value)
        value = mended(value)
        text = plain(value) if kind == "text/plain" and not _ACTIVE_TAG.search(value) else html_to_text(value)
        if len(text) > len(best[0]):
            html = safe_html(value, web_address(part.get("base"), base) or base) if kind in _HTML else ""
            best = text, html, language(part.get("language"))
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
