"""The default extractor: candidates found by the grammar, judged by their cues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.model.item import Item
from monitor.model.statement import Reading, ReadStatement, TraceStep
from monitor.positions.furniture import region_at, regions_of
from monitor.positions.grammar.confidence import confidence
from monitor.positions.grammar.finder import GrammarFinder
from monitor.positions.grammar.language import available, data_version, load_language
from monitor.positions.grammar.stance import CueJudge
from monitor.positions.grammar.traits import Accuracy, ReadAs
from monitor.positions.judging import judged
from monitor.positions.protocol import Candidate, Judgement, PassageJudge, StanceJudge
from rules.model import Match, RuleSet

DEFAULT_LANGUAGE = "en"
"""An item whose language is not known is read as English: most feeds that name none are."""

GRAMMAR = 2
"""Raised by whoever changes how the grammar reads; its data count by themselves."""
_NOT_KNOWN = ("", "und")


class GrammarExtractor:
    """Deterministic, without download; reads the languages that have a folder under `languages/`."""

    name = "grammar"
    version = f"{GRAMMAR}.{data_version()}"

    def __init__(self, judge: StanceJudge | PassageJudge | None = None) -> None:
        self.judge: StanceJudge | PassageJudge = judge or CueJudge()
        if isinstance(judge, PassageJudge):
            self.version = f"{self.version}+{judge.name}:{judge.version}"
        self._finders = {code: GrammarFinder(load_language(code)) for code in available()}

    def read(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Reading:
        """What the item says about who holds which position."""
        code = (item.lang or "").casefold().replace("_", "-").split("-")[0]
        code = DEFAULT_LANGUAGE if code in _NOT_KNOWN else code
        finder = self._finders.get(code)
        if finder is None:
            readable = ", ".join(sorted(self._finders))
            note = TraceStep(outcome="note", why=f"language {code} not read; statements are read in {readable}")
            return self._reading(rules, (), (note,))
        apart = regions_of(item)
        matches = [m for m in matches if region_at(apart[m.field], m.start, m.end) is None]
        search = finder.search(item, matches, rules)
        best: dict[tuple[str, str, str | None], tuple[ReadStatement, TraceStep]] = {}
        trace = list(search.trace)
        judgements = judged(self.judge, item, rules, search.candidates)
        for candidate, judgement in zip(search.candidates, judgements, strict=True):
            step = _step(candidate, judgement)
            seen = candidate.evidence
            region = region_at(apart[seen.field], seen.start, seen.end)
            if region is not None:
                step = replace(step, outcome="left out", why=region.why)
            if region is not None or judgement.stance is None:
                trace.append(step)
                continue
            statement = _statement(item, candidate, judgement, finder.language.traits.accuracy)
            key = (
                statement.holder,
                statement.issue,
                f"{statement.stance}{statement.withdraws}{statement.evidence.field}{statement.evidence.start}",
            )
            if key not in best or statement.confidence > best[key][0].confidence:
                best[key] = (statement, step)
        statements = sorted((s for s, _ in best.values()), key=_place)
        trace.extend(step for _, step in best.values())
        trace.sort(key=lambda step: (step.field, step.start, step.end, step.issue or "", step.holder or ""))
        caution = finder.language.traits.accuracy.low(finder.language.name) if trace else ""
        if caution:
            trace.insert(0, TraceStep(outcome="caution", why=caution))
        return self._reading(rules, tuple(statements), tuple(trace))

    def _reading(self, rules: RuleSet, statements: tuple[ReadStatement, ...], trace: tuple[TraceStep, ...]) -> Reading:
        return Reading(
            extractor=self.name, version=self.version, rules_version=rules.version, statements=statements, trace=trace
        )


def _place(statement: ReadStatement) -> tuple[bool, int, int, str, str]:
    evidence = statement.evidence
    return (evidence.field != "title", evidence.start, evidence.end, statement.issue, statement.holder)


def _statement(item: Item, candidate: Candidate, judgement: Judgement, accuracy: Accuracy) -> ReadStatement:
    assert judgement.stance is not None
    sure = confidence(candidate, judgement)
    return ReadStatement(
        holder=candidate.holder,
        issue=candidate.issue,
        stance=judgement.stance,
        evidence=candidate.evidence,
        confidence=round(min(sure, accuracy.ceiling), 2) if accuracy.read_as is ReadAs.LOW else sure,
        said_at=candidate.said_at or item.published_at,
        speaker=candidate.speaker,
        claimed_by=candidate.claimed_by,
        quoted=candidate.quoted,
        withdraws=judgement.withdraws,
        why=f"{candidate.attribution}: {judgement.why}",
    )


def _step(candidate: Candidate, judgement: Judgement) -> TraceStep:
    return TraceStep(
        outcome="statement" if judgement.stance is not None else "left out",
        why=f"{candidate.attribution}: {judgement.why}",
        field=candidate.evidence.field,
        start=candidate.evidence.start,
        end=candidate.evidence.end,
        holder=candidate.holder,
        issue=candidate.issue,
        cues=tuple(cue.wording for cue in candidate.cues),
    )
