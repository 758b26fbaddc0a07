"""One compiled set of rules and one extractor for all tests of reading."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from monitor.model.item import Item
from monitor.model.statement import Reading
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.read import read_item
from rules.compiler import CompiledRules, compile_rules
from rules.loader import load_packs

PACK = Path(__file__).parents[2] / "acceptance" / "extraction" / "pack"


@lru_cache(maxsize=1)
def compiled() -> CompiledRules:
    """The seed pack with the leaders that it lacks."""
    return compile_rules(load_packs(PACK))


@lru_cache(maxsize=1)
def extractor() -> GrammarExtractor:
    """The default extractor."""
    return GrammarExtractor()


def item(text: str, *, title: str = "", lang: str | None = "en", day: str = "2025-03-01") -> Item:
    """An item that holds nothing but a text."""
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Item(
        id=1, revision=1, story_id=1, feed_id=None, identity="row", url=None, title=title, text=text,
        published_at=moment, seen_at=moment, lang=lang, publisher="example.org",
    )  # fmt: skip


def read(text: str, *, title: str = "", lang: str | None = "en", day: str = "2025-03-01") -> Reading:
    """What is read in a text."""
    return read_item(item(text, title=title, lang=lang, day=day), compiled(), extractor())
