"""One item → a reading: match, then extract."""

from __future__ import annotations

from monitor.model.item import Item
from monitor.model.statement import Reading
from monitor.positions.protocol import Extractor
from rules.compiler import CompiledRules


def read_item(item: Item, compiled: CompiledRules, extractor: Extractor) -> Reading:
    """What an extractor reads in an item under a compiled set of rules."""
    matches = compiled.match(item.fields, item.day, item.lang, item.sources)
    return extractor.read(item, matches, compiled.rules)
