"""A reading laid out sentence by sentence: what was named there, what it led to, and why the rest led to nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model.item import Item
from monitor.model.statement import Reading, ReadStatement, TraceStep
from monitor.positions.furniture import region_at, regions_of
from monitor.positions.grammar.language import available, load_language
from monitor.positions.grammar.sentences import lay_out
from rules.model import Match, RuleKind

NO_ISSUE = "no issue is named or taken up here"
NO_CLAUSE = "the words that name the issue run over the end of a sentence or quotation, or only own another noun"
NOT_READ = "not read: see the notes"
NOT_GIVEN = "the model gave no statement from here"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reading with the statement that it led to, if any."""

    step: TraceStep
    statement: ReadStatement | None


@dataclass(frozen=True, slots=True)
class ExplainedSentence:
    """A sentence, `text == item.fields[field][start:end]`, with the matches and steps that begin in it.

    `nothing` says why it led to no step; "" when it did.
    """

    field: str
    start: int
    end: int
    text: str
    matches: tuple[Match, ...]
    steps: tuple[Step, ...]
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole item; `notes` are the steps that belong to no place, such as a language that is not read."""

    notes: tuple[str, ...]
    sentences: tuple[ExplainedSentence, ...]


def explain(item: Item, matches: Sequence[Match], reading: Reading) -> Explanation:
    """Every sentence of an item in the order of the text. Pure: the reading and the matches are those of the item."""
    notes = tuple(step.why for step in reading.trace if not step.field)
    sentences: list[ExplainedSentence] = []
    apart = regions_of(item)
    for name, text in item.fields.items():
        spans = _spans(text, item.lang)
        starts = [start for start, _ in spans]
        named = [m for m in matches if m.field == name and m.kind is not RuleKind.QUERY]
        steps = [step for step in reading.trace if step.field == name]
        for number, (start, end) in enumerate(spans):
            here = tuple(
                sorted((m for m in named if _number(starts, m.start) == number), key=lambda m: (m.start, m.end))
            )
            led = tuple(Step(s, _led_to(s, reading)) for s in steps if _number(starts, s.start) == number)
            issue = any(m.kind is RuleKind.ISSUE for m in here)
            region = region_at(apart[name], start, end)
            if region is not None and not led:
                sentences.append(ExplainedSentence(name, start, end, text[start:end], here, led, region.why))
                continue
            why = "" if led else _nothing(reading, issue=issue)
            sentences.append(ExplainedSentence(name, start, end, text[start:end], here, led, why))
    return Explanation(notes, tuple(sentences))


def _nothing(reading: Reading, *, issue: bool) -> str:
    """Why a sentence led to nothing."""
    if reading.extractor == "llm":
        return NOT_GIVEN
    # A reading that stands in for another begins with a note on that; any further one says that it was not read.
    unread = sum(step.outcome == "note" and not step.field for step in reading.trace) > (reading.fallback is not None)
    return NOT_READ if unread and issue else NO_CLAUSE if issue else NO_ISSUE


def _spans(text: str, lang: str | None) -> list[tuple[int, int]]:
    code = (lang or "en").casefold().replace("_", "-").split("-")[0]
    layout = lay_out(text, load_language(code if code in available() else "en"))
    return [(layout.tokens[s.start].start, layout.tokens[s.end - 1].end) for s in layout.sentences]


def _number(starts: Sequence[int], place: int) -> int:
    return max(bisect_right(starts, place) - 1, 0)


def _led_to(step: TraceStep, reading: Reading) -> ReadStatement | None:
    if step.outcome != "statement":
        return None
    return next(
        (
            s
            for s in reading.statements
            if (s.holder, s.issue, s.evidence.field, s.evidence.start)
            == (step.holder, step.issue, step.field, step.start)
            and s.why == step.why
        ),
        None,
    )
