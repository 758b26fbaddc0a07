"""/desk/rules/draft: what an operator types, answered while they type: the other side, the problems, the preview."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from monitor.pipeline.rule_drafts import failing_examples
from monitor.web.door import Fields
from monitor.web.pages.rules.bench import Bench, DraftFields, one
from monitor.web.pages.rules.editor import form_values
from monitor.web.pages.rules.previewing import MOST_READ, days_of, draft_with, preview_lines
from monitor.web.pages.rules.sides import Sides, sent_sides
from rules.model import RuleKind, RuleSet

MEDIA_TYPE = "application/x-ndjson"


class Live:
    """Answers a draft with lines of JSON: `draft`, then `matches`, `progress` and `effects`; or `busy`, or `error`."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk

    async def draft(self, sent: DraftFields) -> Response:
        """One draft. Nothing is saved. A browser that goes away ends it."""
        kind, known_as = one(sent, "kind_of_rule"), one(sent, "known_as") or None
        if kind not in list(RuleKind):
            raise HTTPException(422, "A draft says which kind of rule it is.")
        in_force, sides = await run_in_threadpool(self._read, RuleKind(kind), sent, known_as)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        lines = _as_lines(self._lines(sent, sides, in_force))
        return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=headers)

    def _read(self, kind: RuleKind, sent: Fields, known_as: str | None) -> tuple[RuleSet, Sides]:
        with self._desk.database.view() as work:
            in_force = work.rules.current()
        return in_force, sent_sides(kind, sent, in_force, known_as)

    def _lines(self, sent: Fields, sides: Sides, in_force: RuleSet) -> Iterator[dict[str, Any]]:
        yield self._draft(sides, in_force)
        previews, rule = self._bench.previews, sides.rule
        if previews is None or rule is None:
            return
        draft = draft_with(rule, in_force)
        if not draft.changes:
            yield {"event": "same"}
            return
        if not previews.places.acquire(blocking=False):
            yield {"event": "busy"}
            return
        most = None if one(sent, "all") else MOST_READ
        yield from preview_lines(self._bench, draft, days_of(sent), most, previews.places.release)

    def _draft(self, sides: Sides, in_force: RuleSet) -> dict[str, Any]:
        fragment = self._desk.pages.fragment
        values = form_values(sides, in_force)
        failing = {}
        if sides.rule is not None and sides.rule.examples:
            failing = failing_examples(in_force, sides.rule, self._bench.examples, self._desk.clock().date())
        found: dict[str, Any] = {
            "event": "draft",
            "taken": sides.taken,
            "unreadable": sides.unreadable,
            "marks": [asdict(mark) for mark in sides.marks],
            "problems": fragment("rule_problems.html", values),
            "examples": fragment("rule_examples.html", {"rule": sides.rule, "failing": failing}),
            "form_was": values["form_mark"],
            "text_was": values["text_mark"],
        }
        if sides.taken == "form":
            found["text"] = sides.text
        elif sides.taken == "text" and not sides.unreadable:
            found["form"] = fragment("rule_form.html", values)
        return found


def _as_lines(told: Iterator[dict[str, Any]]) -> Iterator[str]:
    for line in told:
        yield json.dumps(line, ensure_ascii=False) + "\n"
