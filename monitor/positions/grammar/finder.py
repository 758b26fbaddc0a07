"""Finding candidates: who may hold a position on which issue, and where the words for it stand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.model.item import Item
from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.around import Around
from monitor.positions.grammar.ascribe import Ascriber
from monitor.positions.grammar.attribution import Attributor
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.discourse import Discourse
from monitor.positions.grammar.language import CueClass, Language
from monitor.positions.grammar.matters import MatterLocator, locator_for, stem
from monitor.positions.grammar.mentions import Found, MentionFinder, MentionKind
from monitor.positions.grammar.order import deny_once, reorder
from monitor.positions.grammar.recorder import Camps, Recorder, Search
from monitor.positions.grammar.roles import ATTITUDES
from monitor.positions.grammar.sentences import ENDS, Sentence, lay_out
from monitor.positions.grammar.walk import Climb
from monitor.positions.protocol import Candidate
from rules.model import ActorKind, Match, RuleKind, RuleSet, Via

HYPHENS = tuple("-‐‑")
"""What joins the parts of a compound."""
RANKS = {Via.NAME: 0, Via.OFFICE: 1, Via.ALIAS: 2}


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
        self.locator = locator
        self.salience: Counter[str] = Counter()
        self.rules = rules
        self.layout = lay_out(text, language)
        if language.traits.nouns_capitalised:  # "Nato-Beitritt" names no actor
            actors = [m for m in actors if text[m.end : m.end + 1] not in HYPHENS]
        self._put_in_order(actors, matters, language)
        self.a = Analysis(self.layout, language)
        self._ends = [sentence.end for sentence in self.layout.sentences]
        groups = {key for key, actor in rules.actors.items() if actor.kind is ActorKind.GROUP}
        persons = {
            key for key, actor in rules.actors.items() if actor.kind in (ActorKind.PERSON, ActorKind.COMMENTATOR)
        }
        self.climber = Climber(self.a, groups, persons)
        self.discourse = Discourse(self.a, rules, self.climber)
        self.attributor = Attributor(self.a, self.climber, self.discourse)
        around = Around(self.a, self.climber, locator)
        recorder = Recorder(name, self.a, published, result)
        self.ascriber = Ascriber(self.a, self.climber, self.attributor, self.discourse, around, Camps(rules), recorder)
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
            self.ascriber.note_list(number, sentence)
            matters = self.matters.get(number, [])
            self.salience.update(m.issue for m in matters)
            matters = [*matters, *self._taken_up(number, sentence, matters)]
            given: set[str] = set()
            for matter in matters:
                if self.ascriber.read(number, sentence, matter):
                    given.add(matter.issue)
            own = [m for m in matters if not m.anaphoric]
            for issue in dict.fromkeys(m.issue for m in own if not given or m.issue in given):
                self.discourse.topics.append((number, issue))
            self._remember(number, sentence)

    def _put_in_order(self, actors: Sequence[Match], matters: Sequence[Match], language: Language) -> None:
        """Lays the clauses out as the walk expects them, where the language orders them otherwise."""
        names: list[tuple[int, int]] = []
        owners: list[int] = []
        for match in actors:
            start, end = self.layout.written(match.start, match.end)
            names.append((start, end))
            if end <= len(self.layout.tokens) and self.layout.tokens[end - 1].end > match.end:
                owners.append(start)
        deny_once(self.layout, language)
        about = {i for match in matters for i in range(*self.layout.written(match.start, match.end))}
        reorder(self.layout, language, sorted(names), owners, about)

    def _tokens_of(self, start: int, end: int) -> tuple[int, int]:
        """A matter as it is read."""
        first, last = self.layout.written(start, end)
        return self.layout.read(first, last) if last <= len(self.layout.places) else (first, last)

    def _name_at(self, match: Match) -> Found:
        """A name as it is read; nothing comes between its words."""
        first, last = self.layout.written(match.start, match.end)
        at = self.layout.places[first:last] or [first]
        owns = first < len(self.layout.starts) and self.layout.tokens[max(at)].end > match.end
        return Found(min(at), max(at) + 1, match.rule, RANKS.get(match.via, 3), owns)

    def _sentence_of(self, token: int) -> int:
        return bisect_left(self._ends, token + 1)

    def _place_mentions(self, actors: Sequence[Match]) -> None:
        finder = MentionFinder(self.rules, self.language)
        by_sentence: dict[int, list[Found]] = defaultdict(list)
        for match in actors:
            found = self._name_at(match)
            if found.start < len(self.layout.tokens):
                by_sentence[self._sentence_of(found.start)].append(found)
        for names in by_sentence.values():
            self.a.add_mentions(finder.named(self.layout.tokens, names))

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
            self._resume(index, sentence)

    def _resume(self, index: int, sentence: Sentence) -> None:
        """Joins a speech to the one before it in the sentence, when its speaker goes on."""
        speaker, before = self.a.speakers.get(index), self.a.speakers.get(index - 1)
        if speaker is None or before is None or speaker.actors != before.actors:
            return
        earlier = self.layout.quotations[index - 1]
        last = self.layout.tokens[earlier.end - 1].text
        if earlier.start >= sentence.start and last not in ENDS:
            self.a.resume(index - 1, index)

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
                possessive = self.a.is_word(index, "first_possessive")
                self.a.add_mentions([self.discourse.made(index, actors, possessive=possessive, first=True)])

    def _taken_up(self, number: int, sentence: Sentence, own: Sequence[Matter]) -> list[Matter]:
        """Matters named before that this sentence takes up by "the idea", "such a step", "backs it"."""
        earlier = self.discourse.topics_at(number)
        taken: list[Matter] = []
        for index in range(sentence.start, sentence.end):
            withdrawn = self._withdrawn_before(index)
            if withdrawn or self._stands_for_matter(index):
                topics = [m.issue for m in own if m.end <= index] or (list(earlier) if withdrawn else [])
                if topics:
                    taken.append(Matter(index, index + 1, topics[-1], Via.ABOUT, True))
            for group in self.a.cue_starts.get(index, ()):
                if not group.has(CueClass.ANAPHORA) or any(m.start < group.end and m.end > group.start for m in own):
                    continue
                topics = [m.issue for m in own if m.end <= group.start] if own else earlier
                if topics:
                    taken.append(Matter(group.start, group.end, self._likeliest(group, topics), Via.ABOUT, True))
        return taken

    def _stands_for_matter(self, index: int) -> bool:
        """Whether "it" is the whole object of a verb of stance: "now backs it"."""
        if not self.a.is_word(index, "neuter") or self.a.quotation_at(index) is not None:
            return False
        governed = any(g.verb and g.has(*ATTITUDES) for g in self.a.cue_ends.get(index, ()))
        token = self.layout.tokens[index + 1] if index + 1 < len(self.layout.tokens) else None
        return governed and (token is None or not token.is_word or self.a.is_word(index + 1, "coordinators"))

    def _withdrawn_before(self, index: int) -> bool:
        """Whether a mark ends "has dropped his opposition": what was opposed was named before."""
        if self.layout.tokens[index].is_word:
            return False
        return any(g.has(CueClass.HELD) and self._withdraws(g.start) for g in self.a.cue_ends.get(index, ()))

    def _withdraws(self, noun: int) -> bool:
        owner = self.a.mention_ends.get(noun)
        verb = owner.start if owner is not None and owner.possessive else -1
        return any(g.has(CueClass.WITHDRAW) for g in self.a.cue_ends.get(verb, ()))

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


def _distinct(matters: Sequence[Matter]) -> list[Matter]:
    """Each place once for an issue: wordings for and against win over the matter they stand in."""
    kept: list[Matter] = []
    order = {Via.FOR: 0, Via.AGAINST: 0, Via.ABOUT: 1}
    for matter in sorted(matters, key=lambda m: (order[m.via], m.end - m.start, m.start)):
        if not any(k.issue == matter.issue and k.start < matter.end and matter.start < k.end for k in kept):
            kept.append(matter)
    return sorted(kept, key=lambda m: (m.start, m.end, m.issue))
