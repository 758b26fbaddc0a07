"""The outbox of domain events, the audit trail, and single facts about the database itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Index

from storage.tables.base import NUMBERED, Table, json, moment, row_id, string


class EventRow(Table, table=True):
    """A domain event, written in the transaction of what it tells of. Dispatched once `dispatched_at` is set."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "dispatched_at", "id"), NUMBERED)

    id: int | None = row_id()
    subject: str = string()
    data: dict[str, Any] = json()
    at: datetime = moment()
    dispatched_at: datetime | None = moment(None)


class AuditRow(Table, table=True):
    """Who did what to which thing."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "who", "id"), Index(None, "what", "id"), Index(None, "target", "id"), NUMBERED)

    id: int | None = row_id()
    at: datetime = moment()
    who: str = string()
    what: str = string()
    target: str = string()
    detail: dict[str, Any] = json()


class AlarmRow(Table, table=True):
    """A trouble that operators are told of once, and again when it is over. `subject` names what is in trouble."""

    __tablename__ = "alarm"
    __table_args__ = (Index(None, "kind", "subject"), NUMBERED)

    id: int | None = row_id()
    kind: str = string()
    subject: str = string()
    detail: dict[str, Any] = json()
    since: datetime = moment()
    over_at: datetime | None = moment(None, index=True)


class MetaRow(Table, table=True):
    """A fact about this database, by name."""

    __tablename__ = "meta"

    key: str = string(primary_key=True)
    value: str = string()
