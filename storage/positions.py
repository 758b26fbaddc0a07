"""Positions and changes: what the last fold found, and what became of what earlier ones had found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from monitor.model.position import Change, ChangeKind, ChangeStatus, Fold, FoundChange, FoundPosition
from monitor.model.statement import Stance
from storage.errors import NotFound
from storage.repository import Repository
from storage.tables import ChangeRow, PositionRow
from storage.values import ChangeTransition

GONE = {
    ChangeStatus.PENDING: ChangeStatus.DROPPED,
    ChangeStatus.CONFIRMED: ChangeStatus.RETRACTED,
    ChangeStatus.DROPPED: ChangeStatus.DROPPED,
    ChangeStatus.RETRACTED: ChangeStatus.RETRACTED,
}
"""What becomes of a recorded change that a fold no longer finds."""


class Positions(Repository):
    """The positions and their changes."""

    def lock(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keeps other workers from folding these (actor, issue) pairs until the transaction ends.

        Call it before the statements are loaded: two workers that each fold what only they have seen would otherwise
        overwrite one another. SQLite has one writer and needs none of it.
        """
        for actor, issue in sorted(set(pairs)):
            self._lock("position", actor, issue)

    def save_fold(self, fold: Fold, now: datetime) -> list[ChangeTransition]:
        """Writes the position and its changes; gives those whose status is new, or whose kind is another
        though they stay confirmed, in the order in which they happened.

        A recorded change that the fold does not contain is dropped if it was pending and retracted if it was confirmed;
        found again, it returns to the status that the fold gives it.
        """
        position = fold.position
        self.lock([(position.actor, position.issue)])
        self._save_position(position, now)
        recorded = self._recorded(position.actor, position.issue)
        transitions = [self._save_change(found, recorded.pop(found.key, None), now) for found in fold.changes]
        for row in recorded.values():
            was = ChangeStatus(row.status)
            transitions.append(self._transit(row, was, GONE[was], now))
        self._session.flush()
        real = [transition for transition in transitions if transition is not None]
        return sorted(real, key=lambda transition: (transition.change.found.at, transition.change.id))

    def get(self, actor: str, issue: str) -> FoundPosition:
        """The position as the last fold left it. Raises NotFound."""
        return _position(self._row(PositionRow, (actor, issue), "position"))

    def all(self, actor: str | None = None, issue: str | None = None) -> list[FoundPosition]:
        """The positions, by actor and issue."""
        query = select(PositionRow).order_by(col(PositionRow.actor), col(PositionRow.issue))
        if actor is not None:
            query = query.where(PositionRow.actor == actor)
        if issue is not None:
            query = query.where(PositionRow.issue == issue)
        return [_position(row) for row in self._session.exec(query)]

    def at(self, moment: datetime, actor: str | None = None, issue: str | None = None) -> list[Change]:
        """What held at that moment, as it is known now: of each actor and issue the last confirmed change until then.

        A split is no position, so it is passed over.
        """
        query = (
            select(ChangeRow)
            .where(
                ChangeRow.at <= moment,
                ChangeRow.status == ChangeStatus.CONFIRMED.value,
                ChangeRow.kind != ChangeKind.SPLIT.value,
            )
            .order_by(col(ChangeRow.at), col(ChangeRow.id))
        )
        if actor is not None:
            query = query.where(ChangeRow.actor == actor)
        if issue is not None:
            query = query.where(ChangeRow.issue == issue)
        last = {(row.actor, row.issue): row for row in self._session.exec(query)}
        return [change_of(last[pair]) for pair in sorted(last)]

    def changes(
        self,
        since: datetime | None = None,
        actor: str | None = None,
        issue: str | None = None,
        status: ChangeStatus | None = None,
        limit: int = 100,
        before_id: int | None = None,
    ) -> list[Change]:
        """Changes, newest first by `at`. `before_id` goes on from where an earlier page ended. Raises NotFound."""
        query = select(ChangeRow).where(*changes_among(since, actor, issue, status))
        query = query.order_by(col(ChangeRow.at).desc(), col(ChangeRow.id).desc()).limit(limit)
        if before_id is not None:
            end = self._row(ChangeRow, before_id, "change")
            query = query.where(
                or_(col(ChangeRow.at) < end.at, and_(col(ChangeRow.at) == end.at, col(ChangeRow.id) < end.id))
            )
        return [change_of(row) for row in self._session.exec(query)]

    def moved_since(self, since: datetime, issue: str, but: Collection[str], limit: int) -> list[Change]:
        """The confirmed changes on the issue since, newest first by `at`, of all actors but these; no baseline's."""
        query = (
            select(ChangeRow)
            .where(
                ChangeRow.issue == issue,
                ChangeRow.at >= since,
                ChangeRow.status == ChangeStatus.CONFIRMED.value,
                col(ChangeRow.silent).is_(False),
                col(ChangeRow.actor).not_in(sorted(but)),
            )
            .order_by(col(ChangeRow.at).desc(), col(ChangeRow.id).desc())
            .limit(limit)
        )
        return [change_of(row) for row in self._session.exec(query)]

    def triggered(self, words: Collection[tuple[str, str]], since: datetime) -> list[Change]:
        """The changes since that these words triggered, each an issue and a trigger, oldest first by `at`."""
        query = (
            select(ChangeRow)
            .where(
                ChangeRow.at >= since,
                self._is_among(col(ChangeRow.issue), {issue for issue, _ in words}),
                self._is_among(col(ChangeRow.trigger), {trigger for _, trigger in words}),
            )
            .order_by(col(ChangeRow.at), col(ChangeRow.id))
        )
        return [change_of(row) for row in self._session.exec(query) if (row.issue, row.trigger) in words]

    def change(self, change_id: int) -> Change:
        """The change. Raises NotFound."""
        return change_of(self._row(ChangeRow, change_id, "change"))

    def change_by_key(self, key: str) -> Change:
        """The change with this identity. Raises NotFound."""
        row = self._session.exec(select(ChangeRow).where(ChangeRow.key == key)).first()
        if row is None:
            raise NotFound("change", key)
        return change_of(row)

    def _save_position(self, found: FoundPosition, now: datetime) -> None:
        row = self._session.get(PositionRow, (found.actor, found.issue), populate_existing=True)
        if row is None:
            row = PositionRow(actor=found.actor, issue=found.issue, posterior={}, updated_at=now)
        row.stance = _value(found.stance)
        row.posterior = {stance.value: share for stance, share in found.posterior.items()}
        row.since = found.since
        row.statement_id = found.statement
        row.statements = found.statements
        row.pending = _value(found.pending)
        row.updated_at = now
        self._session.add(row)

    def _recorded(self, actor: str, issue: str) -> dict[str, ChangeRow]:
        query = select(ChangeRow).where(ChangeRow.actor == actor, ChangeRow.issue == issue)
        rows = self._session.exec(query.execution_options(populate_existing=True))
        return {row.key: row for row in rows}

    def _save_change(self, found: FoundChange, row: ChangeRow | None, now: datetime) -> ChangeTransition | None:
        values = _values(found)
        if row is None:
            row = ChangeRow(**values, key=found.key, recorded_at=now, updated_at=now, status_at=now)
            if found.status is ChangeStatus.CONFIRMED:
                row.first_confirmed_at = now
            self._session.add(row)
            self._session.flush()
            return ChangeTransition(change=change_of(row), was=None)
        was = ChangeStatus(row.status)
        # A late item can turn a first position into a reversal, or a silent change into news: not everybody who wants
        # to know of it was told then.
        other_news = found.status is was is ChangeStatus.CONFIRMED and (row.kind, row.silent) != (
            found.kind,
            found.silent,
        )
        for name, value in values.items():
            if name != "status" and getattr(row, name) != value:
                setattr(row, name, value)
                row.updated_at = now
        if other_news:
            row.status_at = now
            self._session.add(row)
            return ChangeTransition(change=change_of(row), was=was)
        return self._transit(row, was, found.status, now)

    def _transit(
        self, row: ChangeRow, was: ChangeStatus, status: ChangeStatus, now: datetime
    ) -> ChangeTransition | None:
        self._session.add(row)
        if was is status:
            return None
        row.status = status.value
        row.updated_at = row.status_at = now
        if status is ChangeStatus.CONFIRMED and row.first_confirmed_at is None:
            row.first_confirmed_at = now
        return ChangeTransition(change=change_of(row), was=was)


