"""Readings, the statements that they made, and what operators said of these."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, json, moment, refers, row_id, string


class ReadingRow(Table, table=True):
    """What one extractor version made of one revision under one rule set. One reading to an item is live.

    `wanted` is set where the extractor stood in for another one, with the reason; `again_at` is when to ask that one
    again, null for never, and `tries` how often it was asked since. `records` are those of earlier readings by which
    the accuracy of its statements was reckoned, null where there were none.
    """

    __tablename__ = "reading"
    __table_args__ = (Index(None, "item_id", "live"), Index(None, "again_at"), Index(None, "wanted"), NUMBERED)

    id: int | None = row_id()
    item_id: int = refers("item.id", "CASCADE")
    revision: int = Field()
    extractor: str = string()
    extractor_version: str = string()
    rule_set: str = string()
    at: datetime = moment()
    live: bool = Field(default=True)
    wanted: str | None = string(None)
    fallback_reason: str | None = string(None)
    again_at: datetime | None = moment(None)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    records: dict[str, Any] | None = json(None)


class StatementRow(Table, table=True):
    """A statement as it was read. Never edited, save that it stops being live with its reading.

    Only `accuracy` is reckoned anew where an operator asks for it: it is what the confidence came to by the record of
    earlier readings, null where it counts as it was given.
    """

    __tablename__ = "statement"
    __table_args__ = (Index(None, "issue", "holder", "live"), NUMBERED)

    id: int | None = row_id()
    reading_id: int = refers("reading.id", "CASCADE", index=True)
    item_id: int = refers("item.id", "CASCADE", index=True)
    revision: int = Field()
    holder: str = string()
    issue: str = string()
    stance: str = string()
    field: str = string()
    start: int = Field()
    end: int = Field()
    text: str = string()
    confidence: float = Field()
    said_at: datetime = moment()
    speaker: str | None = string(None)
    claimed_by: str | None = string(None)
    quoted: bool = Field(default=False)
    withdraws: bool = Field(default=False)
    why: str = string("")
    fingerprint: str = string(index=True)
    live: bool = Field(default=True)
    accuracy: float | None = Field(default=None)


class VerdictRow(Table, table=True):
    """An operator's word on a statement: confirm, reject or correct. The newest one counts."""

    __tablename__ = "verdict"
    __table_args__ = (Index(None, "issue", "holder"), NUMBERED)

    id: int | None = row_id()
    statement_id: int = refers("statement.id", "CASCADE", index=True)
    kind: str = string()
    holder: str | None = string(None)
    issue: str | None = string(None)
    stance: str | None = string(None)
    who: str = string()
    at: datetime = moment()
    note: str = string("")
