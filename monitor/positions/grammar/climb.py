"""From a place in a sentence leftwards to whoever governs it: the subject, owners on the way, the wordings between.

English, German, French, Spanish and Italian news all put the subject before its verb most of the time, and what stands
between a subject and its object is what the subject does about it. So no tree is built: one walk over tokens.
"""

from __future__ import annotations

from monitor.positions.grammar.analysis import CueGroup
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.roles import ATTITUDES, NOUNS, Role, Roles
from monitor.positions.grammar.walk import Climb, Owned, Walk

DASHES = frozenset("—–")
FARTHEST = 60
"""Tokens that a walk goes at most; longer sentences are no news prose."""
VERBS = (CueClass.SAY, CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.ACT, CueClass.REVERSE)

NO_SUBJECTS = (
    "prepositions",
    "coordinators",
    "relatives",
    "complementizers",
    "clause_breaks",
    "determiners",
    "hearers",
    "like",
    "impersonal",
    "particles",
)
"""Word lists whose words are no subject by themselves."""


class Climber(Roles):
    """Walks over one field."""

    def climb(self, at: int, low: int, matter: tuple[int, int] | None = None) -> Climb:
        """From token `at`, exclusive, down to `low`. Mentions inside `matter` are part of it."""
        walk = Walk(at=at, low=max(low, at - FARTHEST), index=at, result=Climb(stopped_at=low))
        walk.governing = not (matter and self._is_conjunct(at))
        while walk.index > walk.low and not walk.done:
            walk.index = self.a.resumed.get(walk.index, walk.index)
            mention = self.a.mention_ends.get(walk.index)
            group = self._cue_ending(walk.index)
            if mention is not None and not (matter and mention.end > matter[0] and mention.start < matter[1]):
                self._meet_mention(walk, mention)
            elif group is not None and group.start >= walk.low:
                self._meet_cue(walk, group)
            else:
                self._meet_token(walk)
        walk.result.stopped_at = max(walk.result.stopped_at, low if walk.done else walk.low)
        return walk.result

    def _is_conjunct(self, at: int) -> bool:
        """Whether a matter begins with the second of two verbs: "is not at war and will | send"."""
        index = at - 1
        while self.a.is_word(index, "modals") and index > at - 4:
            index -= 1
        return index < at - 1 and self._coordinates(index)

    def _meet_mention(self, walk: Walk, mention: Mention) -> None:
        role = Role.SUBJECT if walk.relative else self._role(mention, walk.at, walk.low)
        walk.relative = False
        if role is Role.SUBJECT and self._restricted(mention):
            walk.stop(mention.start, f"only some of '{self._text(mention)}'")
        elif role is Role.SUBJECT:
            if not mention.actors:
                walk.stop(mention.start, f"'{self._text(mention)}' is nobody that a rule names")
            walk.result.subjects = (*self._coordinated(mention, walk.low), *walk.companions)
            walk.result.stopped_at = min(m.start for m in walk.result.subjects)
            walk.done = True
            self._check_lead(walk.result, walk.low)
            self._settle(walk.result)
        elif role is Role.COMPANION:
            walk.companions.append(mention)
        elif role is Role.OWNER and mention.actors and walk.governing:
            walk.result.owned.append(self._owned(mention, walk.at, walk.low, walk.result.cues))
        walk.index = mention.start

    def _meet_cue(self, walk: Walk, group: CueGroup) -> None:
        if self.a.mere_preposition(group):
            walk.index -= 1
            return
        if walk.governing and not self._is_noun(group):
            walk.result.cues.insert(0, group)
        heads = group.has(*NOUNS) and not group.verb and self._heads_clause(group)
        if heads or (group.verb and self._has_unknown_subject(group, walk.low, walk.result)):
            walk.result.embedded = len(walk.result.cues)
        about = group.has(CueClass.TOPIC) and self._adjoins(group.end, walk.at)
        if about or self._begins_conjunct(group):
            walk.governing = False
        walk.index = group.start

    def _is_noun(self, group: CueGroup) -> bool:
        """Whether a form of a verb of doing is a noun: "a meeting of"."""
        before = group.start - 1
        article = self.a.is_word(before, "determiners") and not self.a.is_word(before, "complementizers")
        return article and group.verb and group.kinds <= {CueClass.ACT, CueClass.SAY}

    def _begins_conjunct(self, group: CueGroup) -> bool:
        """Whether a wording begins what "and" joins on: "and would veto …"."""
        index = group.start - 1
        while self.a.is_word(index, "auxiliaries") and index > group.start - 4:
            index -= 1
        noun = not group.verb and group.has(CueClass.REVERSE)  # "wants a tax and an end to …": still what is wanted
        return self._coordinates(index) and not noun

    def _meet_token(self, walk: Walk) -> None:
        walk.index -= 1
        word = self.a.fold(walk.index)
        verdict = self._mark(walk.index, walk.low)
        anybody = walk.index + 1 == walk.at and self.a.is_word(walk.index, "anybody")
        if verdict == "stop" or anybody:
            walk.result.stopped_at, walk.done = walk.index + 1, True
        elif verdict == "unknown":
            walk.stop(walk.index, f"'{self.a.fold(walk.index - 1)} {word}' has no known subject")
        elif verdict == "break":
            walk.governing = walk.in_adjunct = False
        elif verdict == "adjunct" and walk.in_adjunct and not self._predicates(walk.index):
            walk.stop(walk.index + 1, f"named only in passing, behind '{word}'")
        elif verdict == "relative":
            walk.relative = True
        elif verdict == "skip":
            walk.index = self._before_parenthesis(walk.index, walk.low)

    def _predicates(self, index: int) -> bool:
        """Whether a word behind a verb of stance says as what the matter is seen: "dismissed as premature …"."""
        if any(g.verb and g.has(*ATTITUDES) for g in self.a.cue_ends.get(index, ())):
            return True
        owner = self.a.mention_ends.get(index)
        noun = self._before(owner.start) + 1 if owner is not None and owner.possessive else index
        groups = self.a.cue_ends.get(noun, ()) if self.a.is_word(index, "object_prepositions") else ()
        return any(g.has(*NOUNS) for g in groups)

    def subject_of(self, group: CueGroup, low: int) -> tuple[Mention, ...]:
        """Who does what a verb says, standing left of it."""
        probe = Climb()
        if self._has_unknown_subject(group, low, probe):
            return ()
        return self.climb(group.start, low).subjects

    def _check_lead(self, result: Climb, low: int) -> None:
        """ "if Rome agrees", "whether Rome agrees": what the subject does is not said to be so."""
        lead = self._before(result.stopped_at)
        if lead >= low and self.a.is_word(lead, "complementizers"):
            for group in self.a.cue_ends.get(lead, ()):
                if group.has(CueClass.GOOD, CueClass.BAD):
                    result.evaluation = group
        if lead >= low and self.a.is_word(lead, "hypotheses"):
            result.subjects, result.unknown = (), True
            result.why = f"hypothetical: '{self.a.fold(lead)}'"

    def _adjoins(self, index: int, at: int) -> bool:
        """Whether nothing but articles and adjectives stands between."""
        qualifier = self.a.mention_ends.get(at)
        end = qualifier.start if qualifier is not None and not self.a.is_word(at, "prepositions") else at
        return not any(self._free_mention(i) or self.a.is_word(i, "prepositions") for i in range(index, end))

    def _heads_clause(self, group: CueGroup) -> bool:
        """Whether a noun is itself the subject of a clause: "says that the decision …"."""
        index = group.start - 1
        while self.a.is_word(index, "determiners") and not self.a.is_word(index, "complementizers"):
            index -= 1
        return self.a.is_word(index, "complementizers") or self.a.fold(index) == ","

    def _settle(self, result: Climb) -> None:
        """With somebody unknown in between, the subject holds a position only by an attitude of its own."""
        if not result.embedded:
            return
        outer = result.cues[: len(result.cues) - result.embedded]
        if any(g.has(CueClass.OPPOSE, CueClass.SUPPORT, CueClass.EXCLUDE) and not g.has(CueClass.SAY) for g in outer):
            result.unknown = False
        else:
            result.subjects = ()

    def _mark(self, index: int, low: int) -> str:
        """What an ordinary token does to the walk: "stop", "break", "skip", "unknown" or "" for nothing."""
        word = self.a.fold(index)
        words = self.a.language.words
        if word in (";", ":"):
            return "stop"
        if word == "," or word in DASHES:
            return (
                "skip" if self._before_parenthesis(index, low) < index else ("break" if self._new_clause(index) else "")
            )
        if word in words["clause_breaks"]:
            return "break"
        if self._coordinates(index) and self.a.is_word(index + 1, "complementizers"):
            return "break"
        if word in words["adjuncts"]:
            return "adjunct"
        if word in words["relatives"] and self.a.mention_ends.get(index) is None:
            previous = index - 1
            if self.a.fold(previous) == ",":
                previous -= 1
            antecedent = self.a.mention_ends.get(previous + 1)
            if antecedent is None:
                return "unknown"
            person = bool(self.persons & set(antecedent.actors))
            told_apart = words["personal_relatives"]
            return "relative" if not told_apart or person == (word in told_apart) else "unknown"
        return ""

    def _new_clause(self, comma: int) -> bool:
        """Whether what stands before a comma does not govern what follows it."""
        following = comma + 1
        verb = any(group.verb for group in self.a.cue_starts.get(following + 1, ()))
        if verb and self.a.is_word(following, "infinitive_markers"):
            return False
        if self.a.is_word(following, "coordinators") or self.a.is_word(following, "relatives"):
            return True
        if following in self.a.mentions or self.a.is_word(following, "prepositions"):
            return True
        return following in self.a.cue_starts

    def _before_parenthesis(self, comma: int, low: int) -> int:
        """For a comma that closes an apposition or relative clause, the index of the comma that opens it."""
        words = self.a.language.words
        if comma in self.a.mention_ends:
            return comma
        for index in range(comma - 1, max(low, comma - 28), -1):
            if self.a.fold(index) == "," or self.a.layout.tokens[index].text in DASHES:
                opens = self.a.fold(index + 1)
                if opens in words["relatives"] or opens in words["determiners"] or self._is_aside(index + 1, comma):
                    return index
                return comma
        return comma

    def _is_aside(self, start: int, end: int) -> bool:
        """A short insertion such as ", however," or ", in turn,"."""
        if end - start > 5 or any(i in self.a.mentions for i in range(start, end)):
            return False
        return all(i not in self.a.cue_starts for i in range(start, end))

    def _owned(self, mention: Mention, at: int, low: int, cues: list[CueGroup]) -> Owned:
        group = self._noun_after(mention, at)
        if group is None:
            before = self._before(mention.start)
            group = self._cue_ending(before + 1 if self._owns_before(mention) else before)
        own = (group,) if group is not None and group not in cues else ()
        mentions = self._coordinated(mention, low) if not mention.possessive else (mention,)
        joined = self.joined_right(mention, at)
        return Owned((*mentions, *joined), (*own, *cues))

    def _has_unknown_subject(self, group: CueGroup, low: int, result: Climb) -> bool:
        """Whether a finite verb has a subject that no rule names: "experts warn", "John Smith said"."""
        index = self._left_of_verb(group, low)
        if index < low or index + 1 in self.a.mention_ends or index + 1 in self.a.cue_ends:
            return False
        token = self.a.layout.tokens[index]
        if not token.is_word or any(self.a.is_word(index, name) for name in NO_SUBJECTS):
            return False
        if self.a.ends(group.start, "gerund") or token.fold.isdigit() or self.a.ends(index, "participle"):
            return False
        if self._is_part_of_another(index, low):
            return False
        result.unknown = True
        result.why = f"the subject of '{self.a.fold(group.start)}' is nobody that a rule names ('{token.text}')"
        result.stopped_at = index
        return True

    def _left_of_verb(self, group: CueGroup, low: int) -> int:
        """The token left of a verb and its auxiliaries, adverbs and negations; before `low`: it is an infinitive."""
        index = group.start - 1
        while index >= low and (
            self.a.is_word(index, "auxiliaries")
            or self.a.ends(index, "adverb")
            or any(g.has(CueClass.NEGATION) for g in self.a.cue_ends.get(index + 1, ()))
        ):
            if self.a.is_word(index, "infinitive_markers"):
                return low - 1
            index = min((g.start for g in self.a.cue_ends.get(index + 1, ())), default=index) - 1
        return index

    def _is_part_of_another(self, index: int, low: int) -> bool:
        """Whether a noun hangs on a preposition, or is joined to somebody known."""
        before = self._before(index)
        while (
            before > low
            and self.a.layout.tokens[before].is_word
            and before + 1 not in self.a.mention_ends
            and index - before < 3
            and not self.a.is_word(before, "prepositions")
            and not self.a.is_word(before, "coordinators")
        ):
            before -= 1
        if before < low:
            return False
        joined = self.a.is_word(before, "coordinators") and self._coordinates(before) and before in self.a.mention_ends
        return joined or self.a.is_word(before, "prepositions")
