"""The body of a webhook: JSON by Standard Webhooks, under 20 kB, the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts.clean import cut, encodable, one_line, safe_link
from monitor.alerts.letter import MOST_LISTED, Links, reason_of
from monitor.alerts.scripts import language_tag
from monitor.alerts.texts import ENGLISH
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, Movement, Quote
from monitor.model.moment import utc
from monitor.model.position import ChangeStatus

MOST_BYTES = 20_000
"""Standard Webhooks asks for payloads below 20 kB."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Limits:
    """How much of each part is kept, in code points; tried from generous to sparing until the body fits."""

    quote: int
    line: int
    id: int
    also: int
    moves: int
    listed: int


_TRIED = (
    _Limits(quote=4_000, line=500, id=200, also=20, moves=50, listed=MOST_LISTED),
    _Limits(quote=2_000, line=300, id=200, also=10, moves=20, listed=MOST_LISTED),
    _Limits(quote=1_000, line=300, id=200, also=5, moves=20, listed=MOST_LISTED),
    _Limits(quote=400, line=200, id=200, also=2, moves=10, listed=2),
    _Limits(quote=150, line=80, id=120, also=0, moves=5, listed=0),
)


def payload_of(content: AlertContent | MatchContent, *, made_at: datetime, label: str, links: Links) -> str:
    """The body as text: UTF-8 JSON in one line, keys sorted, below MOST_BYTES.

    `made_at` becomes `timestamp`. Texts that had to be cut end with an ellipsis and carry `"cut": true` beside them.
    """
    for limits in _TRIED:
        data = _match(content, limits) if isinstance(content, MatchContent) else _change(content, limits)
        data["links"] = {"change": safe_link(links.change), "wrong": safe_link(links.wrong)}
        if label:
            data["label"] = one_line(label, limits.line)
        body = _dumped({"type": type_of(content), "timestamp": _stamp(made_at), "data": data})
        if len(body.encode()) < MOST_BYTES:
            return body
    raise AssertionError("the sparest limits keep every payload below 20 kB")


def change_data(content: AlertContent) -> Json:
    """The `data` of a change, for whoever wants the values beside the words."""
    return _change(content, _TRIED[0])


def type_of(content: AlertContent | MatchContent) -> str:
    """The event type that a receiver switches on."""
    if isinstance(content, MatchContent):
        return "item.matched"
    if content.kind is AlertKind.CORRECTION:
        return "change.corrected"
    return "change.confirmed" if content.status == ChangeStatus.CONFIRMED else "change.pending"


def _change(content: AlertContent, limits: _Limits) -> Json:
    return {
        "change": {
            "id": content.change_id,
            "key": one_line(content.change_key, limits.id),
            "kind": one_line(content.change_kind, limits.id),
            "status": one_line(content.status, limits.id),
            "at": _stamp(content.at),
            "confidence": round(content.confidence, 6),
            "reason": one_line(reason_of(content, ENGLISH), limits.line),
        },
        "actor": {"id": one_line(content.actor_id, limits.id), "name": one_line(content.actor, limits.line)},
        "issue": {
            "id": one_line(content.issue_id, limits.id),
            "name": one_line(content.issue, limits.line),
            "proposition": one_line(content.proposition, 2 * limits.line),
        },
        "stance": {
            "before": None if content.stance_before is None else one_line(content.stance_before, limits.id),
            "after": None if content.stance_after is None else one_line(content.stance_after, limits.id),
        },
        "before": None if content.before is None else _quote(content.before, limits),
        "after": _quote(content.after, limits),
        "also": [_quote(quote, limits) for quote in content.also[: limits.also]],
        "also_left_out": max(len(content.also) - limits.also, 0),
        "moves": [one_line(body, limits.line) for body in content.moves[: limits.moves]],
        "holds": [_holding(held, limits) for held in content.holds[: limits.listed]],
        "moved": [_movement(move, limits) for move in content.moved[: limits.listed]],
        "stands": None if content.stands is None else _holding(content.stands, limits),
        "sequence": content.sequence,
    }


def _match(content: MatchContent, limits: _Limits) -> Json:
    return {
        "query": {"id": one_line(content.query_id, limits.id), "name": one_line(content.query, limits.line)},
        "item": {
            "title": one_line(content.item_title, limits.line),
            "publisher": one_line(content.publisher, limits.line),
            "url": safe_link(content.url),
            "published_at": _stamp(content.published_at),
            "excerpt": cut(encodable(content.excerpt), limits.quote),
            "cut": len(content.excerpt) > limits.quote,
        },
    }


def _quote(quote: Quote, limits: _Limits) -> Json:
    text = encodable(quote.text)
    return {
        "text": cut(text, limits.quote),
        "cut": len(text) > limits.quote,
        "stance": one_line(quote.stance, limits.id),
        "holder": one_line(quote.holder, limits.line),
        "said_at": _stamp(quote.said_at),
        "direct": quote.direct,
        "claimed_by": None if quote.claimed_by is None else one_line(quote.claimed_by, limits.line),
        "lang": language_tag(quote.lang) or None,
        "poorly_read": one_line(quote.poorly_read, limits.line) or None,
        "source": {
            "publisher": one_line(quote.publisher, limits.line),
            "title": one_line(quote.title, limits.line),
            "url": safe_link(quote.url),
        },
    }


def _holding(held: Holding, limits: _Limits) -> Json:
    return {
        "issue": {"id": one_line(held.issue_id, limits.id), "name": one_line(held.issue, limits.line)},
        "stance": one_line(held.stance, limits.id),
        "since": None if held.since is None else _stamp(held.since),
    }


def _movement(move: Movement, limits: _Limits) -> Json:
    return {
        "id": move.change_id,
        "actor": {"id": one_line(move.actor_id, limits.id), "name": one_line(move.actor, limits.line)},
        "kind": one_line(move.change_kind, limits.id),
        "before": None if move.stance_before is None else one_line(move.stance_before, limits.id),
        "after": None if move.stance_after is None else one_line(move.stance_after, limits.id),
        "at": _stamp(move.at),
    }


def _dumped(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _stamp(when: datetime) -> str:
    return utc(when).isoformat().replace("+00:00", "Z")