def _value(stance: Stance | None) -> str | None:
    return None if stance is None else stance.value


def _stance(value: str | None) -> Stance | None:
    return None if value is None else Stance(value)


def _values(found: FoundChange) -> dict[str, Any]:
    return {
        "actor": found.actor,
        "issue": found.issue,
        "kind": found.kind.value,
        "before": _value(found.before),
        "after": _value(found.after),
        "status": found.status.value,
        "trigger": found.trigger,
        "at": found.at,
        "confirmed_at": found.confirmed_at,
        "posterior": found.posterior,
        "before_statement": found.before_statement,
        "after_statement": found.after_statement,
        "support": list(found.support),
        "silent": found.silent,
    }


def changes_among(
    since: datetime | None, actor: str | None, issue: str | None, status: ChangeStatus | None
) -> list[ColumnElement[bool]]:
    """What holds of changes that are asked for by when, who, what and status; None is all."""
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(col(ChangeRow.at) >= since)
    if actor is not None:
        found.append(col(ChangeRow.actor) == actor)
    if issue is not None:
        found.append(col(ChangeRow.issue) == issue)
    if status is not None:
        found.append(col(ChangeRow.status) == status.value)
    return found


def change_of(row: ChangeRow) -> Change:
    """The change of a row."""
    assert row.id is not None
    found = FoundChange(
        actor=row.actor,
        issue=row.issue,
        kind=ChangeKind(row.kind),
        before=_stance(row.before),
        after=_stance(row.after),
        status=ChangeStatus(row.status),
        trigger=row.trigger,
        at=row.at,
        confirmed_at=row.confirmed_at,
        posterior=row.posterior,
        before_statement=row.before_statement,
        after_statement=row.after_statement,
        support=tuple(row.support),
        silent=row.silent,
    )
    return Change(id=row.id, key=row.key, found=found, recorded_at=row.recorded_at)


def _position(row: PositionRow) -> FoundPosition:
    return FoundPosition(
        actor=row.actor,
        issue=row.issue,
        stance=_stance(row.stance),
        posterior={Stance(stance): share for stance, share in row.posterior.items()},
        since=row.since,
        statement=row.statement_id,
        statements=row.statements,
        pending=_stance(row.pending),
    )
