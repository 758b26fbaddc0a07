"""What a mention is to the words right of it: subject, owner of a noun, one among several, or beside the point."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum

from monitor.positions.grammar.analysis import Analysis, CueGroup
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention

ATTITUDES = (CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE)
NOUNS = (CueClass.SUPPORT_NOUN, CueClass.OPPOSE_NOUN)


class Role(StrEnum):
    """What a mention is to the words right of it."""

    SUBJECT = "subject"
    OWNER = "owner"
    AGENT = "agent"
    PATIENT = "patient"
    COMPANION = "companion"
    OTHER = "other"


class Roles:
    """Tells roles in one field. `groups` and `persons` are the actors of those kinds."""

    def __init__(self, analysis: Analysis, groups: Set[str] = frozenset(), persons: Set[str] = frozenset()) -> None:
        self.a = analysis
        self.groups = groups
        self.persons = persons

    def is_source(self, mention: Mention, low: int) -> bool:
        """Whether a mention is named as a source: "according to Rome," "for Rome,"."""
        before = self._before(mention.start)
        if before == low and self.a.is_word(before, "views"):
            return True
        if self.a.is_word(mention.end, "source_after"):
            return True
        return any(group.has(CueClass.ACCORDING) for group in self.a.cue_ends.get(before + 1, ()))

    def _restricted(self, mention: Mention) -> bool:
        """Whether a clause without a comma picks some out of a group: "European countries that want to do so"."""
        following = mention.end
        picks = self.a.is_word(following, "relatives") or self.a.is_word(following, "complementizers")
        return picks and not self.groups.isdisjoint(mention.actors)

    def _cue_ending(self, index: int) -> CueGroup | None:
        groups = self.a.cue_ends.get(index)
        return min(groups, key=lambda g: g.start) if groups else None

    def _coordinates(self, index: int) -> bool:
        joins = self.a.is_word(index, "coordinators") and not self.a.is_word(index, "clause_breaks")
        return joins and not self.a.is_word(index, "alternatives")

    def _role(self, mention: Mention, at: int, low: int) -> Role:
        before = self._before(mention.start)
        acts = self.a.is_word(mention.end, "auxiliaries") or any(g.verb for g in self.a.cue_starts.get(mention.end, ()))
        if before >= low and self._joins(before) and not mention.possessive and not acts:
            head = self._joined_to(before, low)
            if head is not None and self._role(head, at, low) in (Role.OTHER, Role.OWNER, Role.PATIENT):
                return Role.OTHER
        noun_after = self._noun_after(mention, at)
        if mention.possessive:
            if noun_after is not None or self._owns_before(mention):
                return Role.OWNER
            return Role.SUBJECT if self._names_source(mention) else Role.OTHER
        if before >= low and self.a.is_word(before, "like"):
            return Role.COMPANION
        if before == low and self.a.is_word(before, "views") and self.a.fold(mention.end) == ",":
            return Role.SUBJECT
        if before >= low and self.a.is_word(before, "object_markers") and self._accused(mention, before):
            return Role.SUBJECT
        if before >= low and self.a.is_word(before, "prepositions"):
            return self._after_preposition(before, low)
        if noun_after is not None and noun_after.start == mention.end and not self._verbal(noun_after):
            return Role.OWNER
        if before >= low and self._accused(mention, before):
            return Role.SUBJECT
        if before >= low and self._governed(before):
            return Role.PATIENT
        return Role.OTHER if self._modifies(mention) else Role.SUBJECT

    def _names_source(self, mention: Mention) -> bool:
        """Whether a genitive says whose view it is: "aus Sicht des Kremls"."""
        groups = self.a.cue_ends.get(self._before(mention.start) + 1, ())
        return any(group.has(CueClass.ACCORDING) for group in groups)

    def _owns_before(self, mention: Mention) -> bool:
        """Whether a name in the genitive stands behind the noun that it owns: "die Forderung Frankreichs"."""
        group = None if self.a.language.traits.names_modify_nouns else self._cue_ending(self._before(mention.start) + 1)
        return group is not None and group.has(*NOUNS)

    def _governed(self, before: int) -> bool:
        """Whether a mention is the object of the verb before it: "urged Rome to", "criticised Rome for"."""
        governor = self._cue_ending(before + 1)
        if governor is None:
            token = self.a.layout.tokens[before]
            return token.text.islower() and self.a.ends(
                before, "participle"
            )  # a verb that no list knows: "thanked Sweden"
        capital = self.a.layout.tokens[governor.start].is_upper and not self.a.in_heading(governor.start)
        if capital and governor.end - governor.start == 1:
            return False  # "Armed Forces Minister": part of a title, no verb
        if self.a.language.traits.verb_second and governor.verb:
            return True  # the subject stands before its verb by now
        transitive = governor.has(*ATTITUDES, CueClass.REVERSE, CueClass.ACT) and not governor.has(CueClass.SAY)
        return governor.has(CueClass.DIRECTIVE) or transitive

    def _accused(self, mention: Mention, before: int) -> bool:
        """Whether somebody is said to do what follows: "accused Rome of rejecting …"."""
        if self.a.is_word(before, "object_markers"):
            before -= 1
        governor = self._cue_ending(before + 1)
        return governor is not None and governor.has(CueClass.ACCUSE) and self.a.is_word(mention.end, "owners")

    def _joins(self, index: int) -> bool:
        joins = self.a.is_word(index, "coordinators") and not self.a.is_word(index, "clause_breaks")
        return self.a.fold(index) == "," or joins

    def _joined_to(self, index: int, low: int) -> Mention | None:
        """The mention that "and" or a comma joins to the next."""
        if not self.a.is_word(index, "coordinators"):
            return None
        while index >= low and self._joins(index):
            index -= 1
        return self.a.mention_ends.get(index + 1)

    def _verbal(self, group: CueGroup) -> bool:
        return group.has(CueClass.SUPPORT, CueClass.ACT, CueClass.SAY, CueClass.REVERSE)

    def _before(self, index: int) -> int:
        """The token before a mention, articles and small adjectives left out."""
        index -= 1
        while index > 0 and self.a.is_word(index, "determiners") and not self.a.is_word(index, "complementizers"):
            index -= 1
        return index

    def _noun_after(self, mention: Mention, at: int) -> CueGroup | None:
        """The noun of stance that a mention owns: right after it, or with up to three adjectives between."""
        reach = 4 if mention.possessive else int(self.a.language.traits.names_modify_nouns)
        for index in range(mention.end, min(mention.end + reach, at + (1 if mention.possessive else 0))):
            for group in self.a.cue_starts.get(index, ()):
                if group.has(*NOUNS):
                    return group
            if not self.a.layout.tokens[index].is_word or self.a.is_word(index, "prepositions"):
                return None
        return None

    def _after_preposition(self, preposition: int, low: int) -> Role:
        previous = preposition - 1
        if previous < low:
            return Role.OTHER
        if self.a.is_word(previous, "spokes"):
            return Role.SUBJECT
        if any(g.has(CueClass.ACCORDING) for g in self.a.cue_ends.get(preposition + 1, ())):
            return Role.SUBJECT
        if self.a.is_word(preposition, "owners"):
            for end in (preposition, preposition + 1):
                group = self._cue_ending(end)
                if group is not None and group.has(*NOUNS):
                    return Role.OWNER
        return Role.OTHER

    def _modifies(self, mention: Mention) -> bool:
        """Whether a name only qualifies a noun: "the Ukraine war", "leaked US papers"; or waits for an infinitive."""
        index = mention.end
        if index >= len(self.a.layout.tokens):
            return False
        token = self.a.layout.tokens[index]
        words = self.a.language.words
        if token.fold in words["infinitive_markers"]:
            return not self.a.in_heading(index)
        if not self.a.language.traits.names_modify_nouns:
            return False
        if not token.is_word or not token.text[0].islower() or index in self.a.cue_starts:
            return False
        function = ("auxiliaries", "prepositions", "coordinators", "relatives", "complementizers", "clause_breaks")
        if any(token.fold in words[name] for name in function) or self.a.ends(index, "adverb"):
            return False
        if not self.a.ends(index, "verb"):
            return True
        before = mention.start - 1
        inner = before >= 0 and self.a.layout.tokens[before].is_word
        return inner and not any(self.a.fold(before) in words[name] for name in (*function, "adjuncts"))

    def _coordinated(self, mention: Mention, low: int) -> tuple[Mention, ...]:
        """The mention with those joined to it on the left: "France, Germany and Poland"."""
        group = [mention]
        start = mention.start
        joined = False
        while True:
            index = self._before(start)
            sign = False
            while index >= low and (self.a.fold(index) == "," or self._coordinates(index)):
                sign = sign or self._coordinates(index)
                index -= 1
            previous = self.a.mention_ends.get(index + 1)
            if previous is None or index + 1 >= start - 0 or previous.possessive:
                break
            headed = previous.end == start - 1 and self.a.in_heading(start)  # "Rome, Paris to send …"
            if not (sign or joined or headed) or index + 1 == start:
                break
            before = self._before(previous.start)
            if (
                self.a.is_word(before, "prepositions")
                and not self.a.is_word(before - 1, "spokes")
                and not joined
                and not sign
            ):
                break
            joined = True
            group.insert(0, previous)
            start = previous.start
        return tuple(group)

    def joined_right(self, mention: Mention, at: int) -> tuple[Mention, ...]:
        """ "from France and the UK": the mentions after the first. They were met, and passed over, before it."""
        found: list[Mention] = []
        index = mention.end
        while index < at:
            step = index
            while step < at and (
                self._coordinates(step) or self.a.fold(step) == "," or self.a.is_word(step, "determiners")
            ):
                step += 1
            following = self.a.mentions.get(step)
            if following is None or step == index:
                break
            found.append(following)
            index = following.end
        return tuple(found)

    def _text(self, mention: Mention) -> str:
        start, end = self.a.layout.span(mention.start, mention.end)
        return self.a.layout.text[start:end]

    def _free_mention(self, index: int) -> bool:
        mention = self.a.mentions.get(index)
        return mention is not None and not mention.possessive
