"""Which part of a line names the matter, and what an item's traits are."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.model.item import Item
from rules.compiler import compile_rules
from rules.model import QueryRule, RuleSet
from rules.query import parse_about
from rules.query_tree import matter_of


@pytest.mark.parametrize(
    ("line", "matter"),
    [
        ("troops NEAR/3 Kyiv", "troops NEAR/3 Kyiv"),
        ("troops AND Kyiv", "troops"),
        ("lang:de AND (troops OR soldiers) AND Kyiv", "troops OR soldiers"),
        ("NOT sport AND troops", "troops"),
        ("title:troops Kyiv", "title:troops"),
        ("a AND b OR c AND d", "a AND b OR c AND d"),
    ],
)
def test_the_first_part_with_a_place_names_the_matter(line: str, matter: str) -> None:
    assert matter_of(parse_about(line).root) == parse_about(matter).root


@pytest.mark.parametrize(
    ("publisher", "url", "query", "found"),
    [
        ("Reuters", "https://www.example.org/a", "source:reuters troops", True),
        ("Reuters", "https://www.example.org/a", "source:example.org troops", True),
        ("example.org", None, "source:example.org troops", True),
        ("notexample.org", "https://notexample.org/", "source:example.org troops", False),
        ("example.org", "https://[bad", "troops NOT source:example.org", False),
        ("example.net", None, "troops NOT source:example.org", True),
    ],
)
def test_a_source_is_the_publisher_or_the_site(publisher: str, url: str | None, query: str, found: bool) -> None:
    now = datetime(2025, 2, 20, tzinfo=UTC)
    item = Item(
        id=1, revision=1, story_id=1, feed_id=1, identity="i", url=url, title="", text="Troops.",
        published_at=now, seen_at=now, lang="en", publisher=publisher,
    )  # fmt: skip
    rules = compile_rules(RuleSet(queries={"q": QueryRule("q", "Q", query)}))
    assert bool(rules.match(item.fields, date(2025, 2, 20), item.lang, item.sources)) is found
