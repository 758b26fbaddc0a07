"""Suggested actors and aliases: stored items on issues are read for unknown persons who are named with an office.

Items go by in parts, so memory does not grow with them; a second pass sees whose surname stands for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from monitor.model.item import Item
from monitor.positions.grammar.language import Language
from monitor.positions.grammar.matters import locator_for
from monitor.positions.grammar.sentences import Layout, Sentence, lay_out
from monitor.positions.read_as import language_of
from monitor.positions.suggestions.known import KnownNames
from monitor.positions.suggestions.names import LEAST_ITEMS, NameCounts, count_short_names, offered_names
from monitor.positions.suggestions.office_words import OfficeWords
from monitor.positions.suggestions.titled import TitledName, TitleFinder
from monitor.positions.suggestions.values import Suggestion, passage
from rules.compiler import compile_rules
from rules.matcher import CompiledRules
from rules.model import Match, RuleSet
from storage.engine import Database

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it is, and how much there is."""

_AT_ONCE = 200
_NEAR = 1
"""Sentences between a name and an issue's matter: the one that names it, and those beside it."""


def suggested_names(
    database: Database, rules: RuleSet, since: datetime, progress: Progress, *, least_items: int = LEAST_ITEMS
) -> list[Suggestion]:
    """Unknown persons with an office near an issue's matter in items published since, the most frequent first."""
    known = KnownNames(rules)
    counts = NameCounts()
    reader = _Reader(rules, known)
    for item in _items(database, since, "Looking for names", progress):
        for (field, found), sentence, issues in reader.strangers(item):
            marks = ((found.office_start, found.office_end), (found.start, found.end))
            counts.add(found, item, issues, passage(item, field, *sentence, marks))
    frequent = counts.frequent(least_items)
    if not frequent:
        return []
    texts = (f"{i.title}\n{i.text}" for i in _items(database, since, "Looking for short names", progress))
    short = count_short_names(texts, frequent)
    return sorted(offered_names(frequent, known, rules, short), key=lambda s: (-s.score, s.subject))


def _items(database: Database, since: datetime, what: str, progress: Progress) -> Iterator[Item]:
    with database.view() as work:
        total = work.suggested.count_on_issues(since)
    done, after = 0, 0
    while True:
        progress(what, done, total)
        with database.view() as work:
            part = work.suggested.on_issues(since, after, _AT_ONCE)
        if not part:
            return
        yield from part
        done, after = done + len(part), part[-1].id


Stranger = tuple[tuple[str, TitledName], tuple[int, int], Sequence[str]]
"""Field and name; the sentence's characters; the issues near whose matter it stands."""


class _Reader:
    """Reads items under one set of rules."""

    def __init__(self, rules: RuleSet, known: KnownNames) -> None:
        self._rules = rules
        self._known = known
        self._compiled: CompiledRules = compile_rules(rules)
        self._finders: dict[str, TitleFinder] = {}

    def strangers(self, item: Item) -> Iterator[Stranger]:
        """The persons named with an office near a matter whom the rules do not know."""
        language = language_of(item.lang)
        if language is None:
            return
        finder = self._finder(language)
        found: list[tuple[str, Layout, int, TitledName]] = []
        for field, text in item.fields.items():
            layout = lay_out(text, language)
            for number, sentence in enumerate(layout.sentences):
                named = finder.find(text, layout.tokens, sentence.start, sentence.end)
                found += [(field, layout, number, name) for name in named if self._known.known(name.name) is None]
        if not found:
            return
        matters = self._matters(item)
        for field, layout, number, name in found:
            issues = _issues_near(layout, number, [m for m in matters if m.field == field])
            if issues:
                yield (field, name), _characters(layout, layout.sentences[number]), issues

    def _finder(self, language: Language) -> TitleFinder:
        if language.code not in self._finders:
            self._finders[language.code] = TitleFinder(language, OfficeWords(self._rules, language))
        return self._finders[language.code]

    def _matters(self, item: Item) -> list[Match]:
        matches = self._compiled.match(item.fields, item.day, item.lang, item.sources)
        return locator_for(self._rules).locate(item, matches)


def _issues_near(layout: Layout, number: int, matters: Sequence[Match]) -> list[str]:
    """The issues whose matter stands in a sentence or beside it."""
    first = layout.sentences[max(number - _NEAR, 0)]
    last = layout.sentences[min(number + _NEAR, len(layout.sentences) - 1)]
    start, _ = _characters(layout, first)
    _, end = _characters(layout, last)
    return list(dict.fromkeys(m.rule for m in matters if m.start < end and m.end > start))


def _characters(layout: Layout, sentence: Sentence) -> tuple[int, int]:
    return layout.span(sentence.start, sentence.end)
