"""Where an issue's matter is named in a field.

An about line `a AND b` matches an item; its first part names the matter, the rest says in which items it does. So the
lines that matched are looked for once more, by their first part alone, through the same matcher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import snowballstemmer

from monitor.model.item import Item
from monitor.positions.grammar.tokens import tokenize
from rules.compiler import CompiledRules
from rules.literals import literals_of, query_lines_of
from rules.model import Match, RuleKind, RuleSet, Via
from rules.query import parse_about
from rules.query_tree import matter_of, terms_of

_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The stem of a word of a proposition; these are written in English."""
    return str(_STEMMER.stemWord(word))


def _vocabulary(lines: Sequence[str]) -> frozenset[str]:
    """The words of the first parts: those that name the matter."""
    return frozenset(
        word.text for line in lines for term in terms_of(matter_of(parse_about(line).root)) for word in term.words
    )


class MatterLocator:
    """Finds matters under one set of rules."""

    def __init__(self, rules: RuleSet) -> None:
        watched = RuleSet(rules.actors, rules.issues, version=rules.version)  # actors, since a line may ask for one
        lines = tuple(
            replace(line, root=matter_of(line.root)) if line.via is Via.ABOUT else line
            for line in query_lines_of(watched)
        )
        self._compiled = CompiledRules(watched, tuple(literals_of(watched)), lines)

        self.vocabulary = {key: _vocabulary(issue.about) for key, issue in rules.issues.items()}
        self.wordings = {key: tokenize(issue.proposition) for key, issue in rules.issues.items()}
        self.propositions = {
            key: frozenset(stem(token.fold) for token in tokenize(issue.proposition))
            for key, issue in rules.issues.items()
        }

    def locate(self, item: Item, matches: Sequence[Match]) -> list[Match]:
        """The matches of issues that name their matter, sorted."""
        issues = [m for m in matches if m.kind is RuleKind.ISSUE]
        if not issues:
            return []
        about = {(m.rule, m.line) for m in issues if m.via is Via.ABOUT}
        found = self._compiled.match(item.fields, item.day, item.lang, item.sources, about=about)
        return [m for m in found if m.kind is RuleKind.ISSUE]


class _Holder:
    """A rule set as a cache key by identity: it stays alive as long as its entry, so its id is not used again."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.rules is self.rules

    def __hash__(self) -> int:
        return id(self.rules)


@lru_cache(maxsize=8)
def _locator(holder: _Holder) -> MatterLocator:
    return MatterLocator(holder.rules)


def locator_for(rules: RuleSet) -> MatterLocator:
    """The locator of a set of rules, made once."""
    return _locator(_Holder(rules))
