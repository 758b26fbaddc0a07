"""Positions and their changes, as the last fold left them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, json, moment, refers, row_id, string


class PositionRow(Table, table=True):
    """What an actor holds on an issue."""

    __tablename__ = "position"

    actor: str = string(primary_key=True)
    issue: str = string(primary_key=True, index=True)
    stance: str | None = string(None)
    posterior: dict[str, float] = json()
    since: datetime | None = moment(None)
    statement_id: int | None = refers("statement.id", "RESTRICT", default=None, index=True)
    statements: int = Field(default=0)
    pending: str | None = string(None)
    updated_at: datetime = moment()


class ChangeRow(Table, table=True):
    """A change. What it cites is never pruned, hence RESTRICT; `support` lists further statement ids.

    `status_at` is when the change became what it is: recorded, confirmed, of another kind, taken back. Further reports
    do not move it, unlike `updated_at`. `first_confirmed_at` is when it was confirmed for the first time, if ever.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "actor", "issue", "at"),
        Index(None, "at", "id"),
        Index(None, "status_at", "id"),
        NUMBERED,
    )

    id: int | None = row_id()
    key: str = string(unique=True)
    actor: str = string()
    issue: str = string(index=True)
    kind: str = string()
    before: str | None = string(None)
    after: str | None = string(None)
    status: str = string()
    trigger: str = string()
    at: datetime = moment()
    confirmed_at: datetime | None = moment(None)
    posterior: float = Field()
    before_statement: int | None = refers("statement.id", "RESTRICT", default=None, index=True)
    after_statement: int = refers("statement.id", "RESTRICT", index=True)
    support: list[int] = json()
    silent: bool = Field(default=False)
    recorded_at: datetime = moment()
    updated_at: datetime = moment()
    status_at: datetime | None = moment(None)
    first_confirmed_at: datetime | None = moment(None)
