"""/desk/suggestions: what stored items suggest that the rules lack, with evidence: accepted, dismissed, recalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.api.names import Names
from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange
from monitor.pipeline.suggestions import (
    NothingToWrite,
    RuleMoved,
    accept,
    answered_suggestions,
    dismiss,
    find_suggestions,
    recall,
)
from monitor.positions.suggestions.values import Passage, Suggestion, SuggestionKind
from monitor.web.highlight import Mark, Segment, segments
from monitor.web.jobs import Job, Progress
from monitor.web.pages.rules.bench import Bench, DraftFields, one, who_is
from monitor.web.pages.rules.editor import LONGEST_WHY, Editor
from monitor.web.pages.rules.versions import Drawn, drawn_change
from rules.problem import RulesInvalid
from storage.rule_bodies import kind_of

DAYS = (30, 90, 365)
KINDS = {
    SuggestionKind.NAME: "Somebody whom no actor names",
    SuggestionKind.ALIAS: "Another name of an actor",
    SuggestionKind.PHRASE: "A phrase for an issue",
    SuggestionKind.OFFICE: "An office that has ended",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look over the stored items found; the same for whoever asks next."""

    at: datetime
    days: int
    found: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggestion as it is shown: its passages with their marks, and the edit that accepting would save."""

    suggestion: Suggestion
    passages: tuple[tuple[Passage, tuple[Segment, ...]], ...]
    edit: Sequence[Drawn]


class Suggesting:
    """The page of suggestions. A look takes longer than a page may, so it runs beside and is kept."""

    def __init__(self, bench: Bench, editor: Editor) -> None:
        self._bench = bench
        self._editor = editor
        self._desk = bench.desk
        self._job: Job[Looked] = Job(bench.desk.clock)
        self._looked: Looked | None = None

    def show(self) -> HTMLResponse:
        """What was found last, without what was answered since."""
        return self._page()

    def look(self, request: Request, sent: DraftFields) -> Response:
        """Begins to look over the stored items."""
        days = one(sent, "days")
        if days not in map(str, DAYS):
            raise HTTPException(422, "Choose one of the periods.")
        self._job.start(f"the last {days} days", who_is(request), lambda progress: self._look(int(days), progress))
        return RedirectResponse("/desk/suggestions", 303)

    def answer(self, request: Request, identity: str, sent: DraftFields) -> Response:
        """Accepts, dismisses or recalls one, or opens the editor with it."""
        who, now, why = who_is(request), self._desk.clock(), " ".join(one(sent, "why").split())[:LONGEST_WHY]
        if one(sent, "do") == "recall":
            recall(self._desk.database, identity, who, why, now)
            return RedirectResponse("/desk/suggestions", 303)
        known = self._found()
        at = next((n for n, suggestion in enumerate(known) if suggestion.id == identity), None)
        if at is None:
            return self._page(problem="It is not offered any more: somebody answered it, or look anew.", status=409)
        suggestion = known[at]
        following = known[at + 1] if at + 1 < len(known) else None
        if one(sent, "do") == "edit" and suggestion.after is not None:
            return self._editor.opened(suggestion.after, f"suggestion {identity}")
        if one(sent, "do") == "dismiss":
            dismiss(self._desk.database, suggestion, who, why, now)
            return self._next(following)
        try:
            accept(
                self._desk.database, suggestion, who, why, now,
                extractor=self._bench.examples, despite_examples=one(sent, "despite") == identity,
            )  # fmt: skip
        except ExamplesFailed as failed:
            return self._page(doubts=tuple(map(str, failed.failed)), of=identity, status=422)
        except (NothingToWrite, RuleMoved) as reason:
            return self._page(problem=f"Nothing was saved: {reason}.", of=identity, status=409)
        except RulesInvalid as invalid:
            said = "; ".join(f"{p.message}; {p.remedy}" for p in invalid.problems[:3])
            return self._page(problem=f"Nothing was saved: {said}.", of=identity, status=422)
        return self._next(following)

    @staticmethod
    def _next(following: Suggestion | None) -> Response:
        anchor = f"#{quote(following.id)}" if following is not None else ""
        return RedirectResponse(f"/desk/suggestions{anchor}", 303)

    def _look(self, days: int, progress: Progress) -> Looked:
        now = self._desk.clock()
        found = find_suggestions(self._desk.database, now - timedelta(days=days), now, progress=progress)
        return Looked(now, days, tuple(found))

    def _found(self) -> list[Suggestion]:
        """What the last look found, without what was answered since."""
        run = self._job.last
        if run is not None and run.result is not None:
            self._looked = run.result
        answered = {answer.id for answer in answered_suggestions(self._desk.database)}
        return [s for s in (self._looked.found if self._looked else ()) if s.id not in answered]

    def _page(
        self, *, problem: str = "", doubts: tuple[str, ...] = (), of: str = "", status: int = 200
    ) -> HTMLResponse:
        found = self._found()
        with self._desk.database.view() as work:
            names = Names(work.rules.current())
        offered = [_offered(suggestion) for suggestion in found]
        values: dict[str, Any] = {
            "run": self._job.last,
            "looked": self._looked,
            "kinds": [(words, [o for o in offered if o.suggestion.kind is kind]) for kind, words in KINDS.items()],
            "count": len(offered),
            "answered": list(reversed(answered_suggestions(self._desk.database)))[:50],
            "names": names,
            "days": DAYS,
            "problem": problem,
            "doubts": doubts,
            "of": of,
        }
        headers = {"Cache-Control": "no-store"}
        return self._desk.pages.page("suggestions.html", values, status=status, headers=headers)


def _offered(suggestion: Suggestion) -> Offered:
    passages = tuple(
        (one, tuple(segments(one.text, [Mark(start, end, "found", "") for start, end in one.marks])))
        for one in suggestion.passages
    )
    after = suggestion.after
    if after is None:
        return Offered(suggestion, passages, ())
    change = RuleChange(kind=kind_of(after), id=after.id, before=suggestion.before, after=after)
    return Offered(suggestion, passages, drawn_change(change))
