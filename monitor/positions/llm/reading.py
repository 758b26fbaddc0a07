"""Question and answer put together: what is to be asked about an item, and the reading that an answer makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.model.answer import GivenAnswer
from monitor.model.item import Item
from monitor.model.statement import Fallback, Reading, TraceStep
from monitor.positions.furniture import region_at, regions_of
from monitor.positions.llm.offer import Offer, offer
from monitor.positions.llm.prompt import PROMPT_VERSION, Question, TooLong, question
from monitor.positions.llm.schema import UnusableAnswer, parse_answer
from monitor.positions.llm.verify import verify
from rules.model import Match, RuleSet

NAME = "llm"
_ANSWER_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about an item: `asked` is None where nobody need be asked, and `too_long` says why not."""

    offered: Offer
    asked: Question | None = None
    too_long: str = ""


def version(model: str) -> str:
    """The version of this extractor with a model behind it."""
    return f"{PROMPT_VERSION}:{model}"


def plan(item: Item, matches: Sequence[Match], rules: RuleSet, most_tokens: int) -> Plan:
    """What to ask about an item, if anything."""
    matches = in_article(item, matches)
    offered = offer(matches, rules, item.day)
    if offered.empty:
        return Plan(offered)
    try:
        return Plan(offered, question(item, matches, offered, most_tokens))
    except TooLong as long:
        why = f"the item {long}, and one item may cost {most_tokens}"
        return Plan(offered, too_long=why)


def in_article(item: Item, matches: Sequence[Match]) -> list[Match]:
    """The matches that stand in the article itself, and not in a menu or an advertisement glued to it."""
    apart = regions_of(item)
    return [m for m in matches if region_at(apart[m.field], m.start, m.end) is None]


def unasked(rules: RuleSet, model: str) -> Reading:
    """The reading of an item in which no actor, or no issue, was found."""
    note = TraceStep(outcome="note", why="nothing was asked: an item needs a known actor and a known issue")
    return Reading(extractor=NAME, version=version(model), rules_version=rules.version, trace=(note,))


def read_answer(
    item: Item, matches: Sequence[Match], rules: RuleSet, planned: Plan, answer: GivenAnswer, model: str
) -> Reading:
    """The reading that an answer makes. Raises UnusableAnswer: refused, cut off, or not in its form."""
    if answer.refusal:
        raise UnusableAnswer(f"the model refused: {_line(answer.refusal, 200)}")
    if answer.finish_reason == "content_filter":
        raise UnusableAnswer("the endpoint's filter kept the answer back")
    if answer.finish_reason == "length":
        raise UnusableAnswer("the answer was cut off at the most tokens it may have")
    parsed = parse_answer(answer.content)
    verified = verify(item, matches, planned.offered, parsed.statements)
    notes = [_asked(planned, answer, model, len(parsed.statements), len(verified.statements))]
    notes += [f"thrown away, {why}" for why in parsed.malformed]
    notes.append(f"the model said: {_line(answer.content, _ANSWER_SHOWN)}")
    return Reading(
        extractor=NAME,
        version=version(model),
        rules_version=rules.version,
        statements=verified.statements,
        trace=(*(TraceStep(outcome="note", why=note) for note in notes), *verified.steps),
    )


def in_place(reading: Reading, fallback: Fallback) -> Reading:
    """A reading of another extractor, marked as standing in for the one that was wanted."""
    note = TraceStep(outcome="note", why=in_place_of(reading.extractor, fallback))
    return replace(reading, fallback=fallback, trace=(note, *reading.trace))


def in_place_of(extractor: str, fallback: Fallback) -> str:
    """The mark of a reading that stands in for another one, as one line."""
    return f"read by {extractor} in place of {fallback.wanted}: {fallback.reason}"


def _asked(planned: Plan, answer: GivenAnswer, model: str, given: int, kept: int) -> str:
    shown = planned.asked
    cut = "" if shown is None or shown.shown >= shown.whole else f", shown {shown.shown} of {shown.whole} characters"
    tokens = (
        f"{answer.prompt_tokens} + {answer.answer_tokens} tokens"
        if answer.prompt_tokens is not None and answer.answer_tokens is not None
        else "tokens not counted"
    )
    return f"asked {model}, prompt {PROMPT_VERSION}{cut}: {given} statements in the answer, {kept} kept; {tokens}"


def _line(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
