"""Tables of documents, family by family, and what is read in them; and where feedparser.parse reads something else."""

from __future__ import annotations

import io
import time
from typing import Any

import feedparser
import pytest

from monitor.feeds.text import html_to_line
from tests.unit.feeds import rows_atom, rows_broken, rows_nested, rows_rss
from tests.unit.feeds.row import Row

ROWS = [*rows_rss.ROWS, *rows_atom.ROWS, *rows_broken.ROWS, *rows_nested.ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_reads(row: Row) -> None:
    assert row.found() == row.wanted


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_where_feedparser_reads_something_else_a_row_says_what_is_right(row: Row) -> None:
    theirs, ours = _feedparsers(row), row.everything()
    differing = {key for key, value in theirs.items() if value and value != ours.get(key)}
    assert differing <= set(row.wanted), {key: (theirs[key], ours.get(key)) for key in differing - set(row.wanted)}


def _feedparsers(row: Row) -> dict[str, Any]:
    """What feedparser.parse makes of the document; titles without markup, which it keeps and we do not."""
    headers = {"content-type": row.content_type or "", "content-location": row.base or ""}
    read = feedparser.parse(io.BytesIO(row.body), response_headers={k: v for k, v in headers.items() if v})
    found: dict[str, Any] = {"feed_title": html_to_line(read.feed.get("title", "")), "count": len(read.entries)}
    if read.entries:
        first = dict(read.entries[0])
        moment = first.get("published_parsed") or first.get("created_parsed") or first.get("updated_parsed")
        found |= {"title": html_to_line(first.get("title", "")), "link": first.get("link"), "id": first.get("id")}
        if found["link"] == found["id"] and not str(found["id"]).startswith("http"):
            del found["link"]  # it takes any id for an address
        found["published"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", moment) if moment else None
    return found
