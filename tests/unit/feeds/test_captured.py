"""The captured feeds say what was expected of them."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.feeds.parse import parse_document
from tests.unit.feeds.captured import ENCODED_TWICE, FEEDS, RECORDS, differences

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/feeds is not beside this checkout")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["file"])
def test_agrees_with_the_expectation(record: dict[str, Any]) -> None:
    body = (FEEDS / "news" / record["file"]).read_bytes()
    feed = parse_document(body, None, record["base_url"])
    assert differences(record, feed) == []


def test_the_expectations_said_to_be_wrong_differ_from_the_repaired_text() -> None:
    for record in RECORDS:
        for field in {field for file, field in ENCODED_TWICE if file == record["file"]}:
            feed = parse_document((FEEDS / "news" / record["file"]).read_bytes(), None, record["base_url"])
            expected = record["expect"] if field == "feed_title" else record["expect"]["entries"][0]
            ours = feed.title if field == "feed_title" else feed.entries[0].title
            assert ours != expected[field]
