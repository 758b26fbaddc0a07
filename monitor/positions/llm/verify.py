"""What of an answer is believed: only who and what was offered, only words that stand in the item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.model.item import Item
from monitor.model.statement import Evidence, ReadStatement, TraceStep
from monitor.positions.furniture import region_at, regions_of
from monitor.positions.llm.confidence import confidence
from monitor.positions.llm.offer import Offer
from monitor.positions.llm.schema import AnswerStatement
from monitor.positions.llm.spans import Span, nearest, spans_of, within_quotation
from rules.model import Match, RuleKind

LEAST_EVIDENCE, MOST_EVIDENCE = 8, 1000
"""Characters of evidence: less shows no stance, more is no evidence for one."""

RECENT = timedelta(days=7)
"""How far before its item something may have been said without the item naming the year: "last Tuesday"."""

_KEY = re.compile(r"[\"'“”](?:statements|holder|issue|stance|evidence|claimed_by)[\"'“”]\s*:")
_FORGED_BEFORE = 300
"""Characters before the evidence in which a key of an answer shows that the item imitates one."""

_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Verified:
    """What was kept, in the order of the text, and a step for each statement of the answer, kept or not."""

    statements: tuple[ReadStatement, ...]
    steps: tuple[TraceStep, ...]


def verify(item: Item, matches: Sequence[Match], offered: Offer, answers: Sequence[AnswerStatement]) -> Verified:
    """Holds every statement of an answer against the item. Pure; nothing in an answer raises."""
    kept: dict[tuple[str, str, str, int, int, bool], ReadStatement] = {}
    steps: list[TraceStep] = []
    for answer in answers:
        why = _not_offered(answer, offered)
        place = None if why else _place(item, matches, answer)
        if why or isinstance(place, str) or place is None:
            steps.append(_left_out(answer, why or str(place)))
            continue
        statement = _statement(item, matches, answer, *place)
        key = _key(statement)
        earlier = kept.get(key)
        if earlier is not None:
            if earlier.stance is not statement.stance:
                del kept[key]
                contrary = f"the answer reads {earlier.stance} and {statement.stance} from the same words"
                steps = [s for s in steps if not _is_of(s, earlier)]
                steps += [_step(earlier, contrary, "left out"), _step(statement, contrary, "left out")]
            continue
        kept[key] = statement
        steps.append(_step(statement, statement.why, "statement"))
    return Verified(tuple(sorted(kept.values(), key=_order)), tuple(sorted(steps, key=_step_order)))


def _not_offered(answer: AnswerStatement, offered: Offer) -> str:
    if answer.holder not in offered.actor_ids:
        return f"the holder {_short(answer.holder)!r} is not among the actors that were found in the item"
    if answer.issue not in offered.issue_ids:
        return f"the issue {_short(answer.issue)!r} is not among those that were found in the item"
    if answer.claimed_by is not None and answer.claimed_by not in offered.actor_ids:
        return (
            f"it is claimed by {_short(answer.claimed_by)!r}, who is not among the actors that were found in the item"
        )
    return ""


def _place(item: Item, matches: Sequence[Match], answer: AnswerStatement) -> tuple[str, Span] | str:
    """The field and span of the evidence, or why there is none."""
    if len(answer.evidence.strip()) < LEAST_EVIDENCE:
        return f"its evidence has fewer than {LEAST_EVIDENCE} characters"
    if len(answer.evidence) > MOST_EVIDENCE:
        return f"its evidence has more than {MOST_EVIDENCE} characters"
    apart = regions_of(item)
    for field in dict.fromkeys((answer.field, "text", "title")):
        spans = spans_of(answer.evidence, item.fields[field])
        regions = [region_at(apart[field], *span) for span in spans]
        own = [span for span, region in zip(spans, regions, strict=True) if region is None]
        if not own and regions and regions[0] is not None:
            return f"its evidence stands beside the article: {regions[0].why}"
        if own and all(_forged(item.fields[field], span) for span in own):
            return "its evidence stands in a part of the item that is written like an answer"
        own = [span for span in own if not _forged(item.fields[field], span)]
        if own:
            holders = [
                (m.start, m.end)
                for m in matches
                if m.kind is RuleKind.ACTOR and m.rule == answer.holder and m.field == field
            ]
            return field, nearest(own, holders)
    return "its evidence does not stand in the item word for word"


def _forged(text: str, span: Span) -> bool:
    """Whether the item holds an answer ready to be copied, and the words are part of it."""
    start, end = span
    return _KEY.search(text, max(start - _FORGED_BEFORE, 0), end) is not None


def _statement(item: Item, matches: Sequence[Match], answer: AnswerStatement, field: str, span: Span) -> ReadStatement:
    text, (start, end) = item.fields[field], span
    said_at, note = _said_at(item, answer.said_on)
    notes = [note] if note else []
    quoted = answer.quoted and within_quotation(text, start, end)
    if answer.quoted and not quoted:
        notes.append("given as direct speech, but no quotation mark is there")
    claimed_by = answer.claimed_by if answer.claimed_by != answer.holder else None
    who = claimed_by or answer.holder
    named = [(m.start, m.end) for m in matches if m.kind is RuleKind.ACTOR and m.rule == who and m.field == field]
    mention = nearest(named, [span]) if named and (quoted or claimed_by) else None
    return ReadStatement(
        holder=answer.holder,
        issue=answer.issue,
        stance=answer.stance,
        evidence=Evidence(field, start, end, text[start:end]),
        confidence=confidence(answer.stance),
        said_at=said_at,
        speaker=text[slice(*mention)] if mention else None,
        claimed_by=claimed_by,
        quoted=quoted,
        withdraws=answer.withdraws,
        why="; ".join(["read by a model", *notes]),
    )


def _said_at(item: Item, said_on: date | None) -> tuple[datetime, str]:
    """When it was said: a date of the answer is taken if the item bears it out, by naming its year or by being near."""
    if said_on is None or said_on == item.day:
        return item.published_at, ""
    if said_on > item.day:
        return item.published_at, f"said on {said_on}, after the item: not believed"
    named = any(re.search(rf"(?<!\d){said_on.year}(?!\d)", text) for text in item.fields.values())
    if not named and item.day - said_on > RECENT:
        return item.published_at, f"said on {said_on}, a year that the item does not name: not believed"
    return datetime.combine(said_on, time(12), UTC), ""


def _key(statement: ReadStatement) -> tuple[str, str, str, int, int, bool]:
    evidence = statement.evidence
    return statement.holder, statement.issue, evidence.field, evidence.start, evidence.end, statement.withdraws


def _is_of(step: TraceStep, statement: ReadStatement) -> bool:
    evidence = statement.evidence
    return (step.holder, step.issue, step.field, step.start, step.end) == (
        statement.holder,
        statement.issue,
        evidence.field,
        evidence.start,
        evidence.end,
    )


def _order(statement: ReadStatement) -> tuple[bool, int, int, str, str, bool]:
    evidence = statement.evidence
    return (
        evidence.field != "title",
        evidence.start,
        evidence.end,
        statement.issue,
        statement.holder,
        statement.withdraws,
    )


def _step_order(step: TraceStep) -> tuple[str, int, int, str, str, str]:
    return step.field, step.start, step.end, step.issue or "", step.holder or "", step.why


def _step(statement: ReadStatement, why: str, outcome: str) -> TraceStep:
    evidence = statement.evidence
    return TraceStep(
        outcome=outcome,
        why=why,
        field=evidence.field,
        start=evidence.start,
        end=evidence.end,
        holder=statement.holder,
        issue=statement.issue,
    )


def _left_out(answer: AnswerStatement, why: str) -> TraceStep:
    """A step without a place: what was left out stands nowhere, or its place means nothing."""
    claim = f"{_short(answer.holder)} {answer.stance} {_short(answer.issue)}: '{_short(answer.evidence)}'"
    return TraceStep(outcome="left out", why=f"thrown away, {why}: {claim}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
