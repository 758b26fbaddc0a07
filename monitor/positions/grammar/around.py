"""The words around a matter that bear on it: inside it, behind it, before its subject; passives with their agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.behind import Behind
from monitor.positions.grammar.climb import Climber
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.matters import MatterLocator, stem
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.roles import ATTITUDES
from monitor.positions.grammar.walk import Climb
from monitor.positions.protocol import CueSeen


class Around(Behind):
    """Looks around the matters of one field."""

    def __init__(self, analysis: Analysis, climber: Climber, locator: MatterLocator) -> None:
        super().__init__(analysis)
        self.climber = climber
        self.locator = locator
        self._ending: dict[str, bool] = {}

    def inside(self, matter: Matter) -> list[CueGroup]:
        """Wordings within the matter, without those that the proposition itself uses ("the war is *ended*")."""
        return [
            group
            for index in range(matter.start, matter.end)
            for group in self.a.cue_starts.get(index, ())
            if group.end <= matter.end
            and not self.a.mere_preposition(group)
            and not self._of_proposition(group, matter)
            and not (group.has(CueClass.REVERSE) and self._turned(matter.issue))
            and (group.verb or not group.has(CueClass.OPPOSE_NOUN, CueClass.SUPPORT_NOUN))
        ]

    def _turned(self, issue: str) -> bool:
        """Whether a proposition itself says that something ends: "the sale of whale meat is banned"."""
        known = self._ending.get(issue)
        if known is None:
            found = self.a.language.cues.find(self.locator.wordings[issue])
            known = self._ending[issue] = any(cue.kind is CueClass.REVERSE for cue in found)
        return known

    def joined_before(self, matter: Matter) -> bool:
        """Whether a subject inside the matter is joined to one before it: "Trump and | Putin agreed to meet"."""
        return self.a.is_word(matter.start - 1, "coordinators") and matter.start in self.a.mentions

    def finite(self, matter: Matter) -> bool:
        """Whether the matter begins with a verb that its subject governs: "Poland will | support Ukraine"."""
        before = matter.start - 1
        if self.a.is_word(before, "prepositions"):
            return False
        going_on = self.a.ends(matter.start, "gerund") and not self.a.is_word(before, "passives")
        noun = self.a.is_word(before, "determiners") and not self.a.language.traits.names_modify_nouns
        if self.a.is_word(before, "infinitive_markers") or going_on or noun:
            return False
        verb = any(group.verb for group in self.a.cue_starts.get(matter.start, ()))
        if self.a.language.traits.drops_subjects and verb and not self.a.is_inside(before):
            return not self.a.ends(matter.start, "infinitive")
        auxiliary = (
            self.a.is_word(before, "auxiliaries")
            or self.a.is_word(before, "modals")
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
                and " ".join(self.a.fold(i) for i in range(index, group.end))
                in self.a.language.words["conditions_ahead"]
            )
        ]

    def outsiders(self, low: int, high: int) -> list[CueGroup]:
        """Wordings that make the whole stretch the guess of people who only watch."""
        groups = [g for i in range(low, high) for g in self.a.cue_starts.get(i, ())]
        said = [g for g in groups if g.verb and g.has(CueClass.SAY, CueClass.GUESS, CueClass.OPPOSE, CueClass.SUPPORT)]
        watched = [
            replace(g, kinds=g.kinds | {CueClass.OUTSIDER})
            for g in said
            if self._watcher(g.start - 1, low) or (self.a.is_word(g.end, "watchers") and g.has(CueClass.SAY))
        ]
        watched += [
            replace(g, kinds=g.kinds | {CueClass.OUTSIDER})
            for g in groups
            if g.has(CueClass.ACCORDING) and self.a.is_word(g.end, "watchers")
        ]
        return [g for g in groups if g.has(CueClass.OUTSIDER)] + watched

    def _watcher(self, index: int, low: int) -> bool:
        """Whether the subject before a verb is one of those who only watch: "analysts widely expect"."""
        while index > low and (self.a.is_word(index, "auxiliaries") or self.a.ends(index, "adverb")):
            index -= 1
        return self.a.is_word(index, "watchers")

    def enacted(self, matter: Matter) -> list[CueGroup]:
        """The verb that a matter begins with where the subject does the very thing: "Trump will | meet Putin"."""
        groups = self.a.cue_starts.get(matter.start, ()) if self.finite(matter) else ()
        own = [g for g in groups if g.verb and self._of_proposition(g, matter)]
        if own:
            return [replace(g, kinds=frozenset({CueClass.ACT})) for g in own]
        return [g for g in groups if g.verb and g.has(CueClass.ACT) and not g.has(CueClass.REVERSE, CueClass.DIRECTIVE)]

    def _of_proposition(self, group: CueGroup, matter: Matter) -> bool:
        """Whether the proposition itself uses a wording: it says what is so, and turns nothing round."""
        return stem(self.a.fold(group.start)) in self.locator.propositions[matter.issue]

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
            for number, group in enumerate(groups):
                if place == "after" and group.start < matter.end:
                    continue
                owned = own and place == "before" and number == 0
                gap = self._words_between(group.end, matter.start) if place == "before" and not owned else 0
                last = place == "before" and number == len(groups) - 1 and not inside
                behind_verb = number > 0 and groups[number - 1].verb and groups[number - 1].end == group.start
                loose = last and group.has(CueClass.NEGATION) and not behind_verb
                loose = loose and self._content_between(group.end, matter.start)
                following = groups[number + 1] if place == "before" and number + 1 < len(groups) else None
                linked = following is not None and not following.verb
                link = self._words_between(group.end, following.start) if following is not None and linked else gap
                kinds = frozenset(str(kind) for kind in group.kinds)
                seen.append(CueSeen(kinds, group.base, place, gap, link, loose, group.verb))
        return tuple(seen)

    def _content_between(self, start: int, end: int) -> bool:
        """Whether a word that is none of the small ones stands between a negation and a matter."""
        lists = ("auxiliaries", "determiners", "prepositions", "coordinators", "figures", "verb_adverbs", "modals")
        for index in range(start, end):
            token = self.a.layout.tokens[index]
            small = any(self.a.is_word(index, name) for name in lists) or self.a.ends(index, "adverb")
            if token.is_word and token.text[0].islower() and not small and not self.a.mention_over(index, index + 1):
                return True
        return False
