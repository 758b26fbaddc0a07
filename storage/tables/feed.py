"""Feeds."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, moment, row_id, string

_ZERO = {"server_default": "0"}


class FeedRow(Table, table=True):
    """A feed, and who is polling it just now."""

    __tablename__ = "feed"
    __table_args__ = (Index(None, "status", "next_poll_at"), NUMBERED)

    id: int | None = row_id()
    url: str = string(unique=True)
    title: str = string("")
    folder: str = string("")
    status: str = string()
    etag: str | None = string(None)
    last_modified: str | None = string(None)
    body_hash: str | None = string(None)
    site_url: str | None = string(None)
    interval_s: int = Field()
    next_poll_at: datetime = moment()
    last_poll_at: datetime | None = moment(None)
    last_success_at: datetime | None = moment(None)
    last_new_at: datetime | None = moment(None)
    failures: int = Field(default=0)
    last_error: str | None = string(None)
    errors_since: datetime | None = moment(None)
    baseline_done: bool = Field(default=False)
    added_at: datetime = moment()
    ttl_s: int | None = Field(default=None)
    rhythm_s: int | None = Field(default=None)
    newest_entry_at: datetime | None = moment(None)
    moved_to: str | None = string(None)
    moved_seen: int = Field(default=0, sa_column_kwargs=_ZERO)
    full_fetch_at: datetime | None = moment(None)
    polls: int = Field(default=0, sa_column_kwargs=_ZERO)
    empty_polls: int = Field(default=0, sa_column_kwargs=_ZERO)
    notice: str | None = string(None)
    articles: bool | None = Field(default=None)
    host: str | None = string(None)
    lang: str | None = string(None)
    publisher: str | None = string(None)
    shortest_s: int | None = Field(default=None)
    longest_s: int | None = Field(default=None)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)
