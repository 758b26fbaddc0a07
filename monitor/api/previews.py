"""/api/rules/preview: what a draft of rules would gain and lose over stored items. For operators; it only reads."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query
from pydantic import SecretStr
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

MOST_BYTES = 256 * 1024
"""Of a draft; the seed pack's largest file has a tenth of it."""
AT_ONCE = 2
MEDIA_TYPE = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """What a preview is made with: as the worker reads and tracks. `extractor` opens one for the time of a preview."""

    database: Database
    packs: Sequence[Path]
    extractor: Callable[[], AbstractContextManager[Extractor]]
    tracker: Tracker
    follow_precision: bool
    clock: Callable[[], datetime]


def previews_router(previews: Previews | None, token: SecretStr | None) -> APIRouter:
    """The one route. Without a token of the settings it is switched off."""
    router = APIRouter(prefix="/api/rules", tags=["rules"])
    places = BoundedSemaphore(AT_ONCE)

    @router.post(
        "/preview",
        response_class=StreamingResponse,
        responses=_ANSWERS,
        openapi_extra={"requestBody": _BODY},
    )
    async def preview(
        request: Request,
        kind: Annotated[RuleKind, Query(description="What rules the draft holds.")],
        days: Annotated[int, Query(ge=1, le=36_500, description="Over what was published in so many days.")] = 30,
        matches: Annotated[bool, Query(description="Only the items gained and lost: read no statements.")] = False,
        authorization: Annotated[str | None, Header(max_length=1000)] = None,
    ) -> Response:
        """Previews a draft, the list of rules of a pack's file in YAML or JSON.

        Lines of JSON follow one another as they are known, each with an `event`: first `matches`, then `progress`, and
        at the end `effects` with statements, changes, and the alerts that each subscriber would gain and lose; or
        `error`.
        """
        if previews is None or token is None:
            return problem(403, "The operators' part of the API is off; VOLTEFACE_OPERATOR_TOKEN switches it on.")
        if not _may(authorization, token):
            return problem(401, "Send the operators' token as a bearer token.", headers={"WWW-Authenticate": "Bearer"})
        text = await _body(request)
        try:
            draft = await run_in_threadpool(_draft, previews, text, kind)
        except RulesInvalid as invalid:
            return problem(422, "The draft cannot be used.", invalid=_parts(invalid))
        if not places.acquire(blocking=False):
            return problem(503, "Other previews are under way; try again.", headers={"Retry-After": "5"})
        return _streamed(previews, draft, days, places, matches_only=matches)

    return router


def _streamed(
    previews: Previews, draft: Draft, days: int, places: BoundedSemaphore, *, matches_only: bool
) -> StreamingResponse:
    since = previews.clock() - timedelta(days=days)
    lines = told_as_it_goes(
        lambda tell: _run(previews, draft, since, tell, matches_only=matches_only), at_end=places.release
    )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_as_lines(lines), media_type=MEDIA_TYPE, headers=headers)


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "One JSON object a line."},
    **documented(401, 403, 413, 422, 503),
}
_BODY = {
    "required": True,
    "content": {name: {"schema": {"type": "string"}} for name in ("application/yaml", "application/json")},
}


def _may(authorization: str | None, token: SecretStr) -> bool:
    scheme, _, given = (authorization or "").partition(" ")
    same = secrets.compare_digest(given.strip().encode(), token.get_secret_value().encode())
    return scheme.casefold() == "bearer" and same


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"A draft has at most {MOST_BYTES} bytes.")
    return bytes(body)


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
