"""Changes as feeds tell them: what a filter wants, page by page, with what they cite."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.alerts.entries import Told
from monitor.alerts.letter import Links
from monitor.alerts.wants import reason_against_filter
from monitor.model.alert import AlertKind, Filter
from monitor.model.moment import utc
from monitor.pipeline.content import cited_by, content_of
from rules.model import RuleSet
from storage.change_feed import ListedChange, Place
from storage.chosen_changes import ChangeChoice
from storage.work import Work

PAGE = 50
"""Entries of one document."""

MOST_LOOKED_AT = 2_000
"""Changes that one request may pass over in search of those of officials; a page then has fewer, and goes on."""

_CHUNK = 250
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPage:
    """A page of changes. `older` is the place that the next goes on from; `changed_at` when any of it changed last."""

    told: tuple[Told, ...]
    older: Place | None
    changed_at: datetime | None


def told_page(
    work: Work, wanted: Filter, before: Place | None, rules: RuleSet, base: str, choice: ChangeChoice | None = None
) -> ToldPage:
    """The changes that a filter wants from a place on, last first, narrowed by `choice`.

    `base` is the address of our pages.
    """
    found, older = _listed(work, wanted, before, rules, choice)
    statements = work.statements.get([i for one in found for i in cited_by(one.change)])
    told = []
    for one in found:
        kind = AlertKind.CORRECTION if one.fell else AlertKind.CHANGE
        page = f"{base}/changes/{one.change.id}"
        told.append(
            Told(
                content=content_of(one.change, statements, rules, kind),
                links=Links(change=page, wrong=f"{page}/wrong"),
                published=one.change.recorded_at,
                updated=one.status_at,
            )
        )
    return ToldPage(told=tuple(told), older=older, changed_at=max((one.updated_at for one in found), default=None))


def installation_of(work: Work) -> uuid.UUID:
    """The name of this database, which no other has."""
    name = work.meta.get("installation")
    assert name is not None, "a migration wrote it"
    return uuid.UUID(name)


def cursor_of(place: Place) -> str:
    """A place as an address carries it."""
    at, number = place
    return f"{(utc(at) - _EPOCH) // timedelta(microseconds=1)}-{number}"


def place_of(cursor: str) -> Place:
    """The place that an address names. Raises ValueError."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise ValueError(f"{cursor!r} is no place in a feed; take the address that a document names as the next")
    try:
        return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        raise ValueError(f"{cursor!r} is no place in a feed; it lies beyond the year 9999") from None


def _listed(
    work: Work, wanted: Filter, before: Place | None, rules: RuleSet, choice: ChangeChoice | None
) -> tuple[Sequence[ListedChange], Place | None]:
    """One page, and where to go on; officials are told by their rules, so more may have to be looked at."""
    size = PAGE + 1 if wanted.commentators else _CHUNK
    found: list[ListedChange] = []
    place, looked_at = before, 0
    while True:
        chunk = work.change_feed.page(wanted, size, place, choice)
        found += [one for one in chunk if _is_wanted(one, wanted, rules)]
        looked_at += len(chunk)
        if len(found) > PAGE:
            return found[:PAGE], found[PAGE - 1].place
        if len(chunk) < size:
            return found, None
        place = chunk[-1].place
        if looked_at >= MOST_LOOKED_AT:
            return found, place


def _is_wanted(one: ListedChange, wanted: Filter, rules: RuleSet) -> bool:
    # What became of the change, and how sure it was, the database has looked at.
    lenient = replace(wanted, pending=True, least_confidence=0.0)
    return reason_against_filter(one.change, rules.actors.get(one.change.found.actor), lenient) is None
