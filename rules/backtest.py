"""Whether rules do to their own examples what the operator expects of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rules.compiler import CompiledRules
from rules.model import Example, ExampleStance, Match, RuleKind

Read = Callable[[Example, Sequence[Match]], Sequence[tuple[str, str, str]]]
"""What an extractor reads in an example that was matched: (holder, issue, stance) of each statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An example that did not come out as expected. `number` counts from 1 within the rule."""

    kind: RuleKind
    rule: str
    number: int
    expected: str
    got: str
    text: str

    def __str__(self) -> str:
        text = self.text if len(self.text) <= 80 else f"{self.text[:79]}…"
        return f"{self.kind} {self.rule}, example {self.number}: expected {self.expected}, got {self.got}: “{text}”"


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of all examples of a set of rules."""

    run: int
    failed: tuple[Failed, ...]


def run_examples(compiled: CompiledRules, read: Read, today: date) -> Backtest:
    """Runs every example. `today` is the day of those that give none; it decides who holds an office."""
    examples = list(_examples(compiled))
    found = (_fails(compiled, read, today, *each) for each in examples)
    return Backtest(len(examples), tuple(failed for failed in found if failed is not None))


def _examples(compiled: CompiledRules) -> Iterator[tuple[RuleKind, str, int, Example]]:
    rules = compiled.rules
    for kind, table in (
        (RuleKind.ACTOR, rules.actors),
        (RuleKind.ISSUE, rules.issues),
        (RuleKind.QUERY, rules.queries),
    ):
        for rule in table.values():
            for number, example in enumerate(rule.examples, start=1):
                yield kind, rule.id, number, example


def _fails(
    compiled: CompiledRules, read: Read, today: date, kind: RuleKind, rule: str, number: int, example: Example
) -> Failed | None:
    matches = compiled.match({"title": "", "text": example.text}, example.date or today, example.lang)
    matched = any(match.kind is kind and match.rule == rule for match in matches)
    expected, got = ("a match" if example.match else "no match"), ("a match" if matched else "no match")
    if matched == example.match and example.stance is not None:
        found = sorted({(holder, stance) for holder, issue, stance in read(example, matches) if issue == rule})
        if _as_expected(example, found):
            return None
        expected = _stance(example)
        got = ", ".join(f"{holder} {stance}" for holder, stance in found) or "no statement"
    elif matched == example.match:
        return None
    return Failed(kind=kind, rule=rule, number=number, expected=expected, got=got, text=example.text)


def _as_expected(example: Example, found: Sequence[tuple[str, str]]) -> bool:
    stances = {stance for holder, stance in found if example.holder in (None, holder)}
    wanted = set() if example.stance is ExampleStance.NONE else {str(example.stance)}
    return stances == wanted


def _stance(example: Example) -> str:
    holder = f"{example.holder} " if example.holder else ""
    return f"{holder}no statement" if example.stance is ExampleStance.NONE else f"{holder}{example.stance}"
