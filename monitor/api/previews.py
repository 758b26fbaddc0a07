"""/api/rules/preview: what a draft of rules would gain and lose over stored items. For operators; it only reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from monitor.api.as_it_goes import told_as_it_goes
from monitor.api.preview_shapes import effects_out, matches_out
from monitor.api.problem import Invalid, documented, problem
from monitor.pipeline.draft import DRAFT, draft_of
from monitor.pipeline.preview import Draft, preview_matches
from monitor.pipeline.preview_effects import EffectPreview
from monitor.positions.protocol import Extractor
from monitor.positions.track import Tracker
from rules.model import RuleKind
from rules.problem import RulesInvalid
from storage.engine import Database

AT_ONCE = 2
MEDIA_TYPE = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """What a preview is made with: as the worker reads and tracks. `extractor` opens one for the time of a preview.

    Whoever makes one takes one of its `places` first.
    """

    database: Database
    packs: Sequence[Path]
    extractor: Callable[[], AbstractContextManager[Extractor]]
    tracker: Tracker
    follow_precision: bool
    clock: Callable[[], datetime]
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))


def previews_router(previews: Previews | None) -> APIRouter:
    """The one route; None where the application was composed without what reads drafts."""
    router = APIRouter(prefix="/rules", tags=["rules"])

    @router.post(
        "/preview",
        summary="What a draft would gain and lose",
        response_class=StreamingResponse,
        responses=_ANSWERS,
        openapi_extra={"requestBody": _BODY},
    )
    async def preview(
        request: Request,
        kind: Annotated[RuleKind, Query(description="What rules the draft holds.")],
        days: Annotated[int, Query(ge=1, le=36_500, description="Over what was published in so many days.")] = 30,
        matches: Annotated[bool, Query(description="Only the items gained and lost: read no statements.")] = False,
    ) -> Response:
        """Previews a draft, the list of rules of a pack's file in YAML or JSON.

        Lines of JSON follow one another as they are known, each with an `event`: first `matches`, then `progress`, and
        at the end `effects` with statements, changes, and the alerts that each subscriber would gain and lose; or
        `error`.
        """
        if previews is None:
            return problem(503, "This service was started without what previews are made with.")
        text = await request.body()
        try:
            draft = await run_in_threadpool(_draft, previews, text, kind)
        except RulesInvalid as invalid:
            return problem(422, "The draft cannot be used.", invalid=_parts(invalid))
        if not previews.places.acquire(blocking=False):
            return problem(503, "Other previews are under way; try again.", headers={"Retry-After": "5"})
        return _streamed(previews, draft, days, matches_only=matches)

    return router


def _streamed(previews: Previews, draft: Draft, days: int, *, matches_only: bool) -> StreamingResponse:
    since = previews.clock() - timedelta(days=days)
    lines = told_as_it_goes(
        lambda tell: _run(previews, draft, since, tell, matches_only=matches_only), at_end=previews.places.release
    )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_as_lines(lines), media_type=MEDIA_TYPE, headers=headers)


_LINES = """{"event": "progress", "what": "Reading", "done": 20, "of": 120}
{"event": "error", "detail": "The preview failed; the log of the service says why."}
"""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": _LINES}},
        "description": "One JSON object a line.",
    },
    **documented(401, 403, 413, 415, 422, 429, 500, 503),
}
_DRAFT = [{"id": "bridge", "name": "The bridge", "proposition": "A bridge is built.", "about": ["bridge"]}]
_BODY = {
    "required": True,
    "content": {
        "application/yaml": {
            "schema": {"type": "string"},
            "example": "- id: bridge\n  name: The bridge\n  proposition: A bridge is built.\n  about: [bridge]\n",
        },
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}, "example": _DRAFT},
    },
}


def _parts(found: RulesInvalid) -> list[Invalid]:
    return [Invalid(where=f"{DRAFT}:{p.line}:{p.column}", what=f"{p.message}; {p.remedy}") for p in found.problems]


def _draft(previews: Previews, text: bytes, kind: RuleKind) -> Draft:
    with previews.database.view() as work:
        in_force = work.rules.current()
    return draft_of(text, kind, in_force, previews.packs)


def _run(
    previews: Previews, draft: Draft, since: datetime, tell: Callable[[dict[str, Any]], None], *, matches_only: bool
) -> None:
    found = preview_matches(previews.database, draft, since)
    tell({"event": "matches", **matches_out(found, draft)})
    if matches_only:
        return
    with previews.extractor() as extractor:
        run = EffectPreview(
            previews.database, draft, extractor, previews.tracker, follow_precision=previews.follow_precision
        )
        effects = run.run(
            found.touched,
            found.gained,
            found.lost,
            lambda what, done, total: tell({"event": "progress", "what": what, "done": done, "of": total}),
        )
    tell({"event": "effects", **effects_out(effects)})


def _as_lines(told: Iterator[dict[str, Any]]) -> Iterator[str]:
    for one in told:
        yield json.dumps(one, ensure_ascii=False) + "\n"
