"""Changes as a feed shows them: what became what it is last comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from monitor.model.alert import Filter
from monitor.model.position import Change, ChangeStatus
from storage.chosen_changes import ChangeChoice, conditions
from storage.positions import change_of
from storage.repository import Repository
from storage.tables import ChangeRow

Place = tuple[datetime, int]
"""Where a change stands in the feed: when it became what it is, and its id."""

_FALLEN = (ChangeStatus.PENDING.value, ChangeStatus.DROPPED.value, ChangeStatus.RETRACTED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChange:
    """A change with its place in the feed.

    `fell` says that it was told, as confirmed or to those who want pending ones, and no longer holds as it was told.
    `updated_at` is when anything about it changed last, be it only one more report.
    """

    change: Change
    status_at: datetime
    updated_at: datetime
    fell: bool

    @property
    def place(self) -> Place:
        """Its place."""
        return self.status_at, self.change.id


class ChangeFeed(Repository):
    """The feed of changes. Those of a baseline are no news and do not stand in it."""

    def page(
        self, wanted: Filter, limit: int, before: Place | None = None, choice: ChangeChoice | None = None
    ) -> list[ListedChange]:
        """Changes that the filter wants, and what fell of them, by their places, last first; from `before` on.

        `choice` narrows them further.

        Not every filter can be told by the database: `commentators` is left to the caller. A place is never given to
        another change, and a change leaves its place only for the head of the feed: whoever goes on from the last
        place of a page neither misses nor meets twice what stays where it is.
        """
        query = (
            select(ChangeRow)
            .where(
                col(ChangeRow.silent).is_(False),
                _standing(wanted),
                *_chosen(wanted),
                *conditions(choice or ChangeChoice()),
            )
            .order_by(col(ChangeRow.status_at).desc(), col(ChangeRow.id).desc())
            .limit(limit)
        )
        if before is not None:
            at, number = before
            query = query.where(
                or_(col(ChangeRow.status_at) < at, and_(col(ChangeRow.status_at) == at, col(ChangeRow.id) < number))
            )
        return [_listed(row) for row in self._session.exec(query)]

    def knows(self, *, actor: str | None = None, issue: str | None = None) -> bool:
        """Whether there is any change of this actor or on this issue."""
        query = select(ChangeRow.id).limit(1)
        if actor is not None:
            query = query.where(ChangeRow.actor == actor)
        if issue is not None:
            query = query.where(ChangeRow.issue == issue)
        return self._session.exec(query).first() is not None


def _standing(wanted: Filter) -> ColumnElement[bool]:
    """Changes that hold and are sure enough, and those that fell. A fallen one is surely no surer than it was told."""
    sure = col(ChangeRow.posterior) >= wanted.least_confidence
    fell = and_(col(ChangeRow.first_confirmed_at).is_not(None), col(ChangeRow.status).in_(_FALLEN))
    told = [ChangeStatus.CONFIRMED.value]
    if wanted.pending:
        told += [ChangeStatus.PENDING.value, ChangeStatus.DROPPED.value]
    return or_(and_(col(ChangeRow.status).in_(told), sure), fell)


def _chosen(wanted: Filter) -> list[ColumnElement[bool]]:
    sets = (
        (col(ChangeRow.actor), wanted.actors),
        (col(ChangeRow.issue), wanted.issues),
        (col(ChangeRow.kind), {kind.value for kind in wanted.kinds}),
    )
    return [column.in_(sorted(chosen)) for column, chosen in sets if chosen]


def _listed(row: ChangeRow) -> ListedChange:
    change = change_of(row)
    status = change.found.status
    once_pending = status is ChangeStatus.PENDING and row.first_confirmed_at is not None
    return ListedChange(
        change=change,
        status_at=row.status_at or row.updated_at,
        updated_at=row.updated_at,
        fell=once_pending or status in (ChangeStatus.DROPPED, ChangeStatus.RETRACTED),
    )
