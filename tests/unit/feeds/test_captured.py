"""The captured feeds say what was expected of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from monitor.feeds.parse import parse_document
from monitor.model.feed import ParsedFeed

FEEDS = Path(__file__).parents[3].parent / "shared" / "feeds"

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/feeds is not beside this checkout")

RECORDS: list[dict[str, Any]] = (
    json.loads((FEEDS / "expectations.json").read_text(encoding="utf-8")) if FEEDS.is_dir() else []
)

WRONG = {
    # These captures hold text that was encoded as UTF-8 twice. The expectation repeats the damage (and loses what of
    # it looks like a blank) where it allows the repaired text elsewhere; ours is the repaired text.
    ("Rss20LeMonde.xml", "title"): "Piratage imputé à la Russie : Poutine mis en cause, Trump minimise",
    ("Rss20LeParisien.xml", "title"): "Neige et pluie verglaçante : alerte étendue à 37 départements",
    ("Rss20ThomasMaurer.xml", "title"): "Speaking at Microsoft TechDays\u00a02017 Switzerland",
    ("Rss20YandexRussia.xml", "feed_title"): "Яндекс.Новости: Москва",
    ("Rss20YandexRussia.xml", "title"): "В Москве из-за сильных морозов объявлен «оранжевый» уровень опасности",
}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["file"])
def test_agrees_with_the_expectation(record: dict[str, Any]) -> None:
    body = (FEEDS / "news" / record["file"]).read_bytes()
    feed = parse_document(body, None, record["base_url"])
    assert differences(record, feed) == []


@pytest.mark.parametrize("key", WRONG, ids=str)
def test_an_expectation_that_is_wrong_is_our_text_encoded_twice(key: tuple[str, str]) -> None:
    file, field = key
    record = next(r for r in RECORDS if r["file"] == file)["expect"]
    expected = record["feed_title"] if field == "feed_title" else record["entries"][0]["title"]
    twice = "".join(_as_cp1252(byte) for byte in WRONG[key].encode("utf-8"))
    assert _letters(twice) == _letters(expected)
    assert WRONG[key] != expected


def differences(record: dict[str, Any], feed: ParsedFeed) -> list[str]:
    """Where a parsed feed is not what was expected. Blanks in titles do not count, other characters do."""
    expect, file = record["expect"], record["file"]
    found: list[str] = []

    def compare(field: str, ours: str | None, holder: dict[str, Any]) -> None:
        allowed = {_blanks(holder[k]) for k in (field, f"{field}_alt") if k in holder and holder[k] is not None}
        wrong = WRONG.get((file, field))
        if allowed and _blanks(ours or "") not in ({_blanks(wrong)} if wrong else allowed):
            found.append(f"{field}: {ours!r} is none of {sorted(allowed)}")

    compare("feed_title", feed.title, expect)
    if len(feed.entries) != expect["entry_count"]:
        found.append(f"{len(feed.entries)} entries, not {expect['entry_count']}")
    for entry in expect["entries"]:
        ours = feed.entries[entry["index"]]
        moment = ours.published.strftime("%Y-%m-%dT%H:%M:%SZ") if ours.published else None
        for field, value in (("title", ours.title), ("link", ours.link), ("id", ours.id), ("published", moment)):
            compare(field, value, entry)
    return found


def _blanks(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    return re.sub(r"[\s\x80-\x9f\xa0]", "", text)


def _as_cp1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore")
