"""Whose position a matter is: the subject's, the speaker's, an owner's, a group's list; each as a candidate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.statement import Evidence, TraceStep
from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.around import Around
from monitor.positions.grammar.attribution import Attributor
from monitor.positions.grammar.climb import Climb, Climber
from monitor.positions.grammar.dates import said_at
from monitor.positions.grammar.discourse import Discourse
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention, MentionKind
from monitor.positions.grammar.roles import ATTITUDES
from monitor.positions.grammar.sentences import Sentence
from monitor.positions.protocol import Attribution, Candidate, CueSeen
from rules.model import RuleSet, Via

MOST_LISTED = 30
"""Tokens of an entry in a list of decisions."""
EVIDENCE_REACH = 45
"""Tokens that evidence may hold on either side of the matter."""


@dataclass(slots=True)
class Search:
    """What a search through one item gave."""

    candidates: list[Candidate] = field(default_factory=list)
    trace: list[TraceStep] = field(default_factory=list)


class Ascriber:
    """Ascribes the matters of one field."""

    def __init__(
        self,
        name: str,
        analysis: Analysis,
        climber: Climber,
        attributor: Attributor,
        discourse: Discourse,
        around: Around,
        rules: RuleSet,
        published: datetime,
        result: Search,
    ) -> None:
        self.name = name
        self.a = analysis
        self.layout = analysis.layout
        self.language = analysis.language
        self.climber = climber
        self.attributor = attributor
        self.discourse = discourse
        self.around = around
        self.rules = rules
        self.published = published
        self.result = result
        self.listing = -9
        self._dates: dict[int, datetime | None] = {}

    def read(self, number: int, sentence: Sentence, matter: Matter) -> bool:
        """Candidates for one matter; whether there were any."""
        low, high = self.a.segment(sentence, matter.start)
        quote = self.a.quotation_at(matter.start)
        speaker = self.a.speakers.get(quote) if quote is not None else None
        climb = self.climber.climb(matter.start, low, (matter.start, matter.end))
        inside = self.around.inside(matter)
        within = self.around.subject_inside(matter)
        subjects = (*climb.subjects, *within) if self.around.joined_before(matter) else climb.subjects or within
        if within and subjects[-1:] == within[-1:]:
            climb.cues.extend(group for group in inside if group.start >= within[-1].end)
            inside = [group for group in inside if group.start < within[-1].end]
        elif self.around.finite(matter):
            climb.cues.extend(group for group in inside if group.start == matter.start)
            inside = [group for group in inside if group.start > matter.start]
        after = self.around.after(matter, high)
        before = len(self.result.candidates)
        ahead = self.around.ahead(low, climb, matter)
        cues = self.around.seen(climb.cues, inside, after, ahead, matter)
        outer = climb.cues
        for owned in climb.owned:
            outer = [group for group in climb.cues if group not in owned.cues]
            if any(group.has(*ATTITUDES) and not group.has(CueClass.SAY) for group in outer):
                reporters: tuple[Mention, ...] = ()
            else:
                reporters, subjects = subjects, ()
            seen = self.around.seen(owned.cues, inside, () if subjects else after, (), matter, own=True)
            self._owned(sentence, matter, owned.mentions, seen, reporters, speaker, quote)
        for mention, passive in self.around.passives(matter, high):
            seen = self.around.seen(passive, inside, (), (), matter)
            self._emit(sentence, matter, mention, Attribution.PASSIVE, seen, None, quote)
        if climb.owned and not subjects:
            pass
        elif quote is not None:
            self._spoken(sentence, matter, subjects, climb, speaker, cues, quote)
        else:
            self._narrated(sentence, matter, subjects, climb, cues, low, high)
        if climb.evaluation is not None:
            self._evaluated(sentence, matter, climb, inside, speaker, quote, low, high)
        if len(self.result.candidates) == before:
            self._listed(number, sentence, matter)
        if len(self.result.candidates) == before:
            why = climb.why or "nobody known holds a position here"
            self._leave_out(sentence, matter, why)
        return len(self.result.candidates) > before

    def note_list(self, number: int, sentence: Sentence) -> None:
        """A line such as "The talks ended with pledges to" opens a list of what a group agreed."""
        words = " ".join(self.a.fold(i) for i in range(sentence.start, sentence.end))
        last = self.a.fold(sentence.end - 1)
        unfinished = last == ":" or self.layout.tokens[sentence.end - 1].is_word
        if unfinished and any(f" {lead}" in f" {words}" for lead in self.language.words["list_leads"]):
            self.listing = number
        elif not sentence.heading and (sentence.end - sentence.start > MOST_LISTED or not self._imperative(sentence)):
            self.listing = -9

    def _imperative(self, sentence: Sentence) -> bool:
        groups = self.a.cue_starts.get(sentence.start, ())
        return any(group.verb and group.has(CueClass.ACT, CueClass.REVERSE, CueClass.SUPPORT) for group in groups)

    def _listed(self, number: int, sentence: Sentence, matter: Matter) -> None:
        """An entry of such a list is the group's position: "Boost defence spending"."""
        if self.listing < 0 or not self._imperative(sentence) or not self.discourse.collective:
            return
        groups = self.a.cue_starts[sentence.start]
        holder = Mention(sentence.start, sentence.start + 1, (self.discourse.collective,), MentionKind.ROLE)
        cues = self.around.seen(groups, self.around.inside(matter), (), (), matter, own=True)
        self._emit(sentence, matter, holder, Attribution.LIST, cues, None, None)

    def _owned(
        self,
        sentence: Sentence,
        matter: Matter,
        owners: tuple[Mention, ...],
        cues: tuple[CueSeen, ...],
        reporters: tuple[Mention, ...],
        speaker: Mention | None,
        quote: int | None,
    ) -> None:
        """The owners of a noun of stance; said by a reporter, it is a claim unless it is the reporter's own."""
        voice = next((m for m in reporters if m.actors), speaker)
        for mention in owners:
            foreign = voice is not None and not self._same_camp(mention.actors, voice.actors)
            self._emit(sentence, matter, mention, Attribution.NOMINAL, cues, voice if foreign else None, quote)

    def _evaluated(
        self,
        sentence: Sentence,
        matter: Matter,
        climb: Climb,
        inside: Sequence[CueGroup],
        speaker: Mention | None,
        quote: int | None,
        low: int,
        high: int,
    ) -> None:
        """ "It is regrettable that X does it": the stance of whoever says so."""
        assert climb.evaluation is not None
        cues = self.around.seen((climb.evaluation, *climb.cues), inside, (), (), matter)
        voices = (
            (speaker,)
            if quote is not None
            else self.attributor.reporters(climb.evaluation.start, low, high, matter.end)
        )
        for voice in voices:
            if voice is not None and voice.actors:
                kind = Attribution.QUOTE if quote is not None else Attribution.INDIRECT
                self._emit(sentence, matter, voice, kind, cues, None, quote)

    def _spoken(
        self,
        sentence: Sentence,
        matter: Matter,
        subjects: tuple[Mention, ...],
        climb: Climb,
        speaker: Mention | None,
        cues: tuple[CueSeen, ...],
        quote: int,
    ) -> None:
        """In somebody's speech: the speaker's own position, or what the speaker says of another's."""
        others = tuple(m for m in subjects if not m.first_person and m.actors)
        if speaker is None:
            return
        normative = any(cue.has(CueClass.NORMATIVE, CueClass.GOOD, CueClass.BAD) for cue in cues)
        foreign = [m for m in others if not self._same_camp(m.actors, speaker.actors)]
        if foreign and not normative:
            for mention in foreign:
                self._emit(sentence, matter, mention, Attribution.CLAIMED, cues, speaker, quote)
            return
        if climb.unknown and not normative and not others:
            return
        self._emit(sentence, matter, speaker, Attribution.QUOTE, cues, None, quote)

    def _narrated(
        self,
        sentence: Sentence,
        matter: Matter,
        subjects: tuple[Mention, ...],
        climb: Climb,
        cues: tuple[CueSeen, ...],
        low: int,
        high: int,
    ) -> None:
        """In the article's own voice: the subject's position, or that of whoever is said to report it."""
        reporters = self.attributor.reporters(climb.stopped_at, low, high, matter.end)
        known = tuple(m for m in reporters if m.actors)
        actors = [m for m in subjects if m.actors]
        normative = any(cue.has(CueClass.NORMATIVE, CueClass.GOOD, CueClass.BAD) for cue in cues)
        if not actors:
            if known and not climb.unknown:
                for mention in known:
                    self._emit(sentence, matter, mention, Attribution.INDIRECT, cues, None, None)
            return
        kind = Attribution.INDIRECT if any(c.has(CueClass.SAY) for c in cues) else Attribution.ACT
        for mention in actors:
            if not known or mention in known:
                self._emit(sentence, matter, mention, kind, cues, None, None)
                continue
            for reporter in known:
                if normative or self._same_camp(mention.actors, reporter.actors):
                    self._emit(sentence, matter, reporter, Attribution.INDIRECT, cues, None, None)
                else:
                    self._emit(sentence, matter, mention, Attribution.CLAIMED, cues, reporter, None)

    def _same_camp(self, ones: Iterable[str], others: Iterable[str]) -> bool:
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

    def _emit(
        self,
        sentence: Sentence,
        matter: Matter,
        mention: Mention,
        attribution: Attribution,
        cues: tuple[CueSeen, ...],
        reporter: Mention | None,
        quote: int | None,
    ) -> None:
        low, high = self.a.segment(sentence, matter.start)
        evidence = self._evidence(low, high, matter)
        claimed = reporter.actors[0] if reporter is not None and reporter.actors else None
        voice = reporter or (mention if attribution in (Attribution.QUOTE, Attribution.INDIRECT) else None)
        for actor in mention.actors:
            self.result.candidates.append(
                Candidate(
                    holder=actor,
                    issue=matter.issue,
                    evidence=evidence,
                    attribution=attribution,
                    cues=cues,
                    polarity=-1 if matter.via is Via.AGAINST else 1,
                    states_it=matter.via in (Via.FOR, Via.AGAINST),
                    anaphoric=matter.anaphoric,
                    quoted=quote is not None and attribution is Attribution.QUOTE,
                    speaker=self._surface(voice) if voice is not None else None,
                    claimed_by=claimed if claimed != actor else None,
                    uncertain_speaker=quote is not None and quote in self.a.unsure,
                    question=sentence.question,
                    said_at=self._said_at(sentence),
                )
            )

    def _said_at(self, sentence: Sentence) -> datetime | None:
        """The date of a sentence, looked for once."""
        if sentence.start not in self._dates:
            self._dates[sentence.start] = said_at(self.a, sentence, self.published)
        return self._dates[sentence.start]

    def _surface(self, mention: Mention) -> str:
        tokens = self.layout.tokens
        return self.layout.text[tokens[mention.start].start : tokens[mention.end - 1].end]

    def _evidence(self, low: int, high: int, matter: Matter) -> Evidence:
        """The clause that tells: the sentence's stretch in one voice, trimmed of marks at its ends."""
        tokens = self.layout.tokens
        low, high = max(low, matter.start - EVIDENCE_REACH), min(high, matter.end + EVIDENCE_REACH)
        while low < matter.start and not tokens[low].is_word:
            low += 1
        while high > matter.end and not tokens[high - 1].is_word and tokens[high - 1].text not in ".!?":
            high -= 1
        start, end = tokens[low].start, tokens[high - 1].end
        return Evidence(self.name, start, end, self.layout.text[start:end])

    def _leave_out(self, sentence: Sentence, matter: Matter, why: str) -> None:
        tokens = self.layout.tokens
        self.result.trace.append(
            TraceStep(
                outcome="left out",
                why=why,
                field=self.name,
                start=tokens[sentence.start].start,
                end=tokens[sentence.end - 1].end,
                issue=matter.issue,
            )
        )
