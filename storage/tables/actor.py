"""What operators said of who is who: actors merged and split, and the statements that went with a split."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, json, moment, row_id, string
from storage.types import BIG_ID, CleanText


class ActorVerdictRow(Table, table=True):
    """`actor` is `into` (merge), or part of what was taken for `actor` is `into` (split). Undone, it counts no more.

    `names` are the wordings that went to `into`, `rules` the versions of rules before and after, as [kind, id, before,
    after], `changes` the ids of the changes that a merge handed over.
    """

    __tablename__ = "actor_verdict"
    __table_args__ = (Index(None, "undone_at"), NUMBERED)

    id: int | None = row_id()
    kind: str = string()
    actor: str = string()
    into: str = string()
    names: list[str] = json()
    rules: list[list[Any]] = json()
    changes: list[int] = json()
    who: str = string()
    why: str = string()
    at: datetime = moment()
    undone_at: datetime | None = moment(None)
    undone_who: str | None = string(None)
    undone_why: str | None = string(None)


class HolderMoveRow(Table, table=True):
    """A statement of an item, known by the fingerprint under which it was read, belongs to whom the split made.

    The words and not the row: what is read again in the same words stays where the operator put it.
    """

    __tablename__ = "holder_move"

    actor_verdict_id: int = Field(
        primary_key=True,
        foreign_key="actor_verdict.id",
        ondelete="CASCADE",
        sa_type=BIG_ID,
        sa_column_kwargs={"autoincrement": False},
    )
    item_id: int = Field(
        primary_key=True,
        foreign_key="item.id",
        ondelete="CASCADE",
        sa_type=BIG_ID,
        index=True,
        sa_column_kwargs={"autoincrement": False},
    )
    fingerprint: str = Field(primary_key=True, sa_type=CleanText)
