"""Finding compiled rules in the fields of an item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from threading import Lock

from rules.automaton import Automaton, SearchedField
from rules.intervals import Interval
from rules.literals import Literal, QueryLine
from rules.model import Match, RuleKind, RuleSet, Via
from rules.naming import Hit, named
from rules.query_tree import terms_of
from rules.standing import Evaluation, Traits
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
        for number, needed in enumerate(self._requirements):
            for pattern in needed[0] if needed else ():
                self._triggered[pattern].append(number)
        self._wordless = [number for number, needed in enumerate(self._requirements) if not needed]

    def candidates(self, present: set[int]) -> list[int]:
        """The numbers of the lines that an item which holds these patterns may match."""
        numbers = {number for pattern in present for number in self._triggered.get(pattern, ())}
        numbers.update(self._wordless)
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

    def match(
        self,
        fields: Mapping[str, str],
        on: date,
        lang: str | None = None,
        sources: Collection[str] = (),
        *,
        about: Collection[tuple[str, int]] | None = None,
    ) -> list[Match]:
        """Where rules stand in an item, sorted; one match for each rule, part of it and place.

        `fields` gives the texts by name, `on` the day that decides who holds an office, `lang` an ISO 639-1 code that
        decides how words are stemmed (English when it is not known), `sources` what `source:` is compared with: names
        and domains of who publishes the item. A query gives a match for each minimal span that satisfies it (see
        `rules.standing`). With `about` (issue, number) only these of the about lines are looked for.
        """
        language = self._language(algorithm_for(lang))
        searched = {name: language.automaton.search(text) for name, text in fields.items()}
        named: dict[tuple[RuleKind, str], dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
        found: list[Match] = []
        for name, field in searched.items():
            for hit, match in self._names(language, name, field, on):
                found.append(match)
                if interval := field.interval(hit.start, hit.end):
                    named[RuleKind.ACTOR, match.rule][name].append(interval)
        evaluation = Evaluation(searched, language.automaton.slots, Traits(lang=lang, sources=sources), named)
        numbers = language.candidates({pattern for field in searched.values() for pattern in field.atoms})
        issues = self._stand(evaluation, searched, numbers, RuleKind.ISSUE)
        for match, interval in _without_contradicted(issues):
            found.append(match)
            named[RuleKind.ISSUE, match.rule][match.field].append(interval)
        found.extend(match for match, _ in self._stand(evaluation, searched, numbers, RuleKind.QUERY))
        unique: dict[Match, Match] = {}
        for match in found:
            if about is not None and match.via is Via.ABOUT and (match.rule, match.line) not in about:
                continue
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

    def _stand(
        self, evaluation: Evaluation, searched: Mapping[str, SearchedField], numbers: Iterable[int], kind: RuleKind
    ) -> Iterator[tuple[Match, Interval]]:
        """Where the lines of one kind of rule stand. Those of issues come first: queries may ask for them."""
        for line in (self._lines[number] for number in numbers):
            if line.kind is not kind:
                continue
            for name, intervals in evaluation.stands(line.root).places.items():
                for interval in intervals:
                    start, end = searched[name].span(interval)
                    yield Match(name, start, end, line.kind, line.rule, line.via, line.line), interval

    def _names(self, language: _Language, name: str, field: SearchedField, on: date) -> Iterator[tuple[Hit, Match]]:
        hits: list[Hit] = []
        for start, end, pattern in field.literals:
            surface = slice(*field.folded.span(start, end))
            literals = language.automaton.literals[pattern]
            fitting = tuple(literal for literal in literals if literal.case.admits(field.original[surface]))
            if fitting:
                hits.append(Hit(start, end, fitting))
        for hit, literal in named(hits, field.folded.text, self.rules, on):
            start, end = field.folded.span(hit.start, hit.end)
            yield hit, Match(name, start, end, RuleKind.ACTOR, literal.rule, literal.via, literal.line)

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


def _without_contradicted(matches: Iterable[tuple[Match, Interval]]) -> Iterator[tuple[Match, Interval]]:
    """Leaves out a wording for or against an issue that is a mere part of one to the contrary: “not *send troops*”."""
    sides: dict[tuple[str, str, Via], list[tuple[Match, Interval]]] = defaultdict(list)
    for match, interval in matches:
        if match.via in _CONTRARY:
            sides[match.field, match.rule, match.via].append((match, interval))
        else:
            yield match, interval
    for (field, rule, via), found in sides.items():
        contrary = sides.get((field, rule, _CONTRARY[via]), ())
        for match, interval in found:
            if not any(
                other.start <= match.start
                and match.end <= other.end
                and other.end - other.start > match.end - match.start
                for other, _ in contrary
            ):
                yield match, interval
