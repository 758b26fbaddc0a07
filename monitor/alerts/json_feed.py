"""A page of changes as JSON Feed 1.1 (jsonfeed.org), with the values of each change beside its words."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.alerts.clean import encodable
from monitor.alerts.entries import Entry, FeedPage
from monitor.model.moment import utc

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed_of(page: FeedPage) -> bytes:
    """The document in UTF-8. `_volteface` holds what webhooks call `data`: ids, stances, quotes, confidence."""
    document: dict[str, Any] = {
        "version": VERSION,
        "title": page.title,
        "home_page_url": page.home,
        "feed_url": page.address,
        "language": page.texts.language,
        "authors": [{"name": page.texts.name}],
        "items": [_item(entry) for entry in page.entries],
        "_volteface": {"id": page.id},
    }
    if page.older is not None:
        document["next_url"] = page.older
    return encodable(json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "content_text": entry.text,
        "date_published": _stamp(entry.published),
        "date_modified": _stamp(entry.updated),
        "tags": [label for _, _, label in entry.categories],
        "_volteface": dict(entry.data),
    }
    if entry.link:
        item["url"] = entry.link
    if entry.via:
        item["external_url"] = entry.via
    return item


def _stamp(when: datetime) -> str:
    return utc(when).isoformat(timespec="microseconds").replace("+00:00", "Z")
