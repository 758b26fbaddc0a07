"""The queue of statements that no operator has looked at: what matters most comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, DeliveryStatus
from monitor.model.position import Change, ChangeStatus
from storage.actor_verdicts import Identified
from storage.positions import change_of
from storage.statement_rows import verdict_of
from storage.tables import (
    AlertRow,
    ChangeRow,
    DeliveryRow,
    ItemRow,
    ReadingRow,
    ReportRow,
    StatementRow,
    SubscriberRow,
    SubscriptionRow,
    VerdictRow,
)
from storage.values import Verdict, VerdictKind

FRESH = timedelta(days=14)
"""How long after it was told a change counts as freshly told."""

DOUBTFUL = 0.65
"""Below it a reading is doubtful: a third of such are wrong, if the confidence is right."""

NEWEST = 3_000
"""Statements, newest first, among which doubtful ones are looked for; older ones come by their issue."""

SOME = 5
"""Readers who are named; all are counted."""

MOST_LEFT = 5_000
"""Up to here what is left is counted: nobody needs to know more exactly how much too much it is."""

_MOST_CHANGES = 200
_OF_ONE_CHANGE = 20


class Urgency(StrEnum):
    """Why a statement comes when it does, what matters most first."""

    REPORTED = "reported"
    PENDING = "pending"
    TOLD = "told"
    DOUBTFUL = "doubtful"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which statements: by issue and holder as they were read, language of the item, and extractor; None for all."""

    issue: str | None = None
    actor: str | None = None
    lang: str | None = None
    extractor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A statement to be judged, why now, and the change that rests on it where it is for one."""

    statement: int
    urgency: Urgency
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Those who were told something: how many subscribers, and the names of some."""

    count: int = 0
    some: tuple[str, ...] = ()


