"""Suggested lines for issues: phrases of confirmed statements beside what is stored, and what they would find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model.item import Item
from monitor.model.statement import Statement
from monitor.pipeline.preview import Draft, MatchPreview, preview_matches
from monitor.pipeline.rule_edits import RuleChange
from monitor.pipeline.suggested_names import Progress
from monitor.positions.grammar.language import Language
from monitor.positions.grammar.matters import locator_for
from monitor.positions.grammar.sentences import lay_out
from monitor.positions.read_as import language_of
from monitor.positions.suggestions.about_line import line_for
from monitor.positions.suggestions.phrases import (
    Background,
    Phrase,
    Seen,
    Sentence,
    function_words,
    phrases_in,
    sentence_of,
    telling,
)
from monitor.positions.suggestions.values import Suggestion, SuggestionKind, passage, suggestion_id
from rules.compiler import compile_rules
from rules.model import ActorKind, IssueRule, Match, RuleKind, RuleSet, Via
from rules.tokens import algorithm_for
from storage.engine import Database

MOST_STATEMENTS = 5_000
"""The newest confirmed statements that are looked at."""
BACKGROUND_ITEMS = 10_000
"""Stored items in the background; where there are more, every n-th is taken."""
MOST_PER_ISSUE = 5
_AT_ONCE = 200
_PERSONS = (ActorKind.PERSON, ActorKind.COMMENTATOR)

Group = tuple[str, str]
"""An issue and a Snowball algorithm: phrases of one language are compared with one another."""


@dataclass(slots=True)
class _Gathered:
    """The sentences of confirmed statements, and which lines found the items that they stand in."""

    sentences: dict[Group, list[Sentence]]
    languages: dict[str, Language]
    lines: dict[tuple[int, str], set[str]]


def suggested_phrases(database: Database, rules: RuleSet, since: datetime, progress: Progress) -> list[Suggestion]:
    """Lines that an issue's `about` could have, each with the items published since that it would newly find.

    A line that would find none is not offered. The most telling first.
    """
    gathered = _gather(database, rules, progress)
    telling_here = _telling(database, gathered, since, progress)
    found: list[Suggestion] = []
    offered = [(issue, phrase) for (issue, _), phrases in telling_here.items() for phrase in phrases]
    for number, (issue, phrase) in enumerate(offered):
        progress("Looking up what phrases would find", number, len(offered))
        made = _suggestion(database, rules, rules.issues[issue], phrase, gathered, since)
        if made is not None:
            found.append(made)
    return sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.subject))


def _gather(database: Database, rules: RuleSet, progress: Progress) -> _Gathered:
    with database.view() as work:
        confirmed = [s for s in work.suggested.confirmed(MOST_STATEMENTS) if s.read.issue in rules.issues]
    gathered = _Gathered(defaultdict(list), {}, defaultdict(set))
    compiled, locator = compile_rules(rules), locator_for(rules)
    by_item: dict[int, list[Statement]] = defaultdict(list)
    for statement in confirmed:
        by_item[statement.item_id].append(statement)
    ids = sorted(by_item)
    for at in range(0, len(ids), _AT_ONCE):
        progress("Reading confirmed statements", at, len(ids))
        with database.view() as work:
            items = work.what_if.items(ids[at : at + _AT_ONCE])
        for item in items:
            language = language_of(item.lang)
            if language is None:
                continue
            matches = compiled.match(item.fields, item.day, item.lang, item.sources)
            matters = locator.locate(item, matches)
            for match in matches:
                if match.kind is RuleKind.ISSUE and match.via is Via.ABOUT:
                    gathered.lines[item.id, match.rule].add(rules.issues[match.rule].about[match.line])
            algorithm = algorithm_for(item.lang)
            gathered.languages[algorithm] = language
            for issue, sentence in _sentences(item, by_item[item.id], language, (matches, matters), rules):
                gathered.sentences[issue, algorithm].append(sentence)
    return gathered


def _sentences(
    item: Item,
    statements: Sequence[Statement],
    language: Language,
    found: tuple[Sequence[Match], Sequence[Match]],
    rules: RuleSet,
) -> Iterator[tuple[str, Sentence]]:
    """The sentences in which the statements' evidence stands, each once for each issue."""
    matches, matters = found
    done: set[tuple[str, str, int]] = set()
    for statement in statements:
        evidence, issue = statement.read.evidence, statement.read.issue
        text = item.fields.get(evidence.field, "")
        if text[evidence.start : evidence.end] != evidence.text:
            continue  # the item was revised since
        layout = lay_out(text, language)
        for sentence in layout.sentences:
            start, end = layout.span(sentence.start, sentence.end)
            key = (issue, evidence.field, start)
            if start >= evidence.end or end <= evidence.start or key in done:
                continue
            done.add(key)
            names = [m for m in matches if m.kind is RuleKind.ACTOR and m.field == evidence.field]
            yield (
                issue,
                sentence_of(
                    passage(item, evidence.field, start, end, ()),
                    algorithm_for(item.lang),
                    [(m.start - start, m.end - start) for m in names],
                    [(m.start - start, m.end - start) for m in matters if (m.field, m.rule) == (evidence.field, issue)],
                    item.story_id,
                ),
            )


