"""When something was said, as far as the text says so plainly: "In 2019, X said …", "X said on Tuesday", "last year".

Only an expression that begins the sentence, or stands beside the verb that carries the statement, dates it: "troops
annexed Crimea in 2014" says nothing about when the statement was made. No date lies behind the item's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.positions.grammar.analysis import Analysis
from monitor.positions.grammar.language import CueClass
from monitor.positions.grammar.sentences import Sentence

BESIDE = 3
"""Tokens between a verb and the date that belongs to it."""
EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Dated:
    """A date expression: token indexes and the first second it may mean."""

    start: int
    end: int
    moment: datetime


def said_at(analysis: Analysis, sentence: Sentence, published: datetime) -> datetime | None:
    """The date of what a sentence reports, or None when it gives none."""
    for dated in _expressions(analysis, sentence, published):
        if dated.moment <= published and (_begins(analysis, sentence, dated) or _beside_verb(analysis, dated)):
            return dated.moment
    return None


def _begins(analysis: Analysis, sentence: Sentence, dated: Dated) -> bool:
    """Whether nothing but small words stands before a date in its sentence."""
    before = range(sentence.start, dated.start)
    return len(before) <= BESIDE and not any(i in analysis.mentions or i in analysis.cue_starts for i in before)


def _beside_verb(analysis: Analysis, dated: Dated) -> bool:
    kinds = (CueClass.SAY, CueClass.SUPPORT, CueClass.OPPOSE, CueClass.EXCLUDE)
    for end in range(dated.start - BESIDE, dated.start + 1):
        if any(group.verb and group.has(*kinds) for group in analysis.cue_ends.get(end, ())):
            return True
    following = dated.end
    return any(group.verb and group.has(CueClass.SAY) for group in analysis.cue_starts.get(following, ()))


def _expressions(analysis: Analysis, sentence: Sentence, published: datetime) -> Sequence[Dated]:
    found: list[Dated] = []
    for index in range(sentence.start, sentence.end):
        moment = (
            _year(analysis, index, published)
            or _day_and_month(analysis, index, published)
            or _weekday(analysis, index, published)
        )
        if moment is not None:
            start = index - 1 if analysis.is_word(index - 1, "past_markers") else index
            found.append(Dated(start, index + 1, moment))
        else:
            found.extend(_past(analysis, index, published))
    return found


def _year(analysis: Analysis, index: int, published: datetime) -> datetime | None:
    """ "in 2019", "in March 2019"."""
    word = analysis.fold(index)
    if len(word) != 4 or not word.isascii() or not word.isdigit():
        return None
    year = int(word)
    if not EARLIEST_YEAR <= year < published.year:
        return None
    months = analysis.language.months
    before = analysis.fold(index - 1)
    if before in months and analysis.is_word(index - 2, "past_markers"):
        return datetime(year, months.index(before) + 1, 1, tzinfo=UTC)
    return datetime(year, 1, 1, tzinfo=UTC) if analysis.is_word(index - 1, "past_markers") else None


def _day_and_month(analysis: Analysis, index: int, published: datetime) -> datetime | None:
    """ "March 4", "4 March": the last such day."""
    months = analysis.language.months
    word = analysis.fold(index)
    if word not in months:
        return None
    before = index - 1
    while analysis.is_word(before, "date_links") or analysis.fold(before) == ".":
        before -= 1
    for other in (analysis.fold(index + 1), analysis.fold(before)):
        if other.isascii() and other.isdigit() and 1 <= int(other[:3]) <= 31 and len(other) <= 2:
            return _last(published, months.index(word) + 1, int(other))
    return None


def _last(published: datetime, month: int, day: int) -> datetime | None:
    for year in (published.year, published.year - 1):
        try:
            moment = datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            continue
        if moment <= published:
            return moment
    return None


def _weekday(analysis: Analysis, index: int, published: datetime) -> datetime | None:
    """ "on Tuesday": the last one, the item's own day included."""
    weekdays = analysis.language.weekdays
    word = analysis.fold(index)
    if word not in weekdays:
        return None
    back = (published.weekday() - weekdays.index(word)) % 7
    day = published - timedelta(days=back)
    return published if back == 0 else day.replace(hour=0, minute=0, second=0, microsecond=0)


def _past(analysis: Analysis, index: int, published: datetime) -> Sequence[Dated]:
    """ "last year", "two years ago": wordings with the days they lie back."""
    for days, wordings in analysis.language.past.items():
        for words in wordings:
            begin = index + 1 - len(words)
            if begin >= 0 and all(analysis.fold(begin + n) == word for n, word in enumerate(words)):
                return (Dated(begin, index + 1, published - timedelta(days=days)),)
    return ()
