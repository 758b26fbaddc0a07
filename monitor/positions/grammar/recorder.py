"""Candidates written down: a place in a field, whom it is ascribed to, and the words that stand as evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.statement import Evidence, TraceStep
from monitor.positions.grammar.analysis import Analysis, Matter
from monitor.positions.grammar.dates import said_at
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.sentences import Sentence
from monitor.positions.protocol import Attribution, Candidate, CueSeen
from rules.model import RuleSet, Via

EVIDENCE_REACH = 45
"""Tokens that evidence may hold on either side of the matter."""


@dataclass(slots=True)
class Search:
    """What a search through one item gave."""

    candidates: list[Candidate] = field(default_factory=list)
    trace: list[TraceStep] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter stands: its sentence, the tokens `low` to `high` around it that are in one voice, and the speech
    it is in (an index into the layout's quotations) with its speaker.
    """

    number: int
    sentence: Sentence
    matter: Matter
    low: int
    high: int
    quote: int | None
    speaker: Mention | None


class Camps:
    """Who speaks for whom, by `member_of`."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def same(self, ones: Iterable[str], others: Iterable[str]) -> bool:
        """Whether one speaks for the other: a minister and the country, a ministry and its state."""
        return any(b in self._camp(a) or a in self._camp(b) for a in ones for b in others)

    def _camp(self, actor: str) -> set[str]:
        camp = {actor}
        above: str | None = actor
        while above is not None and above in self.rules.actors:
            above = self.rules.actors[above].member_of
            if above is None or above in camp:
                break
            camp.add(above)
        return camp


class Recorder:
    """Writes the candidates of one field, and why a place gave none."""

    def __init__(self, name: str, analysis: Analysis, published: datetime, result: Search) -> None:
        self.name = name
        self.a = analysis
        self.layout = analysis.layout
        self.published = published
        self.result = result
        self._dates: dict[int, datetime | None] = {}

    def count(self) -> int:
        """Candidates so far."""
        return len(self.result.candidates)

    def emit(
        self,
        place: Place,
        mention: Mention,
        attribution: Attribution,
        cues: tuple[CueSeen, ...],
        reporter: Mention | None = None,
    ) -> None:
        """One candidate for each actor that a mention stands for."""
        matter = place.matter
        claimed = reporter.actors[0] if reporter is not None and reporter.actors else None
        voice = reporter or (mention if attribution in (Attribution.QUOTE, Attribution.INDIRECT) else None)
        for actor in mention.actors:
            self.result.candidates.append(
                Candidate(
                    holder=actor,
                    issue=matter.issue,
                    evidence=self._evidence(place),
                    attribution=attribution,
                    cues=cues,
                    polarity=-1 if matter.via is Via.AGAINST else 1,
                    states_it=matter.via in (Via.FOR, Via.AGAINST),
                    anaphoric=matter.anaphoric,
                    quoted=place.quote is not None and attribution is Attribution.QUOTE,
                    speaker=self._surface(voice) if voice is not None else None,
                    claimed_by=claimed if claimed != actor else None,
                    uncertain_speaker=place.quote is not None and place.quote in self.a.unsure,
                    question=place.sentence.question,
                    said_at=self._said_at(place.sentence),
                )
            )

    def leave_out(self, place: Place, why: str) -> None:
        """Notes a matter that is nobody's position here."""
        start, end = self.layout.span(place.sentence.start, place.sentence.end)
        self.result.trace.append(
            TraceStep(
                outcome="left out",
                why=why,
                field=self.name,
                start=start,
                end=end,
                issue=place.matter.issue,
            )
        )

    def _said_at(self, sentence: Sentence) -> datetime | None:
        """The date of a sentence, looked for once."""
        if sentence.start not in self._dates:
            self._dates[sentence.start] = said_at(self.a, sentence, self.published)
        return self._dates[sentence.start]

    def _surface(self, mention: Mention) -> str:
        start, end = self.layout.span(mention.start, mention.end)
        return self.layout.text[start:end]

    def _evidence(self, place: Place) -> Evidence:
        """The clause that tells: the sentence's stretch in one voice, trimmed of marks at its ends."""
        tokens, matter = self.layout.tokens, place.matter
        low, high = max(place.low, matter.start - EVIDENCE_REACH), min(place.high, matter.end + EVIDENCE_REACH)
        while low < matter.start and not tokens[low].is_word:
            low += 1
        while high > matter.end and not tokens[high - 1].is_word and tokens[high - 1].text not in ".!?":
            high -= 1
        start, end = self.layout.span(low, high)
        return Evidence(self.name, start, end, self.layout.text[start:end])
