"""Finding compiled rules in the fields of an item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from threading import Lock

from rules.automaton import Automaton, SearchedField
from rules.literals import Literal, QueryLine
from rules.model import Match, RuleKind, RuleSet, Via
from rules.naming import Hit, named
from rules.query_tree import terms_of
from rules.standing import Evaluation
from rules.tokens import algorithm_for
from rules.triggers import requirements, usage_of

_CONTRARY = {Via.FOR: Via.AGAINST, Via.AGAINST: Via.FOR}


class _Language:
    """The rules as they are looked for in one language."""

    def __init__(self, literals: Sequence[Literal], lines: Sequence[QueryLine], algorithm: str) -> None:
        self.automaton = Automaton(literals, (term for line in lines for term in terms_of(line.root)), algorithm)
        usage = usage_of((line.root for line in lines), self.automaton.slots)
        self._requirements = [requirements(line.root, self.automaton.slots, usage) for line in lines]
        self._triggered: dict[int, list[int]] = defaultdict(list)
        for number, (rarest, *_) in enumerate(self._requirements):
            for pattern in rarest:
                self._triggered[pattern].append(number)

    def candidates(self, present: set[int]) -> list[int]:
        """The numbers of the lines that an item which holds these patterns may match."""
        numbers = {number for pattern in present for number in self._triggered.get(pattern, ())}
        return [
            number
            for number in sorted(numbers)
            if not any(needed.isdisjoint(present) for needed in self._requirements[number])
        ]


class CompiledRules:
    """A whole set of rules, ready to be looked for. Safe to share between threads; never changes once made."""

    def __init__(self, rules: RuleSet, literals: Sequence[Literal], lines: Sequence[QueryLine]) -> None:
        self.rules = rules
        self._literals = literals
        self._lines = lines
        self._languages: dict[str, _Language] = {}
        self._building = Lock()

    def match(self, fields: Mapping[str, str], on: date, lang: str | None = None) -> list[Match]:
        """Where rules stand in an item, sorted; one match for each rule, part of it and place.

        `fields` gives the texts by name, `on` the day that decides who holds an office, `lang` an ISO 639-1 code that
        decides how words are stemmed (English when it is not known). A query gives a match for each minimal span that
        satisfies it (see `rules.standing`).
        """
        language = self._language(algorithm_for(lang))
        searched = {name: language.automaton.search(text) for name, text in fields.items()}
        found = list(_without_contradicted(self._query_matches(language, searched)))
        for name, field in searched.items():
            found.extend(self._names(language, name, field, on))
        unique: dict[Match, Match] = {}
        for match in found:
            known = unique.setdefault(match, match)
            if match.line < known.line:
                unique[match] = match
        return sorted(unique.values())

    def explain(self, match: Match) -> str:
        """Which line of which rule a match came from, as the operator wrote it."""
        line = self._line(match)
        where = f"{match.kind} {match.rule}: {match.via}"
        return f"{where} {match.line + 1}: {line}" if line is not None else where

    def _language(self, algorithm: str) -> _Language:
        language = self._languages.get(algorithm)
        if language is None:
            with self._building:
                language = self._languages.get(algorithm)
                if language is None:
                    language = _Language(self._literals, self._lines, algorithm)
                    self._languages[algorithm] = language
        return language

    def _query_matches(self, language: _Language, searched: Mapping[str, SearchedField]) -> Iterator[Match]:
        evaluation = Evaluation(searched, language.automaton.slots)
        present = {pattern for field in searched.values() for pattern in field.atoms}
        for number in language.candidates(present):
            line = self._lines[number]
            for name, intervals in evaluation.stands(line.root).items():
                for interval in intervals:
                    start, end = searched[name].span(interval)
                    yield Match(name, start, end, line.kind, line.rule, line.via, line.line)

    def _names(self, language: _Language, name: str, field: SearchedField, on: date) -> Iterator[Match]:
        hits: list[Hit] = []
        for start, end, pattern in field.literals:
            surface = slice(*field.folded.span(start, end))
            literals = language.automaton.literals[pattern]
            fitting = tuple(literal for literal in literals if literal.case.admits(field.original[surface]))
            if fitting:
                hits.append(Hit(start, end, fitting))
        for hit, literal in named(hits, field.folded.text, self.rules, on):
            start, end = field.folded.span(hit.start, hit.end)
            yield Match(name, start, end, RuleKind.ACTOR, literal.rule, literal.via, literal.line)

    def _line(self, match: Match) -> str | None:
        parts = self._parts(match)
        return parts[match.line] if 0 <= match.line < len(parts) else None

    def _parts(self, match: Match) -> Sequence[str]:
        if match.kind is RuleKind.ACTOR and match.rule in self.rules.actors:
            actor = self.rules.actors[match.rule]
            titles = tuple(office.title for office in actor.offices)
            return {Via.NAME: (actor.name,), Via.ALIAS: actor.aliases, Via.OFFICE: titles}.get(match.via, ())
        if match.kind is RuleKind.ISSUE and match.rule in self.rules.issues:
            issue = self.rules.issues[match.rule]
            return {Via.ABOUT: issue.about, Via.FOR: issue.for_, Via.AGAINST: issue.against}.get(match.via, ())
        rule = self.rules.queries.get(match.rule)
        return (rule.query,) if rule is not None else ()


def _without_contradicted(matches: Iterable[Match]) -> Iterator[Match]:
    """Leaves out a wording for or against an issue that is a mere part of one to the contrary: “not *send troops*”."""
    sides: dict[tuple[str, str, Via], list[Match]] = defaultdict(list)
    for match in matches:
        if match.via in _CONTRARY:
            sides[match.field, match.rule, match.via].append(match)
        else:
            yield match
    for (field, rule, via), found in sides.items():
        contrary = sides.get((field, rule, _CONTRARY[via]), ())
        for match in found:
            if not any(
                other.start <= match.start
                and match.end <= other.end
                and other.end - other.start > match.end - match.start
                for other in contrary
            ):
                yield match
