"""Whose position a matter is: the subject's, the speaker's, an owner's, a group's list; each as a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.around import Around
from monitor.positions.grammar.attribution import Attributor
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.discourse import Discourse
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention, MentionKind
from monitor.positions.grammar.recorder import Camps, Place, Recorder
from monitor.positions.grammar.roles import ATTITUDES, NOUNS
from monitor.positions.grammar.sentences import Sentence
from monitor.positions.grammar.trailing import Trailing
from monitor.positions.grammar.walk import Climb, Owned
from monitor.positions.protocol import Attribution, CueSeen
from rules.model import Via

MOST_LISTED = 30
"""Tokens of an entry in a list of decisions."""
OPENING = (CueClass.CONDITION, CueClass.OPEN, CueClass.LACKING)
"""What leaves a matter open, wherever it stands."""
VERDICTS = (CueClass.NORMATIVE, CueClass.GOOD, CueClass.BAD)
"""What says how a thing should be: a stance of whoever says so, whoever does it."""


@dataclass(slots=True)
class Bearings:
    """What bears on a matter: who governs it (`subjects`), the walk to them, the wordings in and behind it."""

    climb: Climb
    subjects: tuple[Mention, ...]
    inside: list[CueGroup]
    after: list[CueGroup]
    cues: tuple[CueSeen, ...]


class Ascriber:
    """Ascribes the matters of one field."""

    def __init__(
        self,
        analysis: Analysis,
        climber: Climber,
        attributor: Attributor,
        discourse: Discourse,
        around: Around,
        camps: Camps,
        recorder: Recorder,
    ) -> None:
        self.a = analysis
        self.climber = climber
        self.attributor = attributor
        self.discourse = discourse
        self.around = around
        self.camps = camps
        self.recorder = recorder
        self.trailing = Trailing(analysis, climber)
        self.listing = -9

    def read(self, number: int, sentence: Sentence, matter: Matter) -> bool:
        """Candidates for one matter; whether there were any."""
        low, high = self.a.segment(sentence, matter.start)
        quote = self.a.quotation_at(matter.start)
        speaker = self.a.speakers.get(quote) if quote is not None else None
        place = Place(number, sentence, matter, low, high, quote, speaker)
        bearings = self._bearings(place)
        before = self.recorder.count()
        self._of_owners(place, bearings)
        self._of_others(place, bearings)
        if bearings.subjects or not bearings.climb.owned:
            if quote is not None:
                self._spoken(place, bearings)
            else:
                self._narrated(place, bearings)
        self._evaluated(place, bearings)
        if self.recorder.count() == before:
            self._listed(place)
        if self.recorder.count() == before:
            self.recorder.leave_out(place, bearings.climb.why or "nobody known holds a position here")
        return self.recorder.count() > before

    def _of_others(self, place: Place, bearings: Bearings) -> None:
        """Whoever is named behind the matter: by whom it was rejected, whose objections it meets, who opposes it."""
        matter, guesses = place.matter, self.around.outsiders(place.low, place.high)
        for mention, passive in self.trailing.passives(matter, place.high):
            seen = self.around.seen(passive, bearings.inside, (), guesses, matter)
            self.recorder.emit(place, mention, Attribution.PASSIVE, seen)
        for mention, groups in self.trailing.taken(matter, place.high):
            verdicts = tuple(g for g in groups if g.has(CueClass.GOOD, CueClass.BAD) and not g.has(*NOUNS))
            before = tuple(g for g in groups if g not in verdicts)
            own = bool(before) and not before[-1].verb and before[-1].has(*NOUNS)
            seen = self.around.seen(before, bearings.inside, verdicts, guesses, matter, own=own)
            foreign = place.speaker is not None and not self.camps.same(mention.actors, place.speaker.actors)
            kind = Attribution.ACT if groups[-1].verb else Attribution.NOMINAL
            self.recorder.emit(place, mention, kind, seen, place.speaker if foreign else None)

    def _bearings(self, place: Place) -> Bearings:
        matter = place.matter
        climb = self.climber.climb(matter.start, place.low, (matter.start, matter.end))
        inside = self.around.inside(matter) if matter.via is Via.ABOUT else []
        if not climb.subjects:
            climb.subjects = self._unspoken(place, climb)
        within = self.around.subject_inside(matter)
        if within and self.around.reported(matter):
            climb = Climb(stopped_at=matter.start)
        subjects = (*climb.subjects, *within) if self.around.joined_before(matter) else climb.subjects or within
        if within and subjects[-1:] == within[-1:]:
            climb.cues.extend(group for group in inside if group.start >= within[-1].end)
            inside = [group for group in inside if group.start < within[-1].end]
        elif self.around.finite(matter):
            enacted = self.around.enacted(matter)
            climb.cues.extend(enacted or (group for group in inside if group.start == matter.start))
            inside = [group for group in inside if group.start > matter.start]
        after = self.around.after(matter, place.high)
        ahead = [*self.around.ahead(place.low, climb, matter), *self.around.outsiders(place.low, place.high)]
        cues = self.around.seen(climb.cues, inside, after, ahead, matter)
        return Bearings(climb, subjects, inside, after, cues)

    def _unspoken(self, place: Place, climb: Climb) -> tuple[Mention, ...]:
        """Whoever was spoken of, where a sentence begins with its verb: "Habló en Madrid. Rechaza enviar tropas …"."""
        start = place.sentence.start
        drops = self.a.language.traits.drops_subjects and place.quote is None and not climb.unknown
        if not drops or climb.owned or climb.stopped_at > start or not climb.cues:
            return ()
        first = next((g for g in climb.cues if g.verb and not self.a.ends(g.start, "infinitive")), None)
        before = range(start, first.start) if first is not None else range(0)
        small = ("auxiliaries", "determiners")
        led = any(g.has(CueClass.NEGATION) for i in before for g in self.a.cue_starts.get(i, ()))
        opens = first is not None and all(any(self.a.is_word(i, name) for name in small) or led for i in before)
        who = self.discourse.person or self.discourse.body
        return (Mention(start, start + 1, (who,), MentionKind.PRONOUN),) if opens and len(before) < 4 and who else ()

    def note_list(self, number: int, sentence: Sentence) -> None:
        """A line such as "The talks ended with pledges to" opens a list of what a group agreed."""
        words = " ".join(self.a.fold(i) for i in range(sentence.start, sentence.end))
        last = self.a.fold(sentence.end - 1)
        unfinished = last == ":" or self.a.layout.tokens[sentence.end - 1].is_word
        if unfinished and any(f" {lead}" in f" {words}" for lead in self.a.language.words["list_leads"]):
            self.listing = number
        elif not sentence.heading and (sentence.end - sentence.start > MOST_LISTED or not self._imperative(sentence)):
            self.listing = -9

    def _imperative(self, sentence: Sentence) -> bool:
        groups = self.a.cue_starts.get(sentence.start, ())
        return any(group.verb and group.has(CueClass.ACT, CueClass.REVERSE, CueClass.SUPPORT) for group in groups)

    def _listed(self, place: Place) -> None:
        """An entry of such a list is the group's position: "Boost defence spending"."""
        sentence = place.sentence
        if self.listing < 0 or not self._imperative(sentence) or not self.discourse.collective:
            return
        groups = self.a.cue_starts[sentence.start]
        holder = Mention(sentence.start, sentence.start + 1, (self.discourse.collective,), MentionKind.ROLE)
        cues = self.around.seen(groups, self.around.inside(place.matter), (), (), place.matter, own=True)
        self.recorder.emit(place, holder, Attribution.LIST, cues)

    def _of_owners(self, place: Place, bearings: Bearings) -> None:
        """The owners of nouns of stance on the way to the subject, who is then whoever reports of them, or nobody."""
        climb = bearings.climb
        for owned in climb.owned:
            outer = [group for group in climb.cues if group not in owned.cues]
            if any(group.has(*ATTITUDES) and not group.has(CueClass.SAY) for group in outer):
                reporters: tuple[Mention, ...] = ()
            else:
                reporters, bearings.subjects = bearings.subjects, ()
            # What a refusal does, "has cost Oslo friends", is said of the refusal, not of the matter.
            after = [] if bearings.subjects else [g for g in bearings.after if g.has(*OPENING)]
            guesses = self.around.outsiders(place.low, place.high)
            seen = self.around.seen(owned.cues, bearings.inside, after, guesses, place.matter, own=True)
            seen = (*self.around.taken_back(owned.mentions[0], place.matter), *seen)
            self._owned(place, owned, seen, reporters)

    def _owned(self, place: Place, owned: Owned, cues: tuple[CueSeen, ...], reporters: tuple[Mention, ...]) -> None:
        """The owners of a noun of stance; said by a reporter, it is a claim unless it is the reporter's own."""
        voice = next((m for m in reporters if m.actors), place.speaker)
        for mention in owned.mentions:
            foreign = voice is not None and not self.camps.same(mention.actors, voice.actors)
            self.recorder.emit(place, mention, Attribution.NOMINAL, cues, voice if foreign else None)

    def _evaluated(self, place: Place, bearings: Bearings) -> None:
        """ "It is regrettable that X does it": the stance of whoever says so."""
        evaluation = bearings.climb.evaluation
        if evaluation is None:
            return
        cues = self.around.seen((evaluation, *bearings.climb.cues), bearings.inside, (), (), place.matter)
        quoted = place.quote is not None
        voices: Sequence[Mention | None] = (
            (place.speaker,)
            if quoted
            else self.attributor.reporters(evaluation.start, place.low, place.high, place.matter.end)
        )
        for voice in voices:
            if voice is not None and voice.actors:
                self.recorder.emit(place, voice, Attribution.QUOTE if quoted else Attribution.INDIRECT, cues)

    def _spoken(self, place: Place, bearings: Bearings) -> None:
        """In somebody's speech: the speaker's own position, or what the speaker says of another's."""
        speaker = place.speaker
        others = tuple(m for m in bearings.subjects if not m.first_person and m.actors)
        if speaker is None:
            return
        normative = any(cue.has(*VERDICTS) for cue in bearings.cues)
        foreign = [m for m in others if not self.camps.same(m.actors, speaker.actors)]
        if foreign and not normative:
            for mention in foreign:
                self.recorder.emit(place, mention, Attribution.CLAIMED, bearings.cues, speaker)
            return
        if bearings.climb.unknown and not normative and not others:
            return
        self.recorder.emit(place, speaker, Attribution.QUOTE, bearings.cues)

    def _wished(self, place: Place, bearings: Bearings, verb: CueGroup, wishers: Sequence[Mention]) -> None:
        """ "Kyiv hopes that Germany will …": whoever hopes holds it; of the other nothing is said but a hope."""
        seen = self.around.seen((verb, *bearings.climb.cues), bearings.inside, bearings.after, (), place.matter)
        for mention in wishers:
            self.recorder.emit(place, mention, Attribution.INDIRECT, seen)

    def _narrated(self, place: Place, bearings: Bearings) -> None:
        """In the article's own voice: the subject's position, or that of whoever is said to report it."""
        climb, cues = bearings.climb, bearings.cues
        reporters = self.attributor.reporters(climb.stopped_at, place.low, place.high, place.matter.end)
        known = tuple(m for m in reporters if m.actors)
        actors = [m for m in bearings.subjects if m.actors]
        if not actors:
            for mention in known if not climb.unknown else ():
                self.recorder.emit(place, mention, Attribution.INDIRECT, cues)
            return
        wished = self.attributor.wished(climb.stopped_at, place.low)
        if wished is not None and not known:
            self._wished(place, bearings, *wished)
            return
        normative = any(cue.has(*VERDICTS) for cue in cues)
        kind = Attribution.INDIRECT if any(c.has(CueClass.SAY) for c in cues) else Attribution.ACT
        for mention in actors:
            if not known or mention in known:
                self.recorder.emit(place, mention, kind, cues)
                continue
            for reporter in known:
                if normative or self.camps.same(mention.actors, reporter.actors):
                    self.recorder.emit(place, reporter, Attribution.INDIRECT, cues)
                else:
                    self.recorder.emit(place, mention, Attribution.CLAIMED, cues, reporter)
