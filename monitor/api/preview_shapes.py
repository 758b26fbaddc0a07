"""What a preview found, as JSON: counts in full, of long lists the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from monitor.api.links import safe_link
from monitor.model.statement import Statement
from monitor.pipeline.preview import Draft, MatchPreview, PreviewItem
from monitor.pipeline.preview_effects import Effects, Shift, ToldOf

MOST = 200
"""Entries of a list; how many there are is told beside it."""

Thing = TypeVar("Thing")


def matches_out(found: MatchPreview, draft: Draft) -> dict[str, Any]:
    """The items gained and lost, with the words that the rules stand at, as offsets in code points."""
    return {
        "since": found.since.isoformat(),
        "looked_through": found.looked_through,
        "rules": [{"kind": change.kind.value, "id": change.id} for change in draft.changes],
        "kept": found.kept,
        "gained": _some(found.gained, _item),
        "lost": _some(found.lost, _item),
    }


def effects_out(found: Effects) -> dict[str, Any]:
    """Statements, changes, and the alerts of each subscriber."""
    return {
        "read": found.read,
        "outdated": found.outdated,
        "unread": [{"item": item, "why": why} for item, why in found.left.items()],
        "statements_gained": _some(found.statements_gained, _statement),
        "statements_lost": _some(found.statements_lost, _statement),
        "changes_gained": _some(found.changes_gained, _shift),
        "changes_lost": _some(found.changes_lost, _shift),
        "alerts": _alerts(found.alerts_gained, found.alerts_lost),
    }


def _some(things: Sequence[Thing], shown: Callable[[Thing], dict[str, Any]]) -> dict[str, Any]:
    return {"count": len(things), "first": [shown(thing) for thing in things[:MOST]]}


def _item(item: PreviewItem) -> dict[str, Any]:
    return {
        "item": item.item_id,
        "title": item.title,
        "url": safe_link(item.url),
        "publisher": item.publisher,
        "published_at": item.published_at.isoformat(),
        "kind": item.kind.value,
        "rule": item.rule,
        "spans": [{"field": s.field, "start": s.start, "end": s.end, "text": s.text} for s in item.spans],
    }


def _statement(statement: Statement) -> dict[str, Any]:
    read = statement.read
    return {
        "item": statement.item_id,
        "holder": read.holder,
        "issue": read.issue,
        "stance": read.stance.value,
        "withdraws": read.withdraws,
        "evidence": read.evidence.text,
        "field": read.evidence.field,
        "start": read.evidence.start,
        "end": read.evidence.end,
        "said_at": statement.said_at.isoformat(),
        "publisher": statement.publisher,
    }


def _shift(shift: Shift) -> dict[str, Any]:
    found = shift.change
    return {
        "key": found.key,
        "actor": found.actor,
        "issue": found.issue,
        "kind": found.kind.value,
        "from": found.before.value if found.before else None,
        "to": found.after.value if found.after else None,
        "at": found.at.isoformat(),
        "was": shift.was.value if shift.was else None,
        "now": shift.now.value if shift.now else None,
    }


def _alerts(gained: Sequence[ToldOf], lost: Sequence[ToldOf]) -> list[dict[str, Any]]:
    """By subscription: what its subscriber would have been told, and would not have."""
    by: dict[int, dict[str, Any]] = {}
    for word, told in (("gained", gained), ("lost", lost)):
        whats: dict[int, list[ToldOf]] = defaultdict(list)
        for one in told:
            whats[one.subscription].append(one)
        for subscription, mine in whats.items():
            entry = by.setdefault(
                subscription,
                {"subscription": subscription, "subscriber": mine[0].subscriber, **dict.fromkeys(("gained", "lost"))},
            )
            entry[word] = _some(mine, lambda one: {"what": one.what, "item": one.item_id})
    empty = {"count": 0, "first": []}
    return [{name: empty if value is None else value for name, value in by[key].items()} for key in sorted(by)]
