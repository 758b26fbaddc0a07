"""/changes: the whole stream by any filter, and one change for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from monitor.alerts.targets import mask
from monitor.api.names import Names
from monitor.api.parameters import Before, RowId, address
from monitor.api.views import change_views
from monitor.model.account import Role
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.web.asked import ASKED
from monitor.web.changes_asked import NARROWING, Narrowed, narrowed_by
from monitor.web.chosen import KIND_NAMES, families, groups
from monitor.web.desk import Desk
from monitor.web.parameters import Blank, Id
from monitor.web.words import KINDS, STATUSES
from rules.model import RuleSet
from storage.chosen_changes import ChangeChoice
from storage.work import Work

PAGE = 25
MOST_NAMED = 200
"""Subscriptions that an operator sees by name on the page of a change; all are counted."""


def changes_router(desk: Desk) -> APIRouter:
    """The stream and the permalinks."""
    router = APIRouter(prefix="/changes", include_in_schema=False)

    def changes(
        narrowed: Annotated[Narrowed, Depends(narrowed_by)],
        actor: Id = None,
        issue: Id = None,
        kind: Annotated[ChangeKind | None, Blank] = None,
        before: Before = None,
    ) -> HTMLResponse:
        with desk.database.view() as work:
            last_event = work.events.last_id()
            rules = work.rules.current()
            choice = replace(_choice(narrowed, rules, actor, issue), kind=kind)
            found = work.chosen_changes.page(choice, PAGE + 1, before)
            views = change_views(work, found[:PAGE])
        query = {"actor": actor, "issue": issue, "kind": kind.value if kind else None, **narrowed.query()}
        more = found[PAGE - 1].id if len(found) > PAGE else None
        values = {
            "last_event": last_event if before is None else None,
            "names": Names(rules), "views": views, "before": before,
            "older": None if more is None else address("/changes", **query, before=more),
            "newest": None if before is None else address("/changes", **query),
            **_form(query, narrowed, rules),
        }  # fmt: skip
        return desk.pages.page("changes.html", values)

    def change(change_id: RowId) -> HTMLResponse:
        with desk.database.view() as work:
            values = _change(work, change_id)
        return desk.pages.page("change.html", values)

    router.add_api_route("", changes, methods=["GET", "HEAD"])
    router.add_api_route("/{change_id}", change, methods=["GET", "HEAD"])
    return router


def _is_operator() -> bool:
    visitor = ASKED.get().visitor
    return visitor is not None and visitor.account.role is Role.OPERATOR


def _change(work: Work, number: int) -> dict[str, Any]:
    [view] = change_views(work, [work.positions.change(number)])
    return {
        "last_event": work.events.last_id(), "view": view, "names": Names(work.rules.current()), "masked": mask,
        "told": work.told.counts(number),
        "whom": work.told.one_by_one(number, MOST_NAMED) if _is_operator() else None,
    }  # fmt: skip


def _choice(narrowed: Narrowed, rules: RuleSet, actor: str | None, issue: str | None) -> ChangeChoice:
    """What is asked for: one actor of a group is that actor, or nobody."""
    choice = narrowed.choice(rules)
    if actor is not None:
        choice = replace(choice, actors=_only(actor, choice.actors))
    return choice if issue is None else replace(choice, issues=_only(issue, choice.issues))


def _only(one: str, among: frozenset[str] | None) -> frozenset[str]:
    return frozenset({one}) if among is None else among & {one}


def _form(query: dict[str, str | None], narrowed: Narrowed, rules: RuleSet) -> dict[str, Any]:
    """The form, with every name that it has and what was given for it; and the feeds of just what was asked for."""
    return {
        "asked": {**dict.fromkeys(NARROWING), **query}, "filtered": any(value is not None for value in query.values()),
        "groups": groups(rules), "families": families(rules), "actor_kinds": KIND_NAMES,
        "kinds": KINDS, "statuses": STATUSES,
        "atom": _feed("/changes.atom", narrowed, query), "json_feed": _feed("/changes.json", narrowed, query),
    }  # fmt: skip


def _feed(path: str, narrowed: Narrowed, query: dict[str, str | None]) -> str:
    """The feed of just these changes: it tells of pending ones, too, unless confirmed ones only are asked for."""
    pending = None if narrowed.status is ChangeStatus.CONFIRMED else "true"
    return address(path, **query, pending=pending)
