"""Suggestions: found in what is stored, offered with their evidence, accepted as any other edit or dismissed for good.

Nothing is applied by itself. A suggestion has the same id at every run, so an answer holds for all later ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from monitor.pipeline.preview import Draft
from monitor.pipeline.rule_checks import problems_with
from monitor.pipeline.rule_edits import RuleChange, by_key, save_edits
from monitor.pipeline.suggested_names import Progress, suggested_names
from monitor.pipeline.suggested_offices import suggested_offices
from monitor.pipeline.suggested_phrases import suggested_phrases
from monitor.positions.protocol import Extractor
from monitor.positions.suggestions.names import LEAST_ITEMS
from monitor.positions.suggestions.values import Suggestion, SuggestionKind
from rules.model import RuleSet
from rules.problem import RulesInvalid
from storage.engine import Database
from storage.errors import NotFound
from storage.rule_bodies import kind_of
from storage.suggestions import Answer, AnsweredSuggestion

ALL_KINDS = tuple(SuggestionKind)


class NothingToWrite(ValueError):  # noqa: N818 - the name says what is the matter
    """A suggestion that only a person can turn into an edit."""


class RuleMoved(ValueError):  # noqa: N818 - the name says what happened
    """The rule that a suggestion was made from is another by now. Nothing was saved."""


def find_suggestions(
    database: Database,
    since: datetime,
    now: datetime,
    *,
    kinds: Collection[SuggestionKind] = ALL_KINDS,
    least_items: int = LEAST_ITEMS,
    progress: Progress = lambda _what, _done, _total: None,
) -> list[Suggestion]:
    """What stored items published since suggest under the rules in force, without what was answered already.

    By kind, and within a kind the strongest first. `least_items` is how many items must name somebody unknown.
    """
    with database.view() as work:
        rules = work.rules.current()
        answered = work.suggested.answers()
    found: list[Suggestion] = []
    if SuggestionKind.NAME in kinds or SuggestionKind.ALIAS in kinds:
        names = suggested_names(database, rules, since, progress, least_items=least_items)
        found += sorted(names, key=lambda suggestion: ALL_KINDS.index(suggestion.kind))
    if SuggestionKind.PHRASE in kinds:
        found += suggested_phrases(database, rules, since, progress)
    if SuggestionKind.OFFICE in kinds:
        found += suggested_offices(database, rules, since, now, progress)
    return [suggestion for suggestion in found if suggestion.kind in kinds and suggestion.id not in answered]


def find_suggestion(
    database: Database,
    identity: str,
    since: datetime,
    now: datetime,
    *,
    least_items: int = LEAST_ITEMS,
    progress: Progress = lambda _what, _done, _total: None,
) -> Suggestion:
    """The suggestion with this id, as it stands now. Raises NotFound where nothing suggests it, or it was answered."""
    kinds = [kind for kind in SuggestionKind if identity.startswith(f"{kind}-")]
    if kinds:
        found = find_suggestions(database, since, now, kinds=kinds, least_items=least_items, progress=progress)
        for suggestion in found:
            if suggestion.id == identity:
                return suggestion
    raise NotFound("suggestion", identity)


def draft_of(rules: RuleSet, suggestion: Suggestion) -> Draft:
    """The edit that accepting would save, as previews take it.

    Raises NothingToWrite, and RuleMoved when the rule is no longer the one that the suggestion was made from.
    """
    after = suggestion.after
    if after is None:
        raise NothingToWrite(f"{suggestion.summary}; edit the rule by hand, and dismiss the suggestion")
    kind = kind_of(after)
    before = by_key(rules).get((kind, after.id))
    if before != suggestion.before:
        raise RuleMoved(f"{kind} {after.id} was changed since; look for suggestions again")
    return Draft(before=rules, changes=(RuleChange(kind=kind, id=after.id, before=before, after=after),))


def accept(
    database: Database,
    suggestion: Suggestion,
    who: str,
    why: str,
    now: datetime,
    *,
    extractor: Extractor,
    despite_examples: bool = False,
) -> str:
    """Saves the edit that a suggestion offers, as any other edit is saved; gives the version of the set.

    Raises NothingToWrite, RuleMoved, RulesInvalid for an edit that `rules check` would refuse, and ExamplesFailed.
    """
    with database.view() as work:
        rules = work.rules.current()
    draft = draft_of(rules, suggestion)
    fatal = [problem for problem in problems_with(rules, draft.changes) if problem.fatal]
    if fatal:
        raise RulesInvalid(fatal)
    reason = f"suggestion {suggestion.id}" + (f": {why}" if why else "")
    version = save_edits(
        database, draft.changes, who, reason, now, extractor=extractor, despite_examples=despite_examples
    )
    _answer(database, suggestion, Answer.ACCEPTED, who, why, now)
    return version


def dismiss(database: Database, suggestion: Suggestion, who: str, why: str, now: datetime) -> None:
    """Sees to it that a suggestion is not offered again."""
    _answer(database, suggestion, Answer.DISMISSED, who, why, now)


def recall(database: Database, identity: str, who: str, why: str, now: datetime) -> None:
    """Takes an answer back, so that the suggestion may be offered again; no rule is changed. Raises NotFound."""
    with database.work() as work:
        work.suggested.take_back(identity)
        work.audit.add(who, "suggestion recalled", identity, {"why": why}, now)


def answered_suggestions(database: Database) -> Sequence[AnsweredSuggestion]:
    """What was accepted and dismissed, oldest first."""
    with database.view() as work:
        return list(work.suggested.answers().values())


def _answer(database: Database, suggestion: Suggestion, answer: Answer, who: str, why: str, now: datetime) -> None:
    with database.work() as work:
        work.suggested.answer(suggestion.id, suggestion.kind.value, suggestion.subject, answer, who, why, now)
        detail = {"why": why, "subject": suggestion.subject}
        work.audit.add(who, f"suggestion {answer.value}", suggestion.id, detail, now)
