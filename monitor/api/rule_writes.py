"""/api/rules, for operators: put, switch off, restore"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from monitor.api.access import Caller, caller
from monitor.api.etag import must_match, tag_of_thing
from monitor.api.parameters import RuleName
from monitor.api.previews import Previews
from monitor.api.problem import documented
from monitor.api.schema_rules import RuleDetail, rule_detail
from monitor.pipeline.rule_drafts import uses_of
from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange, restore, save_edits
from rules.model import AnyRule, RuleKind, RuleSet
from rules.one_rule import read_rule
from storage.engine import Database
from storage.errors import NotFound, RuleSavedMeanwhile
from storage.values import RuleVersion
from storage.work import Work

By = Annotated[Caller, Depends(caller)]
Why = Annotated[str, Query(max_length=500, description="Why, for the record.", examples=["two more wordings"])]
Despite = Annotated[bool, Query(description="Save although examples of the rules do not come out.")]


class ToVersion(BaseModel):
    """Which earlier version is to hold again."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1, examples=[3])


def shown_rule(work: Work, kind: RuleKind, rule: str) -> tuple[RuleVersion, RuleDetail]:
    """The version of a rule that holds, and how it is shown. Raises NotFound."""
    standing = work.rules.standing_of(kind, rule)
    if standing is None:
        raise NotFound(kind.value, rule)
    return standing, rule_detail(standing, work.rules.written(kind, rule))


class RuleWrites:
    """The operations. Nobody overrules what they have not seen: each names the ETag of what it changes."""

    def __init__(self, database: Database, previews: Previews | None) -> None:
        self._database = database
        self._previews = previews

    async def put(
        self,
        request: Request,
        kind: RuleKind,
        rule: RuleName,
        who: By,
        response: Response,
        why: Why = "",
        despite_examples: Despite = False,
    ) -> RuleDetail:
        """Puts a rule in force from the next item on: the one entry of a list, as in a pack's file, in YAML or JSON.

        A new rule needs no header, and gives 201. One that is there takes `If-Match` with its ETag. Problems come with
        their line and column in what was sent.
        """
        text = (await request.body()).decode("utf-8", "replace")
        return await run_in_threadpool(self._put, request, kind, rule, who, response, text, why, despite_examples)

    def _put(
        self,
        request: Request,
        kind: RuleKind,
        rule: str,
        who: Caller,
        response: Response,
        text: str,
        why: str,
        despite: bool,
    ) -> RuleDetail:
        before, in_force, edited = self._seen(request, kind, rule)
        response.status_code = 201 if edited == 0 else 200
        after = _read(kind, rule, text, in_force)
        change = RuleChange(kind=kind, id=rule, before=before, after=after, edited=edited, written=text)
        self._save(change, who, why, despite=despite)
        return self._answer(kind, rule, response)

    def switch_off(
        self,
        request: Request,
        kind: RuleKind,
        rule: RuleName,
        who: By,
        why: Why = "",
        despite_examples: Despite = False,
    ) -> None:
        """Switches a rule off, from the next item on. Its versions stay, and each can be restored."""
        before, in_force, edited = self._seen(request, kind, rule)
        if edited == 0:
            raise NotFound(kind.value, rule)
        with self._database.view() as work:
            uses = uses_of(work, in_force, kind, rule)
        if uses.forbid:
            users = [*(name for _, name in uses.named_by), *uses.holder_in]
            raise HTTPException(409, f"Other rules name it: {', '.join(users)}; change these first.")
        self._save(
            RuleChange(kind=kind, id=rule, before=before, after=None, edited=edited), who, why, despite=despite_examples
        )

    def restore(
        self,
        request: Request,
        kind: RuleKind,
        rule: RuleName,
        to: ToVersion,
        who: By,
        response: Response,
        why: Why = "",
    ) -> RuleDetail:
        """Puts an earlier version in force again, as a version of its own."""
        previews = self._tools()
        _, _, edited = self._seen(request, kind, rule)
        try:
            restore(self._database, kind, rule, to.version, who.who, why, previews.clock(), edited=edited)
        except RuleSavedMeanwhile:
            raise _meanwhile() from None
        return self._answer(kind, rule, response)

    def _seen(self, request: Request, kind: RuleKind, rule: str) -> tuple[AnyRule | None, RuleSet, int]:
        """The rule as it is, all in force, and the version that the caller has seen; 0 where there is none."""
        with self._database.view() as work:
            in_force = work.rules.current()
            try:
                standing, detail = shown_rule(work, kind, rule)
            except NotFound:
                must_match(request, None)
                return None, in_force, 0
        must_match(request, tag_of_thing(detail))
        return standing.rule, in_force, standing.version

    def _save(self, change: RuleChange, who: Caller, why: str, *, despite: bool) -> None:
        previews = self._tools()
        try:
            with previews.extractor() as extractor:
                now: datetime = previews.clock()
                save_edits(self._database, [change], who.who, why, now, extractor=extractor, despite_examples=despite)
        except RuleSavedMeanwhile:
            raise _meanwhile() from None
        except ExamplesFailed as failed:
            raise _invalid([(("examples",), str(one)) for one in failed.failed]) from None

    def _tools(self) -> Previews:
        if self._previews is None:
            raise HTTPException(503, "This service was started without what reads the examples of rules.")
        return self._previews

    def _answer(self, kind: RuleKind, rule: str, response: Response) -> RuleDetail:
        with self._database.view() as work:
            _, detail = shown_rule(work, kind, rule)
        response.headers["ETag"] = tag_of_thing(detail)
        return detail


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {
                "schema": {"type": "string"},
                "example": "- id: bridge\n  name: The bridge\n  proposition: A bridge is built.\n  about: [bridge]\n",
            },
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": 1},
                "example": [
                    {"id": "bridge", "name": "The bridge", "proposition": "A bridge is built.", "about": ["bridge"]}
                ],
            },
        },
    }
}


