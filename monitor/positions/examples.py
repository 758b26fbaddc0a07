"""The examples of rules, read as items would be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from monitor.model.item import Item
from monitor.positions.protocol import Extractor
from rules.backtest import Backtest, run_examples
from rules.compiler import compile_rules
from rules.model import Example, Match, RuleSet


def backtest(rules: RuleSet, extractor: Extractor, today: date) -> Backtest:
    """Runs the examples of all rules: what is matched, and what the extractor reads. `today` is for those undated."""
    return run_examples(compile_rules(rules), _reads(rules, extractor, today), today)


def _reads(
    rules: RuleSet, extractor: Extractor, today: date
) -> Callable[[Example, Sequence[Match]], list[tuple[str, str, str]]]:
    def read(example: Example, matches: Sequence[Match]) -> list[tuple[str, str, str]]:
        statements = extractor.read(_item(example, today), matches, rules).statements
        return [(statement.holder, statement.issue, statement.stance.value) for statement in statements]

    return read


def _item(example: Example, today: date) -> Item:
    moment = datetime.combine(example.date or today, time(12), UTC)
    return Item(
        id=0,
        revision=1,
        story_id=0,
        feed_id=None,
        identity="example",
        url=None,
        title="",
        text=example.text,
        published_at=moment,
        seen_at=moment,
        lang=example.lang,
        publisher="",
    )
