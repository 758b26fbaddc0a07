"""What a text has in mind from sentence to sentence: the last person, the last body, the last group, the topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.positions.grammar.analysis import Analysis
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention, MentionKind
from monitor.positions.grammar.sentences import Sentence
from rules.model import ActorKind, RuleSet

TOPIC_REACH = 3
"""Sentences for which "the idea" may still mean a matter named before."""


@dataclass(slots=True)
class Discourse:
    """The state while a field is read from front to back."""

    analysis: Analysis
    rules: RuleSet
    climber: Climber
    person: str | None = None
    body: str | None = None
    group: tuple[str, ...] = ()
    collective: str | None = None
    persons: list[str] = field(default_factory=list)
    subject: Mention | None = None
    subject_paragraph: int = -1
    speaker: Mention | None = None
    speaker_sentence: int = -9
    topics: list[tuple[int, str]] = field(default_factory=list)
    _pair: list[str] = field(default_factory=list)
    _joined: tuple[str, ...] = ()

    def is_person(self, actor: str) -> bool:
        """Whether an actor is somebody whom "he" or "she" may mean."""
        return self.rules.actors[actor].kind in (ActorKind.PERSON, ActorKind.COMMENTATOR)

    def is_group(self, actor: str) -> bool:
        """Whether an actor is several who act as one."""
        return self.rules.actors[actor].kind is ActorKind.GROUP

    def add_pronouns(self, sentence: Sentence) -> None:
        """Pronouns and role nouns of a sentence become mentions of whom they stand for."""
        person, body = self.person, self.body
        self._pair, self._joined = self.persons[-2:], ()
        index = sentence.start
        while index < sentence.end:
            named = self.analysis.mentions.get(index)
            if named is not None:
                person, body = self._after(named, person, body)
                self._collect(named, sentence)
                index = named.end
                continue
            mention = self._pronoun(index, sentence, person, body) or self._role(index, sentence, person)
            if mention is not None:
                self.analysis.add_mentions([mention])
                index = mention.end
            else:
                index += 1

    def _after(self, named: Mention, person: str | None, body: str | None) -> tuple[str | None, str | None]:
        actor = named.actors[0] if named.actors else None
        if actor is None:
            return person, body
        if self.is_person(actor):
            relative = self.analysis.is_word(named.end, "personal_relatives")
            aside = self.analysis.is_word(named.start - 1, "beside") and not relative
            return (person if aside and person else actor), body
        return person, actor

    def _collect(self, named: Mention, sentence: Sentence) -> None:
        """Keeps the last two persons, and those joined by "and", for "the two leaders" and "their"."""
        actor = named.actors[0] if named.actors else None
        if actor is not None and self.is_person(actor) and actor not in self._pair[-1:]:
            self._pair = [*self._pair[-1:], actor]
        index = named.end
        while index < sentence.end and (
            self.analysis.is_word(index, "coordinators")
            or self.analysis.is_word(index, "determiners")
            or self.analysis.fold(index) == ","
        ):
            index += 1
        following = self.analysis.mentions.get(index)
        if following is not None and index > named.end and following.kind is MentionKind.NAME:
            self._joined = (*(self._joined or named.actors), *following.actors)

    def _pronoun(self, index: int, sentence: Sentence, person: str | None, body: str | None) -> Mention | None:
        a = self.analysis
        quotation = a.quotation_at(index)
        speaker = a.speakers.get(quotation) if quotation is not None else None
        if a.is_word(index, "first_person"):
            actors = speaker.actors if speaker is not None else ()
            return (
                self.made(index, actors, possessive=a.is_word(index, "first_possessive"), first=True)
                if quotation is not None
                else None
            )
        if a.is_word(index, "third_person_singular") and not self._impersonal(index):
            return self.made(index, self._teller(index, sentence) or self._other(person, speaker))
        if a.is_word(index, "possessive_singular"):
            return self.made(index, self._other(person, speaker), possessive=True)
        if a.is_word(index, "third_person_plural") and speaker is None:
            return self.made(index, self._tellers(index, sentence) or self._joined or self.group)
        if a.is_word(index, "possessive_plural") and speaker is None:
            actors = (body,) if a.is_word(index, "neuter_possessive") and body else (self._joined or self.group)
            return self.made(index, actors, possessive=True) if actors else None
        if a.is_word(index, "neuter") and speaker is None and body and self._refers(index, sentence):
            return self.made(index, (body,))
        return None

    def _impersonal(self, index: int) -> bool:
        """Whether "il" is nobody: "il faut", "il ne serait pas réaliste de"."""
        judged = (CueClass.GOOD, CueClass.BAD, CueClass.OPEN)
        if not self.analysis.language.words["impersonal_verbs"]:
            return False
        for ahead in range(index + 1, index + 5):
            if self.analysis.is_word(ahead, "impersonal_verbs"):
                return True
            if any(g.has(*judged) and not g.verb for g in self.analysis.cue_starts.get(ahead, ())):
                return self.analysis.is_word(ahead - 1, "passives") or self.analysis.is_word(ahead - 2, "passives")
            negates = any(g.has(CueClass.NEGATION) for g in self.analysis.cue_starts.get(ahead, ()))
            if not negates and not self.analysis.is_word(ahead, "auxiliaries"):
                return False
        return False

    def _teller(self, index: int, sentence: Sentence) -> tuple[str, ...]:
        """Whom "he" means right behind a verb of saying: "X, who met Y, said he …" is about X."""
        subjects = self._who_says(index, sentence)
        if len(subjects) == 1 and len(subjects[0].actors) == 1 and self.is_person(subjects[0].actors[0]):
            return subjects[0].actors
        return ()

    def _tellers(self, index: int, sentence: Sentence) -> tuple[str, ...]:
        """Whom "they" means there: several, or a group."""
        subjects = self._who_says(index, sentence)
        actors = tuple(dict.fromkeys(actor for subject in subjects for actor in subject.actors))
        plural = len(actors) > 1 or not any(self.is_person(actor) for actor in actors)
        return actors if plural else ()

    def _who_says(self, index: int, sentence: Sentence) -> tuple[Mention, ...]:
        end = index
        if self.analysis.is_word(index - 1, "complementizers"):
            told = self.analysis.mention_ends.get(index - 1)
            end = told.start if told is not None else index - 1
        for group in self.analysis.cue_ends.get(end, ()):
            if group.verb and group.has(CueClass.SAY) and group.start > sentence.start:
                return self.climber.subject_of(group, sentence.start)
        return ()

    def _refers(self, index: int, sentence: Sentence) -> bool:
        """Whether "it" stands for a body: "Berlin said it would …", not "it is regrettable that …"."""
        ahead = index + 1
        if ahead >= sentence.end or self.analysis.is_word(ahead, "prepositions"):
            return False
        window = range(ahead, min(ahead + 4, sentence.end))
        return any(
            group.start == i
            and not group.kinds.isdisjoint({"support", "oppose", "act", "exclude", "condition", "say", "reverse"})
            for i in window
            for group in self.analysis.cue_starts.get(i, ())
        )

    def _other(self, person: str | None, speaker: Mention | None) -> tuple[str, ...]:
        """Whom "he" means; in a speech never the speaker, but whoever was named last beside."""
        if speaker is None:
            return (person,) if person is not None else ()
        return self.beside(speaker)

    def beside(self, speaker: Mention | None) -> tuple[str, ...]:
        """The person named last who does not speak."""
        others = [known for known in self.persons if speaker is None or known not in speaker.actors]
        return (others[-1],) if others else ()

    def made(self, index: int, actors: Sequence[str], *, possessive: bool = False, first: bool = False) -> Mention:
        """A pronoun as a mention; "her government" is taken whole."""
        end = index + 1
        if possessive:
            bodies = self.analysis.language.words["bodies"]
            for ahead in range(end, min(end + 2, len(self.analysis.layout.tokens))):
                if self.analysis.fold(ahead) in bodies:
                    return Mention(index, ahead + 1, tuple(actors), MentionKind.PRONOUN, False, first)
        return Mention(index, end, tuple(actors), MentionKind.PRONOUN, possessive, first)

    def _role(self, index: int, sentence: Sentence, person: str | None) -> Mention | None:
        a = self.analysis
        kinds = (
            ("pair_roles", tuple(self._pair) if len(self._pair) == 2 else ()),
            ("person_roles", (person,) if person else ()),
            ("body_roles", (self.body,) if self.body else ()),
            ("governments", self._government(person)),
            ("group_roles", self.group),
        )
        for name, actors in kinds:
            article = a.fold(index) in a.language.words["determiners"] and not a.is_word(index, "indefinites")
            if not article and not (name in ("group_roles", "pair_roles") and index == sentence.start):
                continue
            begin = index + 1 if article else index
            for length in (4, 3, 2, 1):
                if begin + length > sentence.end:
                    continue
                words = " ".join(a.fold(i) for i in range(begin, begin + length)).replace(" 's", "'s")
                joined = name == "governments" and a.is_word(begin + length, "coordinators")
                if words in a.language.words[name] and not joined and not self._qualified(begin + length):
                    return Mention(index, begin + length, actors, MentionKind.ROLE)
        return None

    def _government(self, person: str | None) -> tuple[str, ...]:
        """Whose "the government" is: the state of the person last named, else the body."""
        state = self.rules.actors[person].member_of if person is not None else self.body
        known = state is not None and state in self.rules.actors and self.rules.actors[state].kind is ActorKind.STATE
        return (state,) if known and state is not None else ()

    def _qualified(self, index: int) -> bool:
        token = self.analysis.layout.tokens[index] if index < len(self.analysis.layout.tokens) else None
        return token is not None and (self.analysis.is_word(index, "qualifiers") or token.is_upper)

    def note(self, sentence: Sentence, subjects: Sequence[Mention], unknown: bool) -> None:
        """Remembers who was the subject of a sentence."""
        if unknown and not subjects:
            self.person = None
        actors = [actor for mention in subjects for actor in mention.actors]
        if actors:
            self.subject, self.subject_paragraph = subjects[0], sentence.paragraph
        if len(actors) > 1:
            self.group = tuple(dict.fromkeys(actors))
        for actor in actors[:1]:
            if self.is_person(actor):
                self.person = actor
            else:
                self.body = actor
                if self.rules.actors[actor].kind is ActorKind.GROUP:
                    self.group = (actor,)

    def note_mentions(self, sentence: Sentence) -> None:
        """Remembers who was named last, where no subject told more."""
        for index in range(sentence.start, sentence.end):
            mention = self.analysis.mentions.get(index)
            if mention is None or not mention.actors or mention.kind is not MentionKind.NAME:
                continue
            actor = mention.actors[0]
            if self.is_person(actor):
                self.persons = [*[p for p in self.persons[-7:] if p != actor], actor]
            if mention.possessive:
                continue
            if self.rules.actors[actor].kind is ActorKind.GROUP:
                self.group = (actor,)
                self.collective = actor
            elif index <= sentence.start + 1 and not self.is_person(actor):
                self.body = actor
            if index <= sentence.start + 1 and len(self._joined) > 1:
                self.group = self._joined
            if self.is_person(actor) and self.person is None and not self.analysis.is_word(index - 1, "prepositions"):
                self.person = actor

    def topics_at(self, number: int) -> list[str]:
        """The issues that "the idea" may mean in a sentence, the nearest first."""
        near = [(at, issue) for at, issue in self.topics if number - TOPIC_REACH <= at < number]
        return [issue for _, issue in near]