def rule_writes_router(database: Database, previews: Previews | None) -> APIRouter:
    """What operators do with rules; `previews` has what reads their examples."""
    router = APIRouter(prefix="/rules/{kind}/{rule}", tags=["rules"])
    writes = RuleWrites(database, previews)
    responses = documented(404, 409, 412, 413, 415, 422, 428)
    put = {201: {"model": RuleDetail, "description": "Created"}, **responses}
    router.add_api_route(
        "", writes.put, methods=["PUT"], summary="Put a rule in force", responses=put, openapi_extra=_BODY
    )
    router.add_api_route(
        "", writes.switch_off, methods=["DELETE"], status_code=204, summary="Switch a rule off", responses=responses
    )
    router.add_api_route("/restore", writes.restore, methods=["POST"], summary="Restore a version", responses=responses)
    return router


def _read(kind: RuleKind, rule: str, text: str, in_force: RuleSet) -> AnyRule:
    known = {
        RuleKind.ACTOR: in_force.actors,
        RuleKind.ISSUE: in_force.issues,
        RuleKind.QUERY: in_force.queries,
    }[kind]
    read = read_rule(kind, text, in_force, rule if rule in known else None)
    if read.rule is None:
        raise _invalid([((p.line, p.column), f"{p.message}; {p.remedy}") for p in read.fatal])
    if read.rule.id != rule:
        raise _invalid([(("id",), f"must be {rule}, as in the address")])
    return read.rule


def _invalid(problems: list[tuple[tuple[int | str, ...], str]]) -> RequestValidationError:
    return RequestValidationError(
        [{"loc": ("body", *place), "msg": what, "type": "value_error"} for place, what in problems]
    )


def _meanwhile() -> HTTPException:
    return HTTPException(412, "It was changed since you got it; get it again, and repeat the change on that.")
