"""The wordings behind a matter that say something of it: what it is, does, ought to be, and on what it depends."""

from __future__ import annotations

from monitor.positions.grammar.analysis import Analysis, CueGroup, Matter
from monitor.positions.grammar.language import CueClass

AFTER_REACH = 22
"""Tokens behind a matter in which a predicate about it may stand."""
ANYWHERE = (
    CueClass.GOOD,
    CueClass.BAD,
    CueClass.CONDITION,
    CueClass.OPEN,
    CueClass.NEGATION,
    CueClass.POSSIBLE,
    CueClass.LACKING,
)
PASSIVE = (CueClass.NORMATIVE, CueClass.REVERSE, CueClass.EXCLUDE, CueClass.SUPPORT, CueClass.OPPOSE)
DOES = (CueClass.HARM, CueClass.BENEFIT)
COMES = (CueClass.PREVAIL, CueClass.LAPSE)


class Behind:
    """Looks behind the matters of one field."""

    def __init__(self, analysis: Analysis) -> None:
        self.a = analysis

    def after(self, matter: Matter, high: int) -> list[CueGroup]:
        """Wordings behind the matter that say something of it, up to the end of its clause."""
        found: list[CueGroup] = []
        index = matter.end
        end = min(high, matter.end + AFTER_REACH)
        subject_like, ordained = True, False
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
            if self._ends_subject(index):
                subject_like = False
            if self.a.is_word(index, "coordinators") and self._starts_clause(index + 1, end):
                break
            ordained = ordained or self.a.is_word(index, "modals")
            groups = [*self.a.cue_starts.get(index, ()), *self.a.predicates.get(index, ())]
            for group in groups:
                ordained = ordained or group.has(CueClass.NORMATIVE)
                if group.end <= end and self._tells(group, subject_like, ordained, index == matter.end):
                    found.append(group)
            index = max([index + 1, *(g.end for g in groups)])
        return found

    def _tells(self, group: CueGroup, subject_like: bool, ordained: bool, first: bool) -> bool:
        """Whether a wording says something of the matter; `ordained` behind "will" or "must", `first` right behind."""
        if group.has(*ANYWHERE):
            return not (group.has(CueClass.LACKING) and self.a.ends(group.end, "gerund"))
        if not subject_like:
            return False
        passive = group.has(CueClass.NORMATIVE) or (group.verb and self._passive(group.start))
        if group.has(CueClass.REVERSE) and group.verb and (first or self._made_so(group)):
            return not self.a.ends(group.start, "gerund")
        if passive:
            return group.has(*PASSIVE) or (ordained and group.has(CueClass.ACT))
        before = group.start - 1
        noun = self.a.is_word(before, "determiners") or self.a.is_word(before, "prepositions")
        return not noun and (group.has(*DOES) or (ordained and group.has(*COMES)))

    def _made_so(self, group: CueGroup) -> bool:
        """Whether a participle ends the clause: "wants the tax | scrapped"."""
        last = group.end >= len(self.a.layout.tokens) or not self.a.layout.tokens[group.end].is_word
        return last and self.a.ends(group.end - 1, "participle")

    def _ends_subject(self, index: int) -> bool:
        """Whether what stands before a token is no subject any more."""
        into_verb = self.a.is_word(index, "infinitive_markers") and index + 1 not in self.a.mentions
        return into_verb or any(self.a.is_word(index, name) for name in ("subject_ends", "relatives", "coordinators"))

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