def _telling(database: Database, gathered: _Gathered, since: datetime, progress: Progress) -> dict[Group, list[Phrase]]:
    functions = {algorithm: function_words(language) for algorithm, language in gathered.languages.items()}
    seen = {group: phrases_in(sentences, functions[group[1]]) for group, sentences in gathered.sentences.items()}
    backgrounds = {
        algorithm: Background((stems for group in seen if group[1] == algorithm for stems in seen[group]), algorithm)
        for algorithm in gathered.languages
    }
    _count(database, backgrounds, since, progress)
    found: dict[Group, list[Phrase]] = {}
    for group, mine in seen.items():
        others, words_of_others = _others(group, seen, gathered.sentences)
        words = _words(gathered.sentences[group])
        phrases = telling(mine, words, backgrounds[group[1]], others, words_of_others)
        found[group] = phrases[:MOST_PER_ISSUE]
    return found


def _count(database: Database, backgrounds: Mapping[str, Background], since: datetime, progress: Progress) -> None:
    """Counts candidates in what is stored, in every n-th item where that is much."""
    if not backgrounds:
        return
    with database.view() as work:
        total = sum(work.history.counts(since).values())
        every = max(1, -(-total // BACKGROUND_ITEMS))
        for number, (_, lang, title, text) in enumerate(work.what_if.texts(since)):
            if number % _AT_ONCE == 0:
                progress("Counting phrases", number, total)
            background = backgrounds.get(algorithm_for(lang))
            if number % every == 0 and background is not None and language_of(lang) is not None:
                background.add(f"{title}\n\n{text}")


def _others(
    group: Group, seen: Mapping[Group, Mapping[tuple[str, ...], Seen]], sentences: Mapping[Group, Sequence[Sentence]]
) -> tuple[dict[tuple[str, ...], Seen], int]:
    """What the statements on other issues in the same language have."""
    joined: dict[tuple[str, ...], Seen] = defaultdict(Seen)
    words = 0
    for other, phrases in seen.items():
        if other != group and other[1] == group[1]:
            words += _words(sentences[other])
            for stems, one in phrases.items():
                joined[stems].count += one.count
    return joined, words


def _words(sentences: Sequence[Sentence]) -> int:
    """The words of the sentences, those of a story once."""
    return sum({sentence.story: len(sentence.words) for sentence in sentences}.values())


def _suggestion(
    database: Database, rules: RuleSet, issue: IssueRule, phrase: Phrase, gathered: _Gathered, since: datetime
) -> Suggestion | None:
    lines = [line for item in phrase.seen.items for line in gathered.lines[item, issue.id]]
    line = line_for(phrase.words, lines, issue.about)
    if line is None:
        return None
    after = replace(issue, about=(*issue.about, line))
    change = RuleChange(kind=RuleKind.ISSUE, id=issue.id, before=issue, after=after)
    preview = preview_matches(database, Draft(before=rules, changes=(change,)), since)
    gained = [found for found in preview.gained if found.rule == issue.id and found.kind is RuleKind.ISSUE]
    if not gained:
        return None
    return Suggestion(
        id=suggestion_id(SuggestionKind.PHRASE, issue.id, *phrase.stems),
        kind=SuggestionKind.PHRASE,
        subject=f"{issue.id}: {phrase.words}",
        summary=f"“{phrase.words}” for {issue.name}, as the line {line}",
        items=len(phrase.seen.items),
        publishers=len(phrase.seen.publishers),
        issues=(issue.id,),
        passages=tuple(phrase.seen.passages),
        score=phrase.ratio,
        before=issue,
        after=after,
        notes=(f"log-likelihood ratio {phrase.ratio:.1f}", *_would_find(preview)),
        would_gain=len(gained),
    )


def _would_find(preview: MatchPreview) -> Iterator[str]:
    for item in preview.gained[:3]:
        words = "; ".join(" ".join(span.text.split())[:120] for span in item.spans[:1])
        yield f"would find item {item.item_id}, {item.published_at:%Y-%m-%d}, {item.publisher}: {words}"
