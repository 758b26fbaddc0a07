"""The articles behind items, and the icons of sites."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, Index

from storage.tables.base import NUMBERED, Table, moment, row_id, string
from storage.types import BIG_ID


class ArticleRow(Table, table=True):
    """An item's article; `state` is the queue: see `ArticleState`. `host` keeps two requests to one site apart."""

    __tablename__ = "article"
    __table_args__ = (Index(None, "state", "next_attempt_at"),)

    item_id: int = Field(primary_key=True, foreign_key="item.id", ondelete="CASCADE", sa_type=BIG_ID)
    url: str = string()
    host: str = string()
    state: str = string()
    note: str = string("")
    text: str | None = string(None)
    feed_text: str = string("")
    revision: int | None = Field(default=None)
    attempts: int = Field(default=0)
    next_attempt_at: datetime = moment()
    fetched_at: datetime | None = moment(None)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)


class IconRow(Table, table=True):
    """The icon of a site: a raster image, or none and why."""

    __tablename__ = "icon"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    site: str = string(unique=True)
    media_type: str | None = string(None)
    data: bytes | None = Field(default=None, sa_type=LargeBinary)
    note: str = string("")
    failures: int = Field(default=0)
    next_attempt_at: datetime = moment(index=True)
    fetched_at: datetime | None = moment(None)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)
