"""The alerts of a digest in their order: by issue, what is taken back and what is certain first, then the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.letter import Links
from monitor.model.alert import AlertContent, AlertKind, MatchContent
from monitor.model.position import ChangeStatus

CHANGE, PENDING, CORRECTION, MATCH = "change", "pending", "correction", "match"
NO_LINKS = Links()
_FIRST = (CORRECTION, CHANGE, PENDING, MATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPart:
    """One alert that was folded into a digest: it keeps its id, and leads to its own page."""

    alert_id: str
    content: AlertContent | MatchContent
    links: Links = NO_LINKS


def kind_of(content: AlertContent | MatchContent) -> str:
    """What a digest counts it as: "change", "pending", "correction" or "match"."""
    if isinstance(content, MatchContent):
        return MATCH
    if content.kind is AlertKind.CORRECTION:
        return CORRECTION
    return CHANGE if content.status == ChangeStatus.CONFIRMED else PENDING


def grouped(parts: Sequence[DigestPart]) -> list[tuple[str, list[DigestPart]]]:
    """The alerts under the name of their issue or watch; the group with the foremost alert first."""
    groups: dict[tuple[bool, str], list[DigestPart]] = {}
    for part in sorted(parts, key=_place):
        content = part.content
        found = isinstance(content, MatchContent)
        key = (found, content.query_id if isinstance(content, MatchContent) else content.issue_id)
        groups.setdefault(key, []).append(part)
    return [(_named(members[0].content), members) for members in groups.values()]


def _named(content: AlertContent | MatchContent) -> str:
    return content.query if isinstance(content, MatchContent) else content.issue


def _place(part: DigestPart) -> tuple[int, float, float, str]:
    """Corrections, confirmed, unconfirmed, matches; of each kind the newest first, then the most certain."""
    content = part.content
    at: datetime = content.published_at if isinstance(content, MatchContent) else content.at
    sure = 0.0 if isinstance(content, MatchContent) else content.confidence
    return _FIRST.index(kind_of(content)), -at.timestamp(), -sure, part.alert_id
