"""/subscriptions/{id}/history: what a subscription was told, and what not, with the reason of each."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.model.alert import AlertKind, Subscription
from monitor.model.position import ChangeStatus
from monitor.pipeline.why import states_of, whys
from monitor.web.desk import Desk
from monitor.web.door import HEADERS
from monitor.web.pages.own.pages import own
from monitor.web.self_service import SelfService, account_of
from monitor.web.subscription_form import SHORT, shown_target
from rules.model import RuleSet
from storage.work import Work

PAGE = 20
"""Entries on one page."""

_ID = re.compile(r"(?<![\w@./-])[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w@/-])")

KINDS = {
    AlertKind.CHANGE: "alert",
    AlertKind.CORRECTION: "correction",
    AlertKind.MATCH: "match",
    AlertKind.DIGEST: "digest",
    AlertKind.ALARM: "alarm",
    AlertKind.NOTICE: "notice",
}

FELL = {
    ChangeStatus.DROPPED: "it did not hold: later reports spoke against it before it was confirmed",
    ChangeStatus.RETRACTED: "it did not hold: what it rested on was taken back",
}
"""Why nobody is told of a change that fell, where no wish of the subscriber stood against it."""


class SubscriptionHistory:
    """The page, and the places on which its pages go on: `moment,id`."""

    def __init__(self, desk: Desk, allowed: SelfService) -> None:
        self._desk = desk
        self._allowed = allowed

    def page(self, request: Request, number: int, show: str = "told", before: str | None = None) -> HTMLResponse:
        """What was told, newest first; with `show=not` what was not."""
        with self._desk.database.view() as work:
            mine = own(work, account_of(request), number)
            rules = work.rules.current()
            untold = show == "not"
            rows, more = self._untold(work, mine, rules, before) if untold else self._told(work, mine, before)
        values = {
            "subscription": mine,
            "by": SHORT[mine.channel],
            "to": shown_target(mine),
            "untold": untold,
            "rows": rows,
            "more": more,
            "first": before is None,
        }
        return self._desk.pages.page("subscription_history.html", values, headers=HEADERS)

    @staticmethod
    def _told(work: Work, mine: Subscription, before: str | None) -> tuple[list[dict[str, Any]], str | None]:
        found = work.alerts.of_subscription(mine.id, PAGE + 1, _place(before, str))
        rows = [
            {
                "at": alert.created_at,
                "title": alert.subject,
                "kind": KINDS[alert.kind],
                "line": line,
                "change": alert.change_id,
            }
            for alert, line in zip(found, states_of(work, found[:PAGE], mine), strict=False)
        ]
        last = found[PAGE - 1] if len(found) > PAGE else None
        return rows, None if last is None else f"{last.created_at.isoformat()},{last.id}"

    @staticmethod
    def _untold(
        work: Work, mine: Subscription, rules: RuleSet, before: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        found = work.untold.page(mine.id, mine.created_at, PAGE + 1, _place(before, int))
        rows = []
        lines = whys(work, [change for _, change in found[:PAGE]], [mine], rules)
        for ((at, _), change), why in zip(found, lines, strict=False):
            line = why.line or FELL.get(change.found.status, "it is kept without alerts")
            actor, issue = rules.actors.get(change.found.actor), rules.issues.get(change.found.issue)
            who = actor.name if actor else change.found.actor
            what = issue.name if issue else change.found.issue
            line = _named(line, rules)
            rows.append({"at": at, "title": f"{who} on {what}", "kind": "", "line": line, "change": change.id})
        last = found[PAGE - 1][0] if len(found) > PAGE else None
        return rows, None if last is None else f"{last[0].isoformat()},{last[1]}"


def _named(line: str, rules: RuleSet) -> str:
    """The line with names for ids, which only operators know."""

    def name(found: re.Match[str]) -> str:
        rule = rules.issues.get(found[0]) or rules.actors.get(found[0])
        return found[0] if rule is None else rule.name

    return _ID.sub(name, line)


def _place(before: str | None, kind: Any) -> Any:
    """A place as an address spells it. Raises HTTPException 422."""
    if before is None:
        return None
    at, _, key = before.replace(" ", "+").partition(",")
    try:
        moment, place = datetime.fromisoformat(at), kind(key[:100])
    except ValueError:
        moment, place = None, ""
    if moment is None or moment.tzinfo is None or place == "":
        raise HTTPException(422, "That is no place in the history; begin with its first page.", dict(HEADERS))
    return moment, place
