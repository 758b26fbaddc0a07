"""The words around a matter that bear on it: inside it, behind it, before its subject; passives with their agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.matters import MatterLocator, stem
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.roles import ATTITUDES
from monitor.positions.grammar.walk import Climb
from monitor.positions.protocol import CueSeen

AFTER_REACH = 22
"""Tokens behind a matter in which a predicate about it may stand."""


class Around:
    """Looks around the matters of one field."""

    def __init__(self, analysis: Analysis, climber: Climber, locator: MatterLocator) -> None:
        self.a = analysis
        self.climber = climber
        self.locator = locator

    def inside(self, matter: Matter) -> list[CueGroup]:
        """Wordings within the matter, without those that the proposition itself uses ("the war is *ended*")."""
        return [
            group
            for index in range(matter.start, matter.end)
            for group in self.a.cue_starts.get(index, ())
            if group.end <= matter.end
            and stem(self.a.fold(group.start)) not in self.locator.propositions[matter.issue]
            and (group.verb or not group.has(CueClass.OPPOSE_NOUN, CueClass.SUPPORT_NOUN))
        ]

    def joined_before(self, matter: Matter) -> bool:
        """Whether a subject inside the matter is joined to one before it: "Trump and | Putin agreed to meet"."""
        return self.a.is_word(matter.start - 1, "coordinators") and matter.start in self.a.mentions

    def finite(self, matter: Matter) -> bool:
        """Whether the matter begins with a verb that its subject governs: "Poland will | support Ukraine"."""
        before = matter.start - 1
        going_on = self.a.ends(matter.start, "gerund") and not self.a.is_word(before, "passives")
        if self.a.is_word(before, "infinitive_markers") or going_on:
            return False
        verb = any(group.verb for group in self.a.cue_starts.get(matter.start, ()))
        auxiliary = (
            self.a.is_word(before, "auxiliaries")
            or self.a.is_word(before, "verb_adverbs")
            or self.a.fold(before) == ","
        )
        return verb and (auxiliary or before + 1 in self.a.mention_ends)

    def reported(self, matter: Matter) -> bool:
        """Whether a matter is a whole clause that somebody reports: "said that | Kyiv insisted on a seat"."""
        before = matter.start - 1
        says = any(g.verb and g.has(CueClass.SAY) for g in self.a.cue_ends.get(matter.start, ()))
        return says or self.a.is_word(before, "complementizers")

    def subject_inside(self, matter: Matter) -> tuple[Mention, ...]:
        """A subject that is itself part of the matter: "Kyiv wants to join NATO"."""
        mention = self.a.mentions.get(matter.start)
        if mention is None or mention.possessive:
            return ()
        mentions = (mention, *self.climber.joined_right(mention, matter.end))
        index = mentions[-1].end
        while index < matter.end and (self.a.is_word(index, "auxiliaries") or self.a.ends(index, "adverb")):
            index += 1
        verbs = (CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE)
        return mentions if any(g.has(*verbs) for g in self.a.cue_starts.get(index, ())) else ()

    def after(self, matter: Matter, high: int) -> list[CueGroup]:
        """Wordings behind the matter that say something of it, up to the end of its clause."""
        found: list[CueGroup] = []
        index = matter.end
        end = min(high, matter.end + AFTER_REACH)
        kinds = (CueClass.GOOD, CueClass.BAD, CueClass.CONDITION, CueClass.OPEN, CueClass.NEGATION, CueClass.POSSIBLE)
        verbs = (CueClass.NORMATIVE, CueClass.REVERSE, CueClass.EXCLUDE, CueClass.SUPPORT, CueClass.OPPOSE)
        subject_like = True
        while index < end:
            if index in self.a.broken_off:
                index = self.a.broken_off[index]
                end = min(high, index + AFTER_REACH)
                continue
            word = self.a.fold(index)
            if word in (";", ":") or self.a.is_word(index, "clause_breaks"):
                break
            if word == ",":
                over, still_subject = self._over_comma(index, end)
                if not over:
                    break
                index, subject_like = over, subject_like and still_subject
                continue
            into_verb = self.a.is_word(index, "infinitive_markers") and index + 1 not in self.a.mentions
            if (
                into_verb
                or self.a.is_word(index, "subject_ends")
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

    def _over_comma(self, comma: int, end: int) -> tuple[int, bool]:
        """Where to go on behind a comma (0: nowhere), and whether what stood before it may still be a subject."""
        following = comma + 1
        if self.a.is_word(following, "clause_breaks") and self._conditional(following + 1):
            return following + 1, False
        closing = self._insertion_end(following, end)
        if closing:
            return closing + 1, True
        return (following, False) if self._conditional(following) else (0, False)

    def _conditional(self, index: int) -> bool:
        return any(g.has(CueClass.CONDITION, CueClass.OPEN) for g in self.a.cue_starts.get(index, ()))

    def _passive(self, index: int) -> bool:
        """Whether a verb is passive: "were lifted", "is not being planned"."""
        before = index - 1
        while self.a.ends(before, "adverb") or self.a.is_word(before, "verb_adverbs"):
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
        if mention is None and self.a.is_word(index, "modals"):
            return True
        if mention is not None:
            return any(i in self.a.cue_starts for i in range(mention.end, min(mention.end + 3, end)))
        verbs = (CueClass.SAY, CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.ACT)
        return any(g.has(*verbs) for g in self.a.cue_starts.get(index, ()))

    def ahead(self, low: int, climb: Climb, matter: Matter) -> list[CueGroup]:
        """Conditions before the subject: "If asked, Rome will …", "Without a mandate, …"."""
        if not climb.subjects:
            return []
        return [
            group
            for index in range(low, climb.stopped_at)
            for group in self.a.cue_starts.get(index, ())
            if group.has(CueClass.DENIAL, CueClass.UNSAID)
            or (group.has(CueClass.FORMER) and not self._any(index, climb.stopped_at, *ATTITUDES))
            or (
                group.has(CueClass.CONDITION)
                and group.end - group.start == 1
                and self.a.is_word(index, "conditions_ahead")
            )
        ]

    def outsiders(self, low: int, high: int) -> list[CueGroup]:
        """Wordings that make the whole stretch the guess of people who only watch."""
        return [g for i in range(low, high) for g in self.a.cue_starts.get(i, ()) if g.has(CueClass.OUTSIDER)]

    def enacted(self, matter: Matter) -> list[CueGroup]:
        """The verb that a matter begins with where the subject does the very thing: "Trump will | meet Putin"."""
        groups = self.a.cue_starts.get(matter.start, ()) if self.finite(matter) else ()
        return [g for g in groups if g.verb and g.has(CueClass.ACT) and not g.has(CueClass.REVERSE, CueClass.DIRECTIVE)]

    def taken_back(self, owner: Mention, matter: Matter) -> tuple[CueSeen, ...]:
        """The verb by which an owner gives up what follows, with its negation: "has not dropped | its objection"."""
        groups = [g for g in self.a.cue_ends.get(owner.start, ()) if g.has(CueClass.WITHDRAW)]
        if not groups or not owner.possessive:
            return ()
        start = groups[0].start
        negation = [g for g in self.a.cue_ends.get(start, ()) if g.has(CueClass.NEGATION)]
        seen = self.seen([*negation, groups[0]], (), (), (), matter)
        return tuple(replace(cue, gap=0) for cue in seen)

    def _any(self, start: int, end: int, *kinds: CueClass) -> bool:
        return any(g.has(*kinds) for i in range(start, end) for g in self.a.cue_starts.get(i, ()))

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

    def _words_between(self, start: int, end: int) -> int:
        """Tokens between, without figures: "donate a further 1.2 billion kroner of weapons"."""
        if end <= start:
            return end - start
        figures = self.a.language.words["figures"]
        return sum(1 for t in self.a.layout.tokens[start:end] if not t.text[0].isdigit() and t.fold not in figures)

    def seen(
        self,
        before: Sequence[CueGroup],
        inside: Sequence[CueGroup],
        after: Sequence[CueGroup],
        ahead: Sequence[CueGroup],
        matter: Matter,
        *,
        own: bool = False,
    ) -> tuple[CueSeen, ...]:
        """The wordings as a judge sees them. `own`: the first is the noun that the holder owns."""
        seen: list[CueSeen] = []
        for place, groups in (("ahead", ahead), ("before", before), ("inside", inside), ("after", after)):
            for group in groups:
                if own and group is before[0]:
                    seen.append(CueSeen(frozenset(str(kind) for kind in group.kinds), group.base, "before", 0))
                    continue
                if place == "after" and group.start < matter.end:
                    continue
                gap = self._words_between(group.end, matter.start) if place == "before" else 0
                seen.append(CueSeen(frozenset(str(kind) for kind in group.kinds), group.base, place, gap))
        return tuple(seen)