class ReviewQueue(Identified):
    """Live statements without a verdict. Whatever the size of the history, a look takes bounded work.

    Within an issue they come in the order of their fingerprints, which are hashes: so what is judged there is a random
    sample, and the precision that is measured by it is not that of the odd ones.
    """

    def next(self, wanted: Wanted, now: datetime, issues: Iterable[str], without: Collection[int]) -> Due | None:
        """The first that is due, but for those in `without`. `issues`: those of which least is known come first."""
        for urgency, pairs in (
            (Urgency.REPORTED, self._reported()),
            (Urgency.PENDING, self._pending()),
            (Urgency.TOLD, self._told(now)),
        ):
            open_ones = self._open({statement for statement, _ in pairs}, wanted)
            for statement, change in pairs:
                if statement in open_ones and statement not in without:
                    return Due(statement=statement, urgency=urgency, change=change)
        return self._doubtful(wanted, without) or self._unmeasured(wanted, issues, without)

    def left(self, wanted: Wanted) -> int:
        """How many have no verdict; beyond MOST_LEFT it is not counted on, and one more is given."""
        some = select(StatementRow.id).where(*self._narrowed(wanted), _UNJUDGED).limit(MOST_LEFT + 1).subquery()
        return self._session.exec(select(func.count()).select_from(some)).one()

    def judged_since(self, since: datetime) -> dict[str, int]:
        """How many verdicts each operator gave since; what was taken back is none."""
        query = (
            select(VerdictRow.who, func.count())
            .where(
                VerdictRow.at >= since,
                col(VerdictRow.id).in_(select(func.max(VerdictRow.id)).group_by(col(VerdictRow.statement_id))),
                VerdictRow.kind != VerdictKind.UNDO.value,
            )
            .group_by(col(VerdictRow.who))
        )
        return dict(self._session.execute(query).all())

    def issues(self) -> list[str]:
        """The issues that statements are on: from each to the next in the index, not by way of every statement."""
        first = select(func.min(StatementRow.issue).label("issue")).cte("on", recursive=True)
        beyond = select(func.min(StatementRow.issue)).where(col(StatementRow.issue) > first.c.issue).scalar_subquery()
        each = first.union_all(select(beyond).where(first.c.issue.is_not(None)))
        return sorted(issue for issue in self._session.exec(select(each.c.issue)) if issue is not None)

    def choices(self) -> tuple[list[str], list[str]]:
        """The languages and the extractors of the newest statements: a look at all would take as long as the page."""
        newest = select(StatementRow.item_id, StatementRow.reading_id).order_by(col(StatementRow.id).desc())
        some = newest.limit(NEWEST).subquery()
        langs = select(ItemRow.lang).where(col(ItemRow.id).in_(select(some.c.item_id))).distinct()
        extractors = select(ReadingRow.extractor).where(col(ReadingRow.id).in_(select(some.c.reading_id))).distinct()
        return sorted(lang for lang in self._session.exec(langs) if lang), sorted(self._session.exec(extractors))

    def told_of(self, change: int) -> Readers:
        """Who was told of a change, or is to be; whose alert was cancelled before it was sent was not."""
        return self._readers(
            AlertRow.change_id == change,
            AlertRow.kind == AlertKind.CHANGE.value,
            col(AlertRow.cancelled_at).is_(None),
            func.coalesce(DeliveryRow.status, "") != DeliveryStatus.CANCELLED.value,
        )

    def told_at(self, at: datetime, changes: Collection[int]) -> Readers:
        """Who is told, by what was queued at this very moment, of what became of these changes."""
        return self._readers(self._is_among(col(AlertRow.change_id), sorted(changes)), AlertRow.created_at == at)

    def _readers(self, *conditions: ColumnElement[bool] | bool) -> Readers:
        names = (
            select(SubscriberRow.name)
            .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == SubscriberRow.id)
            .join(AlertRow, col(AlertRow.subscription_id) == SubscriptionRow.id)
            .join(DeliveryRow, col(DeliveryRow.alert_id) == AlertRow.id, isouter=True)
            .where(*conditions)
            .distinct()
        )
        count = self._session.exec(select(func.count()).select_from(names.subquery())).one()
        some = self._session.exec(names.order_by(col(SubscriberRow.name)).limit(SOME)) if count else ()
        return Readers(count=count, some=tuple(some))

    def last_verdict(self) -> int:
        """The number of the newest verdict, 0 for none: while it is the same, nothing more was judged."""
        return self._session.exec(select(func.max(VerdictRow.id))).one() or 0

    def verdict(self, verdict_id: int) -> tuple[Verdict, bool] | None:
        """A verdict, and whether it is the last word on its statement; None where there is no such."""
        row = self._session.get(VerdictRow, verdict_id, populate_existing=True)
        if row is None:
            return None
        last = select(func.max(VerdictRow.id)).where(VerdictRow.statement_id == row.statement_id)
        return verdict_of(row), self._session.exec(last).one() == row.id

    def moved_at(self, at: datetime) -> list[Change]:
        """The changes that became what they are at this very moment, as by a verdict of that moment."""
        query = select(ChangeRow).where(ChangeRow.status_at == at).order_by(col(ChangeRow.id)).limit(_MOST_CHANGES)
        return [change_of(row) for row in self._session.exec(query)]

    def _reported(self) -> list[tuple[int, int]]:
        reported = select(ReportRow.change_id).where(col(ReportRow.closed_at).is_(None)).distinct()
        return self._under(col(ChangeRow.id).in_(reported))

    def _pending(self) -> list[tuple[int, int]]:
        return self._under(ChangeRow.status == ChangeStatus.PENDING.value, col(ChangeRow.silent).is_(False))

    def _told(self, now: datetime) -> list[tuple[int, int]]:
        told = select(AlertRow.id).where(AlertRow.change_id == ChangeRow.id, AlertRow.kind == AlertKind.CHANGE.value)
        return self._under(
            col(ChangeRow.status_at) >= now - FRESH,
            ChangeRow.status == ChangeStatus.CONFIRMED.value,
            col(ChangeRow.silent).is_(False),
            told.exists(),
        )

    def _under(self, *conditions: ColumnElement[bool] | bool) -> list[tuple[int, int]]:
        """The statements under these changes, the one that they cite first: (statement, change)."""
        query = select(ChangeRow.id, ChangeRow.after_statement, ChangeRow.support).where(*conditions)
        rows = self._session.exec(query.order_by(col(ChangeRow.status_at).desc()).limit(_MOST_CHANGES))
        found: dict[int, int] = {}
        for change, after, support in rows:
            for statement in (after, *support[:_OF_ONE_CHANGE]):
                if change is not None:
                    found.setdefault(statement, change)
        return list(found.items())

    def _open(self, ids: Collection[int], wanted: Wanted) -> set[int]:
        """Those of the statements that are live, wanted and not judged."""
        if not ids:
            return set()
        mine = self._is_among(col(StatementRow.id), sorted(ids))
        found = self._session.exec(select(StatementRow.id).where(mine, *self._narrowed(wanted), _UNJUDGED))
        return {one for one in found if one is not None}

    def _doubtful(self, wanted: Wanted, without: Collection[int]) -> Due | None:
        newest = self._session.exec(select(func.max(StatementRow.id))).one() or 0
        doubtful = (col(StatementRow.id) > newest - NEWEST, _sure() < DOUBTFUL, *self._narrowed(wanted), _UNJUDGED)
        order = (_sure(), col(StatementRow.id).desc())
        query = select(StatementRow.id).where(*doubtful).order_by(*order).limit(len(without) + 1)
        return _first(self._session.execute(query).scalars(), without, Urgency.DOUBTFUL)

    def _unmeasured(self, wanted: Wanted, issues: Iterable[str], without: Collection[int]) -> Due | None:
        for issue in issues if wanted.issue is None else [wanted.issue]:
            mine = select(StatementRow.id).where(StatementRow.issue == issue, *self._narrowed(wanted), _UNJUDGED)
            query = mine.order_by(col(StatementRow.fingerprint), col(StatementRow.id)).limit(len(without) + 1)
            due = _first(self._session.execute(query).scalars(), without, Urgency.UNMEASURED)
            if due is not None:
                return due
        return None

    def _narrowed(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        """What holds of the live statements that are wanted."""
        found: list[ColumnElement[bool]] = [_LIVE]
        if wanted.issue is not None:
            found.append(col(StatementRow.issue) == wanted.issue)
        if wanted.actor is not None:
            counting = sorted(self.holders().counting_as([wanted.actor]))
            found.append(self._is_among(col(StatementRow.holder), counting))
        if wanted.lang is not None:
            item = select(ItemRow.id).where(ItemRow.id == StatementRow.item_id, ItemRow.lang == wanted.lang)
            found.append(item.exists())
        if wanted.extractor is not None:
            reading = select(ReadingRow.id).where(
                ReadingRow.id == StatementRow.reading_id, ReadingRow.extractor == wanted.extractor
            )
            found.append(reading.exists())
        return found


_LIVE = col(StatementRow.live).is_(True)
_LAST = (
    select(VerdictRow.kind)
    .where(VerdictRow.statement_id == StatementRow.id)
    .order_by(col(VerdictRow.id).desc())
    .limit(1)
    .correlate(StatementRow)
    .scalar_subquery()
)
_UNJUDGED = func.coalesce(_LAST, VerdictKind.UNDO.value) == VerdictKind.UNDO.value


def _sure() -> ColumnElement[float]:
    """What a statement counts with: see `StatementRow.accuracy`."""
    return func.coalesce(StatementRow.accuracy, StatementRow.confidence)


def _first(found: Iterable[int | None], without: Collection[int], urgency: Urgency) -> Due | None:
    ids = (one for one in found if one is not None and one not in without)
    return next((Due(statement=one, urgency=urgency) for one in ids), None)
