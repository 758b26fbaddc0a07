"""Operators' verdicts on who is who: actors merged and split. They are rows; statements are read through them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from monitor.model.position import ChangeKind, change_key
from storage.errors import NotFound
from storage.holders import Holders, Move
from storage.repository import Repository, chunks
from storage.tables import ActorVerdictRow, ChangeRow, HolderMoveRow, PositionRow, StatementRow

RuleStep = tuple[str, str, int | None, int]
"""Kind and id of a rule, and its versions before (None: there was none) and after."""


class ActorVerdictKind(StrEnum):
    """MERGE: one actor is the other. SPLIT: what was taken for one actor is partly another."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorVerdict:
    """An operator's word on two actors: `actor` is `into` (merge), or a part of `actor` is `into` (split).

    `names` are the wordings that went to `into`, `rules` what became of the rules, `changes` the ids of the changes
    that a merge handed over. Once undone it counts no more.
    """

    id: int
    kind: ActorVerdictKind
    actor: str
    into: str
    names: tuple[str, ...]
    rules: tuple[RuleStep, ...]
    changes: tuple[int, ...]
    who: str
    why: str
    at: datetime
    undone_at: datetime | None = None
    undone_who: str | None = None
    undone_why: str | None = None


class Identified(Repository):
    """What every repository of statements is built on: it knows who is who."""

    def holders(self, items: Iterable[int] = ()) -> Holders:
        """Who is who now, with what splits took along in these items."""
        rows = self._standing()
        merged = {row.actor: row.into for row in rows if row.kind == ActorVerdictKind.MERGE}
        splits = {row.id: row for row in rows if row.kind == ActorVerdictKind.SPLIT}
        moves: dict[tuple[int, str], Move] = {}
        for part in chunks(sorted(set(items))) if splits else ():
            query = (
                select(HolderMoveRow)
                .where(col(HolderMoveRow.item_id).in_(part), col(HolderMoveRow.actor_verdict_id).in_(splits))
                .order_by(col(HolderMoveRow.actor_verdict_id))
            )
            for row in self._session.exec(query):
                split = splits[row.actor_verdict_id]
                moves[row.item_id, row.fingerprint] = Move(into=split.into, at=split.at)
        return Holders(merged=merged, moves=moves)

    def splits_into(self, actors: Collection[str] | None = None) -> list[int]:
        """The ids of the splits that stand and took statements to one of these actors, whatever the actors are now."""
        rows = self._standing()
        merged = Holders(merged={row.actor: row.into for row in rows if row.kind == ActorVerdictKind.MERGE})
        splits = [row for row in rows if row.kind == ActorVerdictKind.SPLIT]
        return [row.id for row in splits if row.id is not None and (actors is None or merged.now(row.into) in actors)]

    def hold_identities(self) -> None:
        """Until the transaction ends nobody merges or splits: who writes statements folds whom they belong to.

        Comes before the locks on positions.
        """
        self._lock_shared("actors")

    def _standing(self) -> list[ActorVerdictRow]:
        query = select(ActorVerdictRow).where(col(ActorVerdictRow.undone_at).is_(None))
        return list(
            self._session.exec(query.order_by(col(ActorVerdictRow.id)).execution_options(populate_existing=True))
        )


class ActorVerdicts(Identified):
    """The verdicts on who is who."""

    def begin(self) -> None:
        """Keeps everybody from writing statements, and from other such verdicts, until the transaction ends."""
        self._lock("actors")

    def all(self) -> list[ActorVerdict]:
        """All of them, undone ones too, oldest first."""
        return [_verdict(row) for row in self._session.exec(select(ActorVerdictRow).order_by(col(ActorVerdictRow.id)))]

    def get(self, verdict_id: int) -> ActorVerdict:
        """The verdict. Raises NotFound."""
        return _verdict(self._row(ActorVerdictRow, verdict_id, "merge or split"))

    def merges(self) -> list[ActorVerdict]:
        """The merges that stand, oldest first."""
        return [_verdict(row) for row in self._standing() if row.kind == ActorVerdictKind.MERGE]

    def add(
        self,
        kind: ActorVerdictKind,
        actor: str,
        into: str,
        *,
        names: Sequence[str],
        rules: Sequence[RuleStep],
        changes: Sequence[int],
        who: str,
        why: str,
        now: datetime,
    ) -> int:
        """Writes a verdict and gives its id."""
        row = ActorVerdictRow(
            kind=kind.value, actor=actor, into=into, names=list(names), rules=[list(step) for step in rules],
            changes=list(changes), who=who, why=why, at=now,
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        return row.id

    def undo(self, verdict_id: int, who: str, why: str, now: datetime) -> None:
        """The verdict counts no more; the row stays. Raises NotFound, also where it was undone before."""
        row = self._row(ActorVerdictRow, verdict_id, "merge or split")
        if row.undone_at is not None:
            raise NotFound("standing merge or split", verdict_id)
        row.undone_at, row.undone_who, row.undone_why = now, who, why
        self._session.add(row)
        self._session.flush()

    def take_along(self, verdict_id: int, statements: Iterable[int]) -> None:
        """These statements belong to whom the split made, whatever is read in the same words of their items."""
        words: dict[tuple[int, str], None] = {}
        for part in chunks(sorted(set(statements))):
            query = select(StatementRow.item_id, StatementRow.fingerprint).where(col(StatementRow.id).in_(part))
            words |= dict.fromkeys((item, fingerprint) for item, fingerprint in self._session.exec(query))
        rows = [{"actor_verdict_id": verdict_id, "item_id": item, "fingerprint": mark} for item, mark in words]
        self._insert("holder_move", rows)

    def hand_over(self, actor: str, into: str, only: Iterable[int] | None = None) -> list[int]:
        """What was told of one actor is told of the other: its changes stay, with their ids, under the other's name.

        Gives their ids. With `only` no others than these. A change whose identity the other has already stays.
        """
        query = select(ChangeRow).where(ChangeRow.actor == actor).order_by(col(ChangeRow.id))
        wanted = None if only is None else set(only)
        moved: list[int] = []
        for row in list(self._session.exec(query.execution_options(populate_existing=True))):
            key = change_key(into, row.issue, ChangeKind(row.kind), row.trigger)
            taken = self._session.exec(select(ChangeRow.id).where(ChangeRow.key == key)).first() is not None
            if row.id is not None and not taken and (wanted is None or row.id in wanted):
                row.actor, row.key = into, key
                self._session.add(row)
                moved.append(row.id)
        self._session.flush()
        return moved

    def forget_empty(self, actors: Collection[str]) -> None:
        """Takes out positions of these actors that no statement stands behind any more."""
        empty = (col(PositionRow.actor).in_(sorted(actors)), col(PositionRow.statements) == 0)
        self._session.exec(delete(PositionRow).where(*empty))


def _verdict(row: ActorVerdictRow) -> ActorVerdict:
    assert row.id is not None
    return ActorVerdict(
        id=row.id,
        kind=ActorVerdictKind(row.kind),
        actor=row.actor,
        into=row.into,
        names=tuple(row.names),
        rules=tuple(_step(step) for step in row.rules),
        changes=tuple(row.changes),
        who=row.who,
        why=row.why,
        at=row.at,
        undone_at=row.undone_at,
        undone_who=row.undone_who,
        undone_why=row.undone_why,
    )


def _step(step: Sequence[Any]) -> RuleStep:
    kind, rule, before, after = step
    return str(kind), str(rule), None if before is None else int(before), int(after)
