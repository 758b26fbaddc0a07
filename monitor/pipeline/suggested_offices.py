"""Suggestions on offices that end: stored items say whom they call by the title since, and what was credited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from monitor.model.item import Item
from monitor.pipeline.suggested_names import Progress
from monitor.positions.grammar.language import Language
from monitor.positions.grammar.sentences import lay_out
from monitor.positions.read_as import language_of
from monitor.positions.suggestions.known import KnownNames
from monitor.positions.suggestions.office_words import OfficeWords
from monitor.positions.suggestions.offices import Called, Ending, endings, offered_office
from monitor.positions.suggestions.titled import TitledName, TitleFinder
from monitor.positions.suggestions.values import Suggestion, passage
from rules.fold import fold, fold_wording
from rules.model import RuleSet
from rules.naming import OUT_OF_OFFICE
from storage.engine import Database

MOST_ITEMS = 200
"""The latest items that are looked at for one title."""
MOST_STATEMENTS = 50
_OUT = re.compile(rf"(?:^|[^\w])(?:{OUT_OF_OFFICE})[\s-]+(?:the )?$")


def suggested_offices(
    database: Database, rules: RuleSet, since: datetime, now: datetime, progress: Progress
) -> list[Suggestion]:
    """Offices that have ended, or end soon, and that nobody has afterwards; those most spoken of first."""
    found: list[Suggestion] = []
    reader = _Titles(rules)
    ending_ones = list(endings(rules, now.date()))
    for number, ending in enumerate(ending_ones):
        progress("Looking at offices that end", number, len(ending_ones))
        start = max(since, _day_after(ending)) if ending.until < now.date() else since
        called = Called()
        with database.view() as work:
            for title in ending.titles:
                for item in work.items.search(f'"{title}"', MOST_ITEMS):
                    if item.published_at >= start:
                        reader.note(called, ending, title, item)
            credited = work.suggested.said_by(ending.actor.id, start, MOST_STATEMENTS)
        made = offered_office(ending, called, credited, now.date(), rules, since=since.date())
        if made is not None:
            found.append(made)
    return sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.subject))


def _day_after(ending: Ending) -> datetime:
    return datetime.combine(ending.until + timedelta(days=1), time(0), UTC)


class _Titles:
    """Sees who is called by a title."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._known = KnownNames(rules)
        self._finders: dict[str, TitleFinder] = {}

    def note(self, called: Called, ending: Ending, title: str, item: Item) -> None:
        """Counts an item in which the title stands, with a name or alone; behind "former" it does not."""
        language = language_of(item.lang)
        if language is None:
            return
        for field, (start, end), own, named in self._sentences(item, title, language):
            marks = [own] if named is None else [(named.office_start, named.office_end), (named.start, named.end)]
            called.items.add(item.id)
            called.publishers.add(item.publisher)
            called.show(passage(item, field, start, end, marks))
            if named is not None:
                actor = self._known.known(named.name)
                if actor is not None:
                    called.holders[actor].add(item.story_id)
                else:
                    called.strangers[named.name] += 1

    def _sentences(
        self, item: Item, title: str, language: Language
    ) -> Iterator[tuple[str, tuple[int, int], tuple[int, int], TitledName | None]]:
        """Field, sentence, title and who is named with it, for each sentence in which the title stands."""
        wanted = re.compile(rf"(?<!\w){re.escape(fold_wording(title))}(?!\w)")
        for field, text in item.fields.items():
            if not wanted.search(fold_wording(text)):
                continue
            layout = lay_out(text, language)
            for sentence in layout.sentences:
                start, end = layout.span(sentence.start, sentence.end)
                folded = fold(text[start:end])
                found = wanted.search(folded.text)
                if found is None or _OUT.search(folded.text[: found.start()]):
                    continue
                named = self._finder(language).find(text, layout.tokens, sentence.start, sentence.end)
                own = tuple(start + offset for offset in folded.span(*found.span()))
                theirs = [one for one in named if wanted.search(fold_wording(one.office))]
                yield field, (start, end), (own[0], own[1]), theirs[0] if theirs else None

    def _finder(self, language: Language) -> TitleFinder:
        if language.code not in self._finders:
            self._finders[language.code] = TitleFinder(language, OfficeWords(self._rules, language))
        return self._finders[language.code]
