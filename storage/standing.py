"""Who stands where, all of it at once: now, or at a moment, as it is known now or as it was known then.

Plain columns and no rows of the mapper: a matrix asks for thousands of positions and shows five facts of each.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import Mapped
from sqlmodel import col, func, select

from monitor.model.position import ChangeKind, ChangeStatus
from monitor.model.statement import Stance
from storage.repository import Repository
from storage.tables import ChangeRow, PositionRow

Pair = tuple[str, str]


class Standing(NamedTuple):
    """What an actor holds on an issue, in short. `stance` None: known of, but nothing is certain enough, or withdrawn.

    `share` is the probability of the stance, 0 to 1, None without one; `since` is when it was first said. `statements`
    is how many count for it, None where that was not asked: of an earlier moment it is not kept. `pending` is the
    stance that a change not yet certain would lead to.
    """

    actor: str
    issue: str
    stance: Stance | None
    share: float | None = None
    since: datetime | None = None
    statements: int | None = None
    pending: Stance | None = None


class Standings(Repository):
    """Positions for tables of all of them."""

    def now(self, actors: Collection[str] | None = None, issues: Collection[str] | None = None) -> list[Standing]:
        """The positions as the last folds left them, those of which anything is known; None: of all."""
        row = PositionRow
        query = select_columns(
            col(row.actor), col(row.issue), col(row.stance), col(row.posterior), col(row.since), col(row.statements),
            col(row.pending),
        ).where(
            or_(col(row.statements) > 0, col(row.stance).is_not(None)),
            *self._among(col(row.actor), actors), *self._among(col(row.issue), issues),
        )  # fmt: skip
        return [
            Standing(
                actor=actor, issue=issue, stance=_stance(stance), share=posterior.get(stance), since=since,
                statements=statements, pending=_stance(pending),
            )
            for actor, issue, stance, posterior, since, statements, pending in self._session.execute(query)
        ]  # fmt: skip

    def at(
        self,
        moment: datetime,
        actors: Collection[str] | None = None,
        issues: Collection[str] | None = None,
        known: datetime | None = None,
    ) -> list[Standing]:
        """What held at a moment: of each actor and issue the last confirmed change until then.

        As it is known now, or with `known` as it was known at that moment of our own clock, as far as rows tell: of a
        change that fell and was confirmed anew only the last move is on record. A split is no position.
        """
        chosen = [*self._among(col(ChangeRow.actor), actors), *self._among(col(ChangeRow.issue), issues)]
        said = col(ChangeRow.at) <= moment
        place = func.row_number().over(
            partition_by=(col(ChangeRow.actor), col(ChangeRow.issue)),
            order_by=(col(ChangeRow.at).desc(), col(ChangeRow.id).desc()),
        )
        ranked = (
            select_columns(col(ChangeRow.actor), col(ChangeRow.issue), col(ChangeRow.after), col(ChangeRow.posterior),
                           col(ChangeRow.at), place.label("place"))
            .where(said, _confirmed(known), col(ChangeRow.kind) != ChangeKind.SPLIT.value, *chosen)
            .subquery()
        )  # fmt: skip
        last = select_columns(ranked.c.actor, ranked.c.issue, ranked.c.after, ranked.c.posterior, ranked.c.at)
        found = self._session.execute(last.where(ranked.c.place == 1)).all()
        pending = self._pending(said, chosen, known)
        held = {
            (actor, issue): Standing(
                actor=actor, issue=issue, stance=_stance(after), share=posterior if after else None, since=at,
                pending=pending.pop((actor, issue), None),
            )
            for actor, issue, after, posterior, at in found
        }  # fmt: skip
        rest = {pair: Standing(actor=pair[0], issue=pair[1], stance=None, pending=to) for pair, to in pending.items()}
        return [*held.values(), *rest.values()]

    def count(self) -> int:
        """How many positions there are in which a stance is certain enough."""
        query = select(func.count()).select_from(PositionRow).where(col(PositionRow.stance).is_not(None))
        return self._session.exec(query).one()

    def first_at(self) -> datetime | None:
        """When the first of all changes was said; None before there is any."""
        return self._session.exec(select(func.min(ChangeRow.at))).one()

    def _pending(
        self, said: ColumnElement[bool], chosen: list[ColumnElement[bool]], known: datetime | None
    ) -> dict[Pair, Stance | None]:
        """Where a change was not yet certain, and to which stance; the last of several."""
        query = (
            select(ChangeRow.actor, ChangeRow.issue, ChangeRow.after)
            .where(said, _open(known), col(ChangeRow.kind) != ChangeKind.SPLIT.value, *chosen)
            .order_by(col(ChangeRow.at), col(ChangeRow.id))
        )
        return {(actor, issue): _stance(after) for actor, issue, after in self._session.execute(query)}

    def _among(self, column: Mapped[str], wanted: Collection[str] | None) -> list[ColumnElement[bool]]:
        return [] if wanted is None else [self._is_among(column, sorted(wanted))]


def _confirmed(known: datetime | None) -> ColumnElement[bool]:
    confirmed = col(ChangeRow.status) == ChangeStatus.CONFIRMED.value
    if known is None:
        return confirmed
    return and_(col(ChangeRow.first_confirmed_at) <= known, or_(confirmed, col(ChangeRow.status_at) > known))


def _open(known: datetime | None) -> ColumnElement[bool]:
    pending = col(ChangeRow.status) == ChangeStatus.PENDING.value
    if known is None:
        return pending
    before = or_(col(ChangeRow.first_confirmed_at).is_(None), col(ChangeRow.first_confirmed_at) > known)
    return and_(col(ChangeRow.recorded_at) <= known, before, or_(pending, col(ChangeRow.status_at) > known))


_STANCES = {stance.value: stance for stance in Stance}


def _stance(value: str | None) -> Stance | None:
    return None if value is None else _STANCES[value]
