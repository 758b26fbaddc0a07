"""Holders who are named behind a matter: "…, proposed by Paris", "despite Rome's objections", "which Kyiv opposes"."""

from __future__ import annotations

from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.roles import ATTITUDES, NOUNS

REACH = 30
"""Tokens behind a matter in which somebody may take a stance on it."""
Taken = tuple[Mention, tuple[CueGroup, ...]]
"""Somebody, and the wordings of the stance."""


class Trailing:
    """Looks for them in one field."""

    def __init__(self, analysis: Analysis, climber: Climber) -> None:
        self.a = analysis
        self.climber = climber

    def taken(self, matter: Matter, high: int) -> list[Taken]:
        """All who take a stance on the matter behind it in its sentence, by a noun or in a clause of their own."""
        found: list[Taken] = []
        for index in range(matter.end, min(high, matter.end + REACH)):
            if self.a.fold(index) == ";":
                break
            if self.a.fold(index) == ",":
                found += self._by_clause(self._taking_up(index + 1), high)
            if self.a.is_word(index, "subject_ends") and self.a.fold(index - 1) != ",":
                break
            for group in self.a.cue_starts.get(index, ()):
                if group.has(*NOUNS) and not self._has_object(group):
                    found += self._by_noun(group, high)
        return found

    def _taking_up(self, index: int) -> int:
        """Where a clause that takes the matter up has its subject: ", which Kyiv", ", a step that Kyiv"; else -1."""
        if self.a.is_word(index, "object_relatives"):
            return index + 1
        if not self.a.is_word(index, "determiners") or index in self.a.mentions:
            return -1
        index += 2
        return index + 1 if self.a.is_word(index, "subject_ends") else index

    def _has_object(self, group: CueGroup) -> bool:
        """Whether a noun says what it is about: "objections to the timetable"; not so "objections from Rome"."""
        index = group.end
        if self.a.is_word(index - 1, "prepositions"):
            return True
        prepositions = self.a.is_word(index, "prepositions") or self.a.is_word(index, "infinitive_markers")
        return self.a.is_word(index, "complementizers") or (prepositions and not self.a.is_word(index, "owners"))

    def _by_noun(self, group: CueGroup, high: int) -> list[Taken]:
        """ "despite Rome's objections", "despite objections from Rome and Paris"."""
        owner = self.a.mention_ends.get(group.start) or self._owner_over_adjective(group.start)
        if owner is not None and owner.possessive:
            return [(owner, (group,))] if self._introduced(owner.start) else []
        if not self.a.is_word(group.end, "owners") or not self._introduced(group.start):
            return []
        at = group.end + 1
        while self.a.is_word(at, "determiners"):
            at += 1
        mention = self.a.mentions.get(at)
        if mention is None or mention.possessive:
            return []
        return [(m, (group,)) for m in (mention, *self.climber.joined_right(mention, high))]

    def _introduced(self, index: int) -> bool:
        """Whether a phrase hangs on a small word or on a verb of brushing aside: "despite …", "overriding …"."""
        index -= 1
        while self.a.is_word(index, "determiners") or self._is_adjective(index):
            index -= 1
        turned = any(g.verb and g.has(CueClass.REVERSE, *ATTITUDES) for g in self.a.cue_ends.get(index + 1, ()))
        return turned or self.a.is_word(index, "prepositions")

    def _is_adjective(self, index: int) -> bool:
        token = self.a.layout.tokens[index]
        lists = ("prepositions", "coordinators", "auxiliaries", "adjuncts")
        small = any(self.a.is_word(index, name) for name in lists)
        return token.is_word and token.text[0].islower() and not small and index + 1 not in self.a.cue_ends

    def _owner_over_adjective(self, index: int) -> Mention | None:
        token = self.a.layout.tokens[index - 1]
        plain = token.is_word and token.text[0].islower() and index - 1 not in self.a.cue_starts
        return self.a.mention_ends.get(index - 1) if plain else None

    def _by_clause(self, index: int, high: int) -> list[Taken]:
        """ "which Kyiv has long opposed", "as Paris had demanded": the verb has no object but the matter."""
        start = index
        if index < 0:
            return []
        while self.a.is_word(start, "determiners") and start not in self.a.mentions:
            start += 1
        mention = self.a.mentions.get(start)
        if mention is None or mention.possessive:
            return []
        mentions = (mention, *self.climber.joined_right(mention, high))
        at = mentions[-1].end
        negations: list[CueGroup] = []
        while at < high:
            found = [g for g in self.a.cue_starts.get(at, ()) if g.has(CueClass.NEGATION)]
            if not (found or self.a.is_word(at, "auxiliaries") or self.a.ends(at, "adverb")):
                break
            negations += found
            at = max([at + 1, *(g.end for g in found)])
        for group in self.a.cue_starts.get(at, ()):
            if group.verb and group.has(*ATTITUDES) and self._ends_clause(group.end, high):
                return [(m, (*negations, group)) for m in mentions]
            if group.verb and group.has(CueClass.SAY):
                verdicts = self._verdicts(group.end, high)
                return [(m, (*negations, *verdicts)) for m in mentions] if verdicts else []
        return []

    def _verdicts(self, index: int, high: int) -> list[CueGroup]:
        """ "…, a move that Tokyo called deeply regrettable"."""
        ahead = range(index, min(index + 6, high))
        return [g for i in ahead for g in self.a.cue_starts.get(i, ()) if g.has(CueClass.GOOD, CueClass.BAD)][:1]

    def _ends_clause(self, index: int, high: int) -> bool:
        """Whether nothing that could be an object follows a verb."""
        if index >= high or not self.a.layout.tokens[index].is_word:
            return True
        ends = ("coordinators", "clause_breaks", "adjuncts", "beside")
        date = self.a.fold(index) in self.a.language.weekdays or self.a.is_word(index, "past_markers")
        return date or any(self.a.is_word(index, name) for name in ends)

    def passives(self, matter: Matter, high: int) -> list[tuple[Mention, tuple[CueGroup, ...]]]:
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
