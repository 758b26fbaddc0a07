"""The captured feeds and what was expected of them; used where they are parsed and where they are polled."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from monitor.model.feed import ParsedFeed

FEEDS = Path(__file__).parents[3].parent / "shared" / "feeds"

RECORDS: list[dict[str, Any]] = (
    json.loads((FEEDS / "expectations.json").read_text(encoding="utf-8")) if FEEDS.is_dir() else []
)

ENCODED_TWICE = {
    ("Rss20LeMonde.xml", "title"),
    ("Rss20LeParisien.xml", "title"),
    ("Rss20ThomasMaurer.xml", "title"),
    ("Rss20YandexRussia.xml", "feed_title"),
    ("Rss20YandexRussia.xml", "title"),
}
"""Expectations that are wrong: these captures hold UTF-8 that was encoded twice, and the expectation repeats the damage
(and loses what of it looks like a blank) where it allows the repaired text elsewhere. Ours is the repaired text:
encoded twice, it must give the expectation."""


def differences(record: dict[str, Any], feed: ParsedFeed) -> list[str]:
    """Where a parsed feed is not what was expected. Blanks in titles do not count, other characters do."""
    expect, file = record["expect"], record["file"]
    found: list[str] = []

    def compare(field: str, ours: str | None, holder: dict[str, Any]) -> None:
        allowed = {holder[k] for k in (field, f"{field}_alt") if k in holder and holder[k] is not None}
        if not allowed:
            return
        if (file, field) in ENCODED_TWICE:
            agrees = _letters(encoded_twice(ours or "")) in {_letters(text) for text in allowed}
        else:
            agrees = _blanks(ours or "") in {_blanks(text) for text in allowed}
        if not agrees:
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


def encoded_twice(text: str) -> str:
    """The text as it looks when its UTF-8 bytes are taken for windows-1252 once."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") for byte in text.encode("utf-8"))


def _blanks(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    # A hard space that was encoded twice leaves an Â behind; our text has a plain blank there.
    return re.sub(r"[\s\x80-\x9f\xa0Â]", "", text)
