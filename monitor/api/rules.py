"""/api/actors, /api/issues and /api/rules: what is watched, and every version of it"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from monitor.api.etag import tag_of_thing
from monitor.api.names import Names
from monitor.api.parameters import RuleName
from monitor.api.problem import documented
from monitor.api.rule_writes import shown_rule
from monitor.api.schema import Issue, Issues
from monitor.api.schema_rules import (
    ActorOut,
    Actors,
    RuleDetail,
    Rules,
    RuleVersions,
    actor_of,
    rule_of,
    version_of,
)
from rules.model import RuleKind
from storage.engine import Database
from storage.errors import NotFound


def watched_router(database: Database) -> APIRouter:
    """What is watched, for readers: actors and issues."""
    router = APIRouter()

    @router.get("/actors", tags=["actors"], summary="All actors")
    def actors() -> Actors:
        """Everybody whose positions are watched, by id; all of them at once."""
        with database.view() as work:
            found = work.rules.current().actors
        return Actors(actors=[actor_of(found[key]) for key in sorted(found)])

    @router.get("/actors/{actor}", tags=["actors"], summary="One actor", responses=documented(404, 422))
    def actor(actor: RuleName) -> ActorOut:
        """One actor with names and offices."""
        with database.view() as work:
            found = work.rules.current().actors.get(actor)
        if found is None:
            raise NotFound("actor", actor)
        return actor_of(found)

    @router.get("/issues", tags=["issues"], summary="All issues")
    def issues() -> Issues:
        """All that positions are watched on, by id; all of them at once."""
        with database.view() as work:
            rules = work.rules.current()
        return Issues(issues=[_issue(rules.issues[key].id, Names(rules)) for key in sorted(rules.issues)])

    @router.get("/issues/{issue}", tags=["issues"], summary="One issue", responses=documented(404, 422))
    def issue(issue: RuleName) -> Issue:
        """One issue with the sentence that is supported or opposed."""
        with database.view() as work:
            rules = work.rules.current()
        if issue not in rules.issues:
            raise NotFound("issue", issue)
        return _issue(issue, Names(rules))

    return router


def rules_router(database: Database) -> APIRouter:
    """The rules themselves, and every version of them."""
    router = APIRouter()

    @router.get("/rules", tags=["rules"], summary="All rules", responses=documented(422))
    def rules(kind: Annotated[RuleKind | None, Query(description="Only those of this kind.")] = None) -> Rules:
        """Of each rule the version that holds, by kind and id; those that are switched off too."""
        with database.view() as work:
            found = work.rules.standing()
            version = work.rules.current().version
        return Rules(version=version, rules=[rule_of(one) for one in found if kind is None or one.kind is kind])

    @router.get("/rules/{kind}/{rule}", tags=["rules"], summary="One rule", responses=documented(404, 422))
    def rule(kind: RuleKind, rule: RuleName, response: Response) -> RuleDetail:
        """One rule in full. The ETag is what a change of it has to name."""
        with database.view() as work:
            _, detail = shown_rule(work, kind, rule)
        response.headers["ETag"] = tag_of_thing(detail)
        return detail

    @router.get(
        "/rules/{kind}/{rule}/versions",
        tags=["rules"],
        summary="All versions of a rule",
        responses=documented(404, 422),
    )
    def versions(kind: RuleKind, rule: RuleName) -> RuleVersions:
        """Every version of a rule, newest first: who saved it, when and why."""
        with database.view() as work:
            found = work.rules.history(kind, rule)
        if not found:
            raise NotFound(kind.value, rule)
        return RuleVersions(versions=[version_of(one) for one in sorted(found, key=lambda v: -v.version)])

    return router


def _issue(issue: str, names: Names) -> Issue:
    return Issue(id=issue, name=names.issue(issue), proposition=names.proposition(issue))
