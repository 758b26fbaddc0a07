"""Whether a name in a text is one of the rules' already, or nearly: other spellings, other given names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from rules.fold import fold_wording
from rules.model import ActorKind, ActorRule, RuleSet

ALIKE = 0.84
"""From this share of letters in common on (difflib) two surnames are spellings of one: Zelensky, Zelenskiy."""
_LEAST_ALIKE = 5
"""Letters of a surname below which another spelling counts only with the very same given name."""
_PERSONS = (ActorKind.PERSON, ActorKind.COMMENTATOR)

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """An actor whose surname a name has. `same_given`: nothing says that it is somebody else."""

    actor: ActorRule
    same_given: bool


class KnownNames:
    """The names of one set of rules."""

    def __init__(self, rules: RuleSet) -> None:
        self._exact: dict[Words, str] = {}
        self._surnames: dict[str, list[ActorRule]] = defaultdict(list)
        self._by_last: dict[str, list[Words]] = defaultdict(list)
        for actor in rules.actors.values():
            for name in (actor.name, *actor.aliases):
                words = _words(name)
                if words:
                    self._exact.setdefault(words, actor.id)
                    if actor.kind in _PERSONS and len(words) > 1:
                        self._by_last[words[-1]].append(words)
            if actor.kind in _PERSONS and len(parts := _words(actor.name)) > 1:
                self._surnames[parts[-1]].append(actor)
        self._rules = rules

    def known(self, name: str) -> str | None:
        """The actor that the rules find by this name."""
        words = _words(name)
        if words in self._exact:
            return self._exact[words]
        for length in range(len(words) - 1, 1, -1):
            for start in range(len(words) - length + 1):
                actor = self._exact.get(words[start : start + length])
                if actor is not None and self._is_person(actor):
                    return actor
        for word in words[1:]:
            actor = self._exact.get((word,))
            if actor is not None and self._is_person(actor):
                rule = self._rules.actors[actor]
                if same_given(words[0], _words(rule.name)[0]):
                    return actor
        return None

    def like(self, name: str) -> Likeness | None:
        """An actor with the same surname in some spelling, one with the same given name first."""
        words = _words(name)
        found: Likeness | None = None
        for surname, actors in self._surnames.items():
            if not _alike(surname, words[-1]):
                continue
            for actor in actors:
                given = _words(actor.name)[0]
                long = surname == words[-1] or min(len(surname), len(words[-1])) >= _LEAST_ALIKE
                if words[0] == given or (long and same_given(words[0], given)):
                    return Likeness(actor, True)
                if surname == words[-1]:
                    found = found or Likeness(actor, False)
        return found

    def is_free(self, surname: str) -> bool:
        """Whether no actor has a name with this word in it."""
        word = fold_wording(surname)
        return all(word not in words for words in self._exact)

    def _is_person(self, actor: str) -> bool:
        return self._rules.actors[actor].kind in _PERSONS


def same_given(one: str, other: str) -> bool:
    """Whether two folded given names may be one person's: they begin alike (Alex, Alexander), or share most letters."""
    if one[:3] == other[:3] or min(len(one), len(other)) == 1:
        return one[0] == other[0]
    return one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= 0.5


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if one[0] != other[0]:
        return False
    matcher = SequenceMatcher(None, one, other)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _words(name: str) -> Words:
    return tuple(fold_wording(name).replace(".", " ").split())
