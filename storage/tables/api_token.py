"""Tokens of the API. Only their hashes are here."""

from __future__ import annotations

from datetime import datetime

from storage.tables.base import NUMBERED, Table, moment, refers, row_id, string


class ApiTokenRow(Table, table=True):
    """A token of the API. `scopes` are separated by spaces; `begins` is shown, so that owners know theirs apart."""

    __tablename__ = "api_token"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    account_id: int = refers("account.id", "CASCADE", index=True)
    name: str = string()
    begins: str = string()
    hash: str = string(unique=True)
    scopes: str = string()
    created_at: datetime = moment()
    expires_at: datetime | None = moment(None)
    used_at: datetime | None = moment(None)
    revoked_at: datetime | None = moment(None)
