"""Who speaks a quotation, and who reports what a clause says."""

from __future__ import annotations

from monitor.positions.grammar.analysis import Analysis, CueGroup
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.discourse import Discourse
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.roles import NOUNS
from monitor.positions.grammar.sentences import Quotation, Sentence

AFTER_REACH = 16
BEFORE_REACH = 12


class Attributor:
    """Finds speakers in one field."""

    def __init__(self, analysis: Analysis, climber: Climber, discourse: Discourse) -> None:
        self.a = analysis
        self.climber = climber
        self.discourse = discourse

    def speaker_of(self, quotation: Quotation, sentence: Sentence, number: int) -> tuple[Mention | None, bool]:
        """Whoever speaks, and whether that is only inferred from the speech before."""
        speaker = self._after(quotation)
        if speaker is None:
            speaker = self._before(quotation, sentence)
        if speaker is not None:
            return speaker, False
        begins = quotation.start - 1 <= sentence.start
        if begins and self.discourse.speaker is not None and number - self.discourse.speaker_sentence <= 3:
            return self.discourse.speaker, True
        subject = self.discourse.subject
        if begins and subject is not None and self.discourse.subject_paragraph == sentence.paragraph:
            return subject, True
        return None, True

    def _after(self, quotation: Quotation) -> Mention | None:
        """“…,” said X · “…,” X said · “…?” X asked."""
        if not quotation.closed:
            return None
        index = quotation.end + 1
        last = self.a.layout.tokens[quotation.end - 1].text
        if self.a.fold(index) == ",":
            index += 1
        elif last == ".":
            return None
        paragraph_end = min(len(self.a.layout.tokens), index + AFTER_REACH)
        for at in range(index, paragraph_end):
            if at > index and self.a.layout.text[
                self.a.layout.tokens[at - 1].end : self.a.layout.tokens[at].start
            ].count("\n"):
                break
            for group in self.a.cue_starts.get(at, ()):
                if group.has(CueClass.SAY):
                    return self._of_verb(group, index)
            if self.a.layout.tokens[at].text in '“".;':
                break
        return None

    def _of_verb(self, group: CueGroup, low: int) -> Mention | None:
        """The subject of a verb of saying, before it or, inverted, after it."""
        subjects = self.climber.subject_of(group, low) if group.start > low else ()
        if subjects:
            return _one(subjects)
        if group.start - low > 1:
            return None
        for at in range(group.end, min(group.end + 9, len(self.a.layout.tokens))):
            mention = self.a.mentions.get(at)
            if mention is not None:
                return _one(self._speakers_from(mention))
            token = self.a.layout.tokens[at]
            of_body = self.a.is_word(at, "owners") and self.a.is_word(at - 1, "spokes")
            if not token.is_word or (self.a.is_word(at, "prepositions") and not of_body):
                return None
        return None

    def _mentions_from(self, index: int, high: int) -> tuple[Mention, ...]:
        mention = self._mention_from(index, high, 6)
        return self._speakers_from(mention) if mention is not None else ()

    def _speakers_from(self, mention: Mention) -> tuple[Mention, ...]:
        """A speaker with those joined by "and"; of "the minister of Turkey, Hakan Fidan" only the person."""
        joined = (mention, *self.climber.joined_right(mention, len(self.a.layout.tokens)))
        persons = self.climber.persons
        apposed = len(joined) == 2 and self.a.fold(joined[1].start - 1) == ","
        if apposed and persons.isdisjoint(mention.actors) and not persons.isdisjoint(joined[1].actors):
            return joined[1:]
        return joined

    def _before(self, quotation: Quotation, sentence: Sentence) -> Mention | None:
        """X said: “…” · According to X, “…” · X was quoted … as saying, “…”"""
        at = quotation.start - 1
        if at <= sentence.start:
            return None
        low, _ = self.a.segment(sentence, at - 1)
        for index in range(at, max(low, at - BEFORE_REACH), -1):
            for group in self.a.cue_ends.get(index, ()):
                if group.has(CueClass.SAY, CueClass.SUPPORT, CueClass.OPPOSE):
                    subjects = self.climber.climb(group.start, low).subjects
                    if not subjects and group.has(CueClass.SAY) and group.start <= low + 2:
                        subjects = self._mentions_from(group.end, at)  # “…,” said X, “…”
                    return _one(subjects) if subjects else None
        if self.a.fold(at) == ":":
            return self.a.mention_ends.get(at)
        if self.a.fold(at - 1) != ":":
            return None
        mention = self.a.mention_ends.get(at - 1)
        if mention is not None:
            return mention
        subjects = self.climber.climb(at - 1, low).subjects
        return _one(subjects) if subjects else None

    def reporters(self, subject_start: int, low: int, high: int, after: int) -> tuple[Mention, ...]:
        """Who says what a clause says: "X said that …" before it, or ", X said" behind it."""
        before = self._reporter_before(subject_start, low) or self._viewer(low, after)
        return (*before, *self.reporter_behind(after, high))

    def _viewer(self, low: int, high: int) -> tuple[Mention, ...]:
        """Whose view opens the sentence: "In Romero's view, …", "As Berlin sees it, …"."""
        for index in range(low, min(low + 2, high)):
            for group in self.a.cue_starts.get(index, ()):
                if group.has(CueClass.ACCORDING):
                    mention = self._mention_from(group.start + 1, group.end, 3)
                    return (mention,) if mention is not None else ()
        return ()

    def wished(self, start: int, low: int) -> tuple[CueGroup, tuple[Mention, ...]] | None:
        """The verb of wanting, fearing or expecting that a clause hangs on, and who does so: "hopes that | Rome …"."""
        index = start
        while index > low and self.a.is_word(index - 1, "complementizers"):
            index -= 1
        for group in self.a.cue_ends.get(index, ()) if index < start else ():
            kinds = (CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.GUESS)
            if group.verb and group.has(*kinds) and not group.has(CueClass.SAY):
                return group, tuple(m for m in self.climber.climb(group.start, low).subjects if m.actors)
        return None

    def _reporter_before(self, start: int, low: int) -> tuple[Mention, ...]:
        index = start
        steps = 0
        indirect = False
        while index > low and steps < 10:
            groups = self.a.cue_ends.get(index, ())
            nouns = [g for g in groups if g.has(CueClass.SAY_NOUN, *NOUNS)]
            owner = self.a.mention_ends.get(nouns[0].start) if nouns else None
            if owner is not None and owner.possessive:
                return (owner,)
            verbs = [g for g in groups if g.has(CueClass.SAY) and g.verb]
            if verbs:
                return self.climber.climb(verbs[0].start, low).subjects
            index -= 1
            steps += 1
            mention = self.a.mention_ends.get(index + 1)
            if mention is not None:
                source = self.climber.is_source(mention, low)
                return (mention,) if source or self.a.fold(start - 1) == ":" else ()
            word = self.a.fold(index)
            words = self.a.language.words
            indirect = indirect or word in words["complementizers"]
            # "told state radio on Friday that": whoever is told is seldom somebody that a list knows.
            told = indirect and self.a.layout.tokens[index].is_word and not self._ends_verb(index + 1)
            passes = (
                told
                or word in (",", ":")
                or any(
                    word in words[name]
                    for name in ("complementizers", "determiners", "auxiliaries", "hearers", "clause_breaks")
                )
            )
            if not passes:
                return ()
        return ()

    def _ends_verb(self, index: int) -> bool:
        return any(g.verb and not g.has(CueClass.SAY) for g in self.a.cue_ends.get(index, ()))

    def reporter_behind(self, after: int, high: int) -> tuple[Mention, ...]:
        """The speaker named behind a clause: ", Tusk said", ", said Tusk", " - Tusk", ", according to Tusk"."""
        for index in range(after, high):
            token = self.a.layout.tokens[index]
            dash = token.text in "—–-" or token.text == ","
            if not dash:
                continue
            found = self._tagged(index + 1, high)
            if found:
                return found
        return ()

    def _tagged(self, index: int, high: int) -> tuple[Mention, ...]:
        if self.a.is_word(index, "clause_breaks"):
            return ()
        while self.a.is_word(index, "auxiliaries") and index not in self.a.mentions and index < high:
            index += 1  # ", a prévenu Tusk"
        for group in self.a.cue_starts.get(index, ()):
            if group.has(CueClass.ACCORDING):
                mention = self._mention_from(group.end, high, 6)
                return (mention,) if mention else ()
            if group.has(CueClass.SAY):
                mention = self._mention_from(group.end, high, 6)
                return (mention,) if mention and not self._goes_on(mention.end, high) else ()
        mention = self._mention_from(index, high, 5)
        if mention is None or (not mention.actors and mention.first_person):
            return ()
        if mention.end >= high:
            return (mention,)
        for at in range(mention.end, min(mention.end + 4, high)):
            for group in self.a.cue_starts.get(at, ()):
                if group.has(CueClass.SAY):
                    return () if self._goes_on(group.end, high) else (mention,)
            if not (self.a.is_word(at, "auxiliaries") or self.a.ends(at, "adverb")):
                return ()
        return ()

    def _mention_from(self, index: int, high: int, reach: int) -> Mention | None:
        for at in range(index, min(index + reach, high)):
            mention = self.a.mentions.get(at)
            if mention is not None:
                return mention
            body = self.a.is_word(at, "body_links") and self.a.is_word(at - 1, "spokes")
            if body:
                continue
            if not self.a.layout.tokens[at].is_word or at in self.a.cue_starts or self.a.is_word(at, "prepositions"):
                return None
            if self.a.is_word(at, "subject_ends") or self.a.is_word(at, "relatives"):
                return None
        return None

    def _goes_on(self, index: int, high: int) -> bool:
        """Whether a verb of saying has its own content behind it, so that it is not a tag."""
        if index >= high:
            return False
        opens = self.a.is_word(index, "complementizers") or self.a.is_word(index, "determiners")
        return opens or self.a.fold(index) == ":" or index in self.a.mentions


def _one(mentions: tuple[Mention, ...]) -> Mention:
    """Several speakers of one speech as one mention."""
    if len(mentions) == 1:
        return mentions[0]
    actors = tuple(dict.fromkeys(actor for mention in mentions for actor in mention.actors))
    return Mention(mentions[0].start, mentions[-1].end, actors)
