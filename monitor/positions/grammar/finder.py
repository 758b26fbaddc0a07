"""Finding candidates: who may hold a position on which issue, and where the words for it stand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from datetime import datetime

from monitor.model.item import Item
from monitor.model.statement import Evidence, TraceStep
from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.attribution import Attributor
from monitor.positions.grammar.climb import Climb, Climber
from monitor.positions.grammar.dates import said_at
from monitor.positions.grammar.discourse import Discourse
from monitor.positions.grammar.language import CueClass, Language
from monitor.positions.grammar.matters import MatterLocator, locator_for, stem
from monitor.positions.grammar.mentions import Found, Mention, MentionFinder, MentionKind
from monitor.positions.grammar.sentences import Sentence, lay_out
from monitor.positions.protocol import Attribution, Candidate, CueSeen
from rules.model import ActorKind, Match, RuleKind, RuleSet, Via

MOST_LISTED = 30
"""Tokens of an entry in a list of decisions."""
EVIDENCE_REACH = 45
"""Tokens that evidence may hold on either side of the matter."""
AFTER_REACH = 22
"""Tokens behind a matter in which a predicate about it may stand."""
ATTITUDES = (CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE)
RANKS = {Via.NAME: 0, Via.OFFICE: 1, Via.ALIAS: 2}


@dataclass(slots=True)
class Search:
    """What a search through one item gave."""

    candidates: list[Candidate] = field(default_factory=list)
    trace: list[TraceStep] = field(default_factory=list)


class GrammarFinder:
    """Finds candidates by the data of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def find(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Sequence[Candidate]:
        """Candidates in the order of the text."""
        return self.search(item, matches, rules).candidates

    def search(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Search:
        """Candidates, and why other places gave none."""
        result = Search()
        locator = locator_for(rules)
        matters = locator.locate(item, matches)
        if not matters:
            return result
        for name, text in item.fields.items():
            actors = [m for m in matches if m.field == name and m.kind is RuleKind.ACTOR]
            here = [m for m in matters if m.field == name]
            FieldSearch(name, text, actors, here, rules, self.language, result, locator, item.published_at).run()
        return result


class FieldSearch:
    """One field, read from front to back."""

    def __init__(
        self,
        name: str,
        text: str,
        actors: Sequence[Match],
        matters: Sequence[Match],
        rules: RuleSet,
        language: Language,
        result: Search,
        locator: MatterLocator,
        published: datetime,
    ) -> None:
        self.name = name
        self.published = published
        self.locator = locator
        self.salience: Counter[str] = Counter()
        self.listing = -9
        self._dates: dict[int, datetime | None] = {}
        self.rules = rules
        self.result = result
        self.layout = lay_out(text, language)
        self.a = Analysis(self.layout, language)
        self._ends = [sentence.end for sentence in self.layout.sentences]
        self.starts = [token.start for token in self.layout.tokens]
        groups = {key for key, actor in rules.actors.items() if actor.kind is ActorKind.GROUP}
        persons = {
            key for key, actor in rules.actors.items() if actor.kind in (ActorKind.PERSON, ActorKind.COMMENTATOR)
        }
        self.climber = Climber(self.a, groups, persons)
        self.discourse = Discourse(self.a, rules, self.climber)
        self.attributor = Attributor(self.a, self.climber, self.discourse)
        self.language = language
        self._opening: dict[int, list[int]] = defaultdict(list)
        self._closing: dict[int, list[int]] = defaultdict(list)
        for index, quotation in enumerate(self.layout.quotations):
            if quotation.speech:
                self._opening[self._sentence_of(max(quotation.start - 1, 0))].append(index)
                self._closing[self._sentence_of(min(quotation.end, len(self.layout.tokens) - 1))].append(index)
        self._place_mentions(actors)
        self.matters = self._place_matters(matters)

    def run(self) -> None:
        """Adds what the field holds to the result."""
        for number, sentence in enumerate(self.layout.sentences):
            self.discourse.add_pronouns(sentence)
            self._speakers(number, sentence)
            self._note_list(number, sentence)
            matters = self.matters.get(number, [])
            self.salience.update(m.issue for m in matters)
            matters = [*matters, *self._taken_up(number, sentence, matters)]
            given: set[str] = set()
            for matter in matters:
                if self._read(number, sentence, matter):
                    given.add(matter.issue)
            own = [m for m in matters if not m.anaphoric]
            for issue in dict.fromkeys(m.issue for m in own if not given or m.issue in given):
                self.discourse.topics.append((number, issue))
            self._remember(number, sentence)

    def _tokens_of(self, start: int, end: int) -> tuple[int, int]:
        first = bisect_left(self.starts, start)
        if first > 0 and self.layout.tokens[first - 1].end > start:
            first -= 1
        return first, max(first + 1, bisect_left(self.starts, end))

    def _sentence_of(self, token: int) -> int:
        return bisect_left(self._ends, token + 1)

    def _place_mentions(self, actors: Sequence[Match]) -> None:
        finder = MentionFinder(self.rules, self.language)
        by_sentence: dict[int, list[Found]] = defaultdict(list)
        for match in actors:
            start, end = self._tokens_of(match.start, match.end)
            if start < len(self.layout.tokens):
                by_sentence[self._sentence_of(start)].append(Found(start, end, match.rule, RANKS.get(match.via, 3)))
        for found in by_sentence.values():
            self.a.add_mentions(finder.named(self.layout.tokens, found))

    def _place_matters(self, matches: Sequence[Match]) -> dict[int, list[Matter]]:
        placed: dict[int, list[Matter]] = defaultdict(list)
        for match in matches:
            start, end = self._tokens_of(match.start, match.end)
            if start >= len(self.layout.tokens):
                continue
            number = self._sentence_of(start)
            sentence = self.layout.sentences[number]
            owner = self.a.mention_ends.get(end + 1)
            if owner is not None and owner.possessive and end - start == 2:
                continue  # "support Ukraine's accession" is not about supporting Ukraine
            if end <= sentence.end and self.a.segment(sentence, start) == self.a.segment(sentence, end - 1):
                placed[number].append(Matter(start, end, match.rule, match.via))
        return {number: _distinct(found) for number, found in placed.items()}

    def _speakers(self, number: int, sentence: Sentence) -> None:
        for index in self._opening.get(number, ()):
            quotation = self.layout.quotations[index]
            speaker, inferred = self.attributor.speaker_of(quotation, sentence, number)
            if speaker is not None and speaker.actors:
                self.a.speakers[index] = speaker
                if inferred:
                    self.a.unsure.add(index)
                self.discourse.speaker, self.discourse.speaker_sentence = speaker, number
            elif speaker is not None or not inferred:
                self.discourse.speaker = None
            self._first_person(index)

    def _first_person(self, number: int) -> None:
        """ "We" in a speech whose speaker is known now stands for the speaker."""
        quotation = self.layout.quotations[number]
        speaker = self.a.speakers.get(number)
        actors = speaker.actors if speaker is not None else ()
        for index in range(quotation.start, quotation.end):
            mention = self.a.mentions.get(index)
            himself = mention is not None and mention.kind is MentionKind.PRONOUN and set(mention.actors) & set(actors)
            if mention is not None and (mention.first_person or himself):
                del self.a.mentions[index]
                self.a.mention_ends.pop(mention.end, None)
                if himself and not mention.first_person:
                    other = self.discourse.beside(speaker)
                    self.a.add_mentions([replace(mention, actors=other)])
            if self.a.is_word(index, "first_person") and self.a.mentions.get(index) is None:
                possessive = self.a.fold(index) in ("my", "our")
                self.a.add_mentions([self.discourse.made(index, actors, possessive=possessive, first=True)])

    def _taken_up(self, number: int, sentence: Sentence, own: Sequence[Matter]) -> list[Matter]:
        """Matters named before that this sentence takes up by "the idea", "such a step"."""
        earlier = self.discourse.topics_at(number)
        taken: list[Matter] = []
        for index in range(sentence.start, sentence.end):
            for group in self.a.cue_starts.get(index, ()):
                if not group.has(CueClass.ANAPHORA) or any(m.start < group.end and m.end > group.start for m in own):
                    continue
                topics = [m.issue for m in own if m.end <= group.start] if own else earlier
                if topics:
                    taken.append(Matter(group.start, group.end, self._likeliest(group, topics), Via.ABOUT, True))
        return taken

    def _likeliest(self, group: CueGroup, topics: Sequence[str]) -> str:
        """Of several issues the one that is worded like the anaphor ("the deployment"), else the most named so far."""
        words = {stem(self.a.fold(index)) for index in range(group.start, group.end)}

        def rank(place: int) -> tuple[bool, int, int]:
            vocabulary = self.locator.vocabulary[topics[place]]
            alike = any(
                len(word) > 3 and word.startswith(known) for word in words for known in vocabulary if len(known) > 3
            )
            return alike, self.salience[topics[place]], place

        return topics[max(range(len(topics)), key=rank)]

    def _remember(self, number: int, sentence: Sentence) -> None:
        for index in range(sentence.start, sentence.end):
            for group in self.a.cue_starts.get(index, ()):
                kinds = (CueClass.SAY, CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.ACCORDING)
                if group.has(*kinds) and self.a.quotation_at(index) is None:
                    if group.has(CueClass.ACCORDING):
                        named = self.a.mention_over(group.start, group.end + 1)
                        if named is not None:
                            self.discourse.note(sentence, (named,), False)
                        continue
                    low, _ = self.a.segment(sentence, index)
                    climb = self.climber.climb(group.start, low) if group.verb else Climb()
                    if climb.subjects or climb.unknown:
                        self.discourse.note(sentence, climb.subjects, climb.unknown)
        self.discourse.note_mentions(sentence)
        viewer = next(
            (self.a.mentions[i] for i in range(sentence.start, sentence.start + 5) if i in self.a.mentions), None
        )
        if viewer is not None and self.a.is_word(sentence.start, "views") and self.a.fold(viewer.end) == ",":
            self.discourse.note(sentence, (viewer,), False)
        for index in self._closing.get(number, ()):
            speaker = self.a.speakers.get(index)
            if speaker is not None and speaker.actors:
                self.discourse.note(sentence, (speaker,), False)

    def _read(self, number: int, sentence: Sentence, matter: Matter) -> bool:
        """Candidates for one matter; whether there were any."""
        low, high = self.a.segment(sentence, matter.start)
        quote = self.a.quotation_at(matter.start)
        speaker = self.a.speakers.get(quote) if quote is not None else None
        climb = self.climber.climb(matter.start, low, (matter.start, matter.end))
        inside = self._inside(matter)
        within = self._subject_inside(matter)
        subjects = (*climb.subjects, *within) if self._joined_before(matter) else climb.subjects or within
        if within and subjects[-1:] == within[-1:]:
            climb.cues.extend(group for group in inside if group.start >= within[-1].end)
            inside = [group for group in inside if group.start < within[-1].end]
        elif self._finite(matter):
            climb.cues.extend(group for group in inside if group.start == matter.start)
            inside = [group for group in inside if group.start > matter.start]
        after = self._after(matter, high)
        before = len(self.result.candidates)
        ahead = self._ahead(low, climb, matter)
        cues = self._seen(climb.cues, inside, after, ahead, matter)
        outer = climb.cues
        for owned in climb.owned:
            outer = [group for group in climb.cues if group not in owned.cues]
            if any(group.has(*ATTITUDES) and not group.has(CueClass.SAY) for group in outer):
                reporters: tuple[Mention, ...] = ()
            else:
                reporters, subjects = subjects, ()
            seen = self._seen(owned.cues, inside, () if subjects else after, (), matter, own=True)
            self._owned(sentence, matter, owned.mentions, seen, reporters, speaker, quote)
        for mention, passive in self._passives(matter, high):
            seen = self._seen(passive, inside, (), (), matter)
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

    def _note_list(self, number: int, sentence: Sentence) -> None:
        """A line such as "The talks ended with pledges to" opens a list of what a group agreed."""
        words = " ".join(self.a.fold(i) for i in range(sentence.start, sentence.end))
        last = self.a.fold(sentence.end - 1)
        unfinished = last == ":" or self.layout.tokens[sentence.end - 1].is_word
        if unfinished and any(f" {lead}" in f" {words}" for lead in self.language.words["list_leads"]):
            self.listing = number
        elif sentence.end - sentence.start > MOST_LISTED or not self._imperative(sentence):
            if not sentence.heading:
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
        cues = self._seen(groups, self._inside(matter), (), (), matter, own=True)
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
        cues = self._seen((climb.evaluation, *climb.cues), inside, (), (), matter)
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

    def _inside(self, matter: Matter) -> list[CueGroup]:
        return [
            group
            for index in range(matter.start, matter.end)
            for group in self.a.cue_starts.get(index, ())
            if group.end <= matter.end
            and stem(self.a.fold(group.start)) not in self.locator.propositions[matter.issue]
            and (group.verb or not group.has(CueClass.OPPOSE_NOUN, CueClass.SUPPORT_NOUN))
        ]

    def _joined_before(self, matter: Matter) -> bool:
        """Whether a subject inside the matter is joined to one before it: "Trump and | Putin agreed to meet"."""
        return self.a.is_word(matter.start - 1, "coordinators") and matter.start in self.a.mentions

    def _finite(self, matter: Matter) -> bool:
        """Whether the matter begins with a verb that its subject governs: "Poland will | support Ukraine"."""
        before = matter.start - 1
        if self.a.is_word(before, "infinitive_markers") or self.a.fold(matter.start).endswith("ing"):
            return False
        verb = any(group.verb for group in self.a.cue_starts.get(matter.start, ()))
        auxiliary = self.a.is_word(before, "auxiliaries") or self.a.fold(before) in ("not", "n't", ",")
        return verb and (auxiliary or before + 1 in self.a.mention_ends)

    def _subject_inside(self, matter: Matter) -> tuple[Mention, ...]:
        """A subject that is itself part of the matter: "Kyiv wants to join NATO"."""
        mention = self.a.mentions.get(matter.start)
        if mention is None or mention.possessive:
            return ()
        mentions = (mention, *self.climber.joined_right(mention, matter.end))
        index = mentions[-1].end
        while index < matter.end and (self.a.is_word(index, "auxiliaries") or self.a.fold(index).endswith("ly")):
            index += 1
        verbs = (CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE)
        return mentions if any(g.has(*verbs) for g in self.a.cue_starts.get(index, ())) else ()

    def _after(self, matter: Matter, high: int) -> list[CueGroup]:
        """Wordings behind the matter that say something of it, up to the end of its clause."""
        found: list[CueGroup] = []
        index = matter.end
        end = min(high, matter.end + AFTER_REACH)
        kinds = (CueClass.GOOD, CueClass.BAD, CueClass.CONDITION, CueClass.OPEN, CueClass.NEGATION, CueClass.POSSIBLE)
        verbs = (CueClass.NORMATIVE, CueClass.REVERSE, CueClass.EXCLUDE, CueClass.SUPPORT, CueClass.OPPOSE)
        subject_like = True
        while index < end:
            word = self.a.fold(index)
            if word in (";", ":") or self.a.is_word(index, "clause_breaks"):
                break
            if word == ",":
                following = index + 1
                closing = self._insertion_end(following, end)
                if closing:
                    index = closing + 1
                    continue
                if not any(g.has(CueClass.CONDITION, CueClass.OPEN) for g in self.a.cue_starts.get(following, ())):
                    break
                subject_like = False
            into_verb = self.a.is_word(index, "infinitive_markers") and index + 1 not in self.a.mentions
            if (
                into_verb
                or word == "that"
                or self.a.is_word(index, "relatives")
                or self.a.is_word(index, "coordinators")
            ):
                subject_like = False
            if self.a.is_word(index, "coordinators") and self._starts_clause(index + 1, end):
                break
            groups = self.a.cue_starts.get(index, ())
            for group in groups:
                if group.end > end:
                    continue
                passive = group.has(CueClass.NORMATIVE) or (group.verb and self._passive(index))
                if group.has(*kinds) or (subject_like and passive and group.has(*verbs)):
                    found.append(group)
            index = max([index + 1, *(g.end for g in groups)])
        return found

    def _passive(self, index: int) -> bool:
        """Whether a verb is passive: "were lifted", "is not being planned"."""
        before = index - 1
        while self.a.fold(before).endswith("ly") or self.a.fold(before) in ("not", "n't", "now", "also"):
            before -= 1
        return self.a.is_word(before, "passives")

    def _insertion_end(self, index: int, end: int) -> int:
        """The comma that closes a short insertion, or 0."""
        for at in range(index, min(index + 7, end)):
            if self.a.fold(at) == ",":
                return at
            if at in self.a.cue_starts:
                return 0
        return 0

    def _starts_clause(self, index: int, end: int) -> bool:
        mention = self.a.mentions.get(index) or self.a.mentions.get(index + 1)
        if mention is not None:
            return any(i in self.a.cue_starts for i in range(mention.end, min(mention.end + 3, end)))
        verbs = (CueClass.SAY, CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.ACT)
        return any(g.has(*verbs) for g in self.a.cue_starts.get(index, ()))

    def _ahead(self, low: int, climb: Climb, matter: Matter) -> list[CueGroup]:
        """Conditions before the subject: "If asked, Rome will …", "Without a mandate, …"."""
        if not climb.subjects:
            return []
        return [
            group
            for index in range(low, climb.stopped_at)
            for group in self.a.cue_starts.get(index, ())
            if group.has(CueClass.FORMER)
            and not self._any(index, climb.stopped_at, *ATTITUDES)
            or group.has(CueClass.CONDITION)
            and group.end - group.start == 1
            and self.a.fold(index) in ("if", "unless", "once", "provided")
        ]

    def _any(self, start: int, end: int, *kinds: CueClass) -> bool:
        return any(g.has(*kinds) for i in range(start, end) for g in self.a.cue_starts.get(i, ()))

    def _passives(self, matter: Matter, high: int) -> list[tuple[Mention, tuple[CueGroup, ...]]]:
        """ "a ceasefire proposed by the United States", "the plan was rejected by Moscow"."""
        verbs = (CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.REVERSE, CueClass.ACT)
        for index in range(matter.end, min(high, matter.end + 10)):
            if self.a.fold(index) in (",", ";"):
                return []
            for group in self.a.cue_starts.get(index, ()):
                if not group.has(*verbs) or not self.a.is_word(group.end, "agents"):
                    continue
                at = group.end + 1
                while self.a.is_word(at, "determiners"):
                    at += 1
                mention = self.a.mentions.get(at)
                if mention is None:
                    return []
                joined = self.climber.joined_right(mention, high)
                negations = [
                    g
                    for i in range(matter.end, index)
                    for g in self.a.cue_starts.get(i, ())
                    if g.has(CueClass.NEGATION)
                ]
                return [(m, (*negations, group)) for m in (mention, *joined)]
        return []

    def _seen(
        self,
        before: Sequence[CueGroup],
        inside: Sequence[CueGroup],
        after: Sequence[CueGroup],
        ahead: Sequence[CueGroup],
        matter: Matter,
        *,
        own: bool = False,
    ) -> tuple[CueSeen, ...]:
        seen: list[CueSeen] = []
        for place, groups in (("ahead", ahead), ("before", before), ("inside", inside), ("after", after)):
            for group in groups:
                if own and group is before[0]:
                    seen.append(CueSeen(frozenset(str(kind) for kind in group.kinds), group.base, "before", 0))
                    continue
                if place == "after" and group.start < matter.end:
                    continue
                gap = matter.start - group.end if place == "before" else 0
                seen.append(CueSeen(frozenset(str(kind) for kind in group.kinds), group.base, place, gap))
        return tuple(seen)

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


def _distinct(matters: Sequence[Matter]) -> list[Matter]:
    """Each place once for an issue: wordings for and against win over the matter they stand in."""
    kept: list[Matter] = []
    order = {Via.FOR: 0, Via.AGAINST: 0, Via.ABOUT: 1}
    for matter in sorted(matters, key=lambda m: (order[m.via], m.end - m.start, m.start)):
        if not any(k.issue == matter.issue and k.start < matter.end and matter.start < k.end for k in kept):
            kept.append(matter)
    return sorted(kept, key=lambda m: (m.start, m.end, m.issue))
