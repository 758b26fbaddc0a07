"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.feeds.dates import parse_date
from monitor.feeds.entries import LONGEST_TITLE, RawEntry, compose, language, told, web_address
from monitor.feeds.hub_links import in_json
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.text import html_to_text, one_line, plain
from monitor.model.feed import ParsedFeed

MOST_ENTRIES = 5_000

_NEEDED = ("id", "url", "external_url", "title", "content_html", "content_text", "summary")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def parse(text: str, base: str | None, problems: list[str]) -> ParsedFeed:
    """The feed in a JSON document; bad items are named among the problems and skipped. Raises NotAFeed."""
    document = _load(text)
    _check_version(document, problems)
    items = document.get("items")
    if not isinstance(items, list):
        raise NotAFeed("it says that it is a JSON Feed, but has no list of items")
    home = web_address(_text(document, "home_page_url"), base)
    lang = language(_text(document, "language"))
    raws: list[RawEntry] = []
    for number, item in enumerate(items[:MOST_ENTRIES], 1):
        if isinstance(item, dict) and not any(_identity(item.get(key)) for key in _NEEDED):
            problems.append(f"item {number}: it has neither title, text, link nor id, and was skipped")
        elif isinstance(item, dict):
            raws.append(_raw(item, lang, _author(document)))
        else:
            problems.append(f"item {number}: it is no object but {type(item).__name__}, and was skipped")
    if len(items) > MOST_ENTRIES:
        problems.append(f"{len(items)} items are more than {MOST_ENTRIES}; the rest was left out")
    composed = compose(raws, base or home)
    hubs, self_url = in_json(document, base)
    return ParsedFeed(
        title=one_line(_text(document, "title") or "")[:LONGEST_TITLE],
        link=home,
        lang=lang,
        entries=composed.entries,
        problems=told(problems + composed.problems),
        hubs=hubs,
        self_url=self_url,
    )


def _load(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text.strip("\ufeff\x00 \t\r\n"), strict=False, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise NotAFeed(
            f"its JSON is broken in line {error.lineno}, column {error.colno}: {error.msg.lower()}"
        ) from None
    except (RecursionError, ValueError):
        raise NotAFeed("its JSON is nested too deeply, or holds a number that is too long") from None
    if not isinstance(document, dict):
        raise NotAFeed("it is JSON, but a list and not a JSON Feed")
    return document


def _check_version(document: dict[str, Any], problems: list[str]) -> None:
    version = document.get("version")
    if isinstance(version, str) and "jsonfeed.org/version/" in version:
        return
    if isinstance(document.get("items"), list) and isinstance(document.get("title"), str):
        problems.append("it does not say that it is a JSON Feed (`version` is missing or wrong), but looks like one")
        return
    names = ", ".join(sorted(str(key)[:20] for key in list(document)[:5])) or "nothing"
    raise NotAFeed(f"it is JSON, but no JSON Feed: it has no `version` of jsonfeed.org, and holds {names}")


def _raw(item: dict[str, Any], lang: str | None, feed_author: str | None) -> RawEntry:
    html = _text(item, "content_html") or ""
    candidates = [html_to_text(html), plain(_text(item, "content_text") or ""), plain(_text(item, "summary") or "")]
    return RawEntry(
        guid=_identity(item.get("id")),
        link=_text(item, "url") or _text(item, "external_url") or _permalink(item),
        title=one_line(_text(item, "title") or ""),
        text=max(candidates, key=len),
        author=_author(item) or feed_author,
        published=parse_date(_date(item, "date_published")) or parse_date(_date(item, "date_modified")),
        updated=parse_date(_date(item, "date_modified")),
        lang=language(_text(item, "language")) or lang,
    )


def _text(holder: dict[str, Any], key: str) -> str | None:
    value = holder.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _date(holder: dict[str, Any], key: str) -> str | None:
    value = holder.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _identity(value: object) -> str | None:
    """An id as text. The standard asks readers to turn numbers into text; anything else is no id."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _permalink(item: dict[str, Any]) -> str | None:
    """The id, where it is an address as the standard would have it, and the only one."""
    identity = _text(item, "id")
    return identity if identity and _ADDRESS.match(identity) else None


def _author(holder: dict[str, Any]) -> str | None:
    """The names in `authors` (1.1) or `author` (1.0)."""
    people = holder.get("authors")
    people = people if isinstance(people, list) else [holder.get("author")]
    named = [_text(p, "name") if isinstance(p, dict) else p for p in people]
    names = [one_line(name) for name in named if isinstance(name, str) and name.strip()]
    return ", ".join(names)[:300] or None
