"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.feeds.parse import NotAFeed, parse_document


def document(*items: Any, version: str = "https://jsonfeed.org/version/1.1", **more: Any) -> bytes:
    return json.dumps({"version": version, "title": "T", "items": list(items), **more}).encode()


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_reads_an_item(version: str) -> None:
    item = {
        "id": "1",
        "url": "https://example.org/1",
        "title": "A & B",
        "content_html": "<p>One</p><p>Two<script>x</script></p>",
        "summary": "One",
        "date_published": "2025-02-18T10:30:00+01:00",
        "authors": [{"name": "A"}, {"name": "B"}],
        "language": "en-US",
    }
    feed = parse_document(document(item, version=version, home_page_url="https://example.org/"))
    entry = feed.entries[0]
    assert (feed.title, feed.link) == ("T", "https://example.org/")
    assert (entry.id, entry.title, entry.text, entry.author, entry.lang) == ("1", "A & B", "One\nTwo", "A, B", "en")
    assert entry.link == "https://example.org/1"
    assert entry.published == datetime(2025, 2, 18, 9, 30, tzinfo=UTC)


def test_bad_items_are_skipped_with_a_reason_and_the_good_ones_kept() -> None:
    feed = parse_document(document(7, None, {"id": "ok", "title": "x"}, {}, {"id": ["list"], "title": "y"}, "text"))
    assert [e.title for e in feed.entries] == ["x", "y"]
    assert feed.entries[0].id == "ok"
    assert feed.entries[1].id.startswith("sha256:")
    reasons = "\n".join(feed.problems)
    assert "item 1: it is no object but int" in reasons
    assert "item 2: it is no object but NoneType" in reasons
    assert "item 6" in reasons
    assert "neither title, text, link nor id" in reasons


def test_numbers_as_ids_are_text() -> None:
    feed = parse_document(document({"id": 5, "title": "x"}, {"id": 6.0, "title": "y"}, {"id": True, "title": "z"}))
    assert [e.id for e in feed.entries[:2]] == ["5", "6"]
    assert feed.entries[2].id.startswith("sha256:")


def test_a_feed_that_forgets_its_version_is_one_with_a_problem() -> None:
    feed = parse_document(json.dumps({"title": "T", "items": [{"id": "1", "title": "x"}]}).encode())
    assert len(feed.entries) == 1
    assert "version" in feed.problems[0]


def test_lone_surrogates_and_nul_do_not_get_through() -> None:
    feed = parse_document(
        b'{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","title":"a\\ud800\\u0000b"}]}'
    )
    assert feed.entries[0].title == "ab"


def test_problems_are_bounded() -> None:
    problems = parse_document(document(*range(1000))).problems
    assert len(problems) == 101
    assert problems[-1] == "and 900 more problems of this kind"


def test_items_must_be_a_list() -> None:
    with pytest.raises(NotAFeed, match="no list of items"):
        parse_document(b'{"version":"https://jsonfeed.org/version/1.1","items":{}}')
