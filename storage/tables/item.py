"""Items, their revisions and their stories, and what the rules matched in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, UniqueConstraint

from storage.tables.base import NUMBERED, Table, moment, refers, row_id, string
from storage.types import BIG_ID, CleanText


class StoryRow(Table, table=True):
    """An item and its syndicated copies."""

    __tablename__ = "story"
    __table_args__ = NUMBERED

    id: int | None = row_id()
    created_at: datetime = moment()


class ItemRow(Table, table=True):
    """An item; its words are in its revisions. `state` is the queue: see `ItemState`.

    `link_identity` recognises an item whose feed gives it another id at every poll. `feed_title` is kept when the feed
    is removed, so that an old alert can still say where it was read. `grouping` is whether it was compared with others:
    see `Grouping`.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("feed_id", "identity"),
        Index(None, "feed_id", "link_identity"),
        Index(None, "feed_id", "id"),
        Index(None, "state", "published_at", "id"),
        Index(None, "published_at", "id"),
        NUMBERED,
    )

    id: int | None = row_id()
    feed_id: int | None = refers("feed.id", "SET NULL", default=None)
    feed_title: str | None = string(None)
    identity: str = string()
    link_identity: str | None = string(None)
    story_id: int = refers("story.id", "RESTRICT", index=True)
    url: str | None = string(None)
    publisher: str = string()
    published_at: datetime = moment()
    seen_at: datetime = moment()
    lang: str | None = string(None)
    author: str | None = string(None)
    baseline: bool = Field(default=False)
    revision: int = Field(default=1)
    state: str = string("new")
    attempts: int = Field(default=0)
    error: str | None = string(None)
    lease_token: str | None = string(None)
    lease_until: datetime | None = moment(None)
    processed_at: datetime | None = moment(None)
    grouping: str = Field(default="new", sa_type=CleanText, sa_column_kwargs={"server_default": "unread"})


class ItemRevisionRow(Table, table=True):
    """What an item said, each time that it said something else."""

    __tablename__ = "item_revision"
    __table_args__ = (UniqueConstraint("item_id", "revision"), NUMBERED)

    id: int | None = row_id()
    item_id: int = refers("item.id", "CASCADE")
    revision: int = Field()
    title: str = string()
    text: str = string()
    content_hash: str = string()
    seen_at: datetime = moment()


class MatchRow(Table, table=True):
    """Where a rule was found in a revision."""

    __tablename__ = "match"
    __table_args__ = (Index(None, "item_id", "revision"), Index(None, "kind", "rule_id"), NUMBERED)

    id: int | None = row_id()
    item_id: int = refers("item.id", "CASCADE")
    revision: int = Field()
    rule_set: str = string()
    kind: str = string()
    rule_id: str = string()
    field: str = string()
    start: int = Field()
    end: int = Field()
    via: str = string()


class OwnWordsRow(Table, table=True):
    """What a text is recognised by, as it was last read: see `OwnWords`. Names and numbers are joined by U+001F."""

    __tablename__ = "own_words"

    item_id: int = Field(primary_key=True, foreign_key="item.id", ondelete="CASCADE", sa_type=BIG_ID)
    pairs: bytes = Field()
    names: str = string()
    numbers: str = string()
    title: str | None = string(None)


class WordKeyRow(Table, table=True):
    """An entry of the index over own words: a key of the item published at `at`, in seconds since 1970.

    `of` is how many names the item has.
    """

    __tablename__ = "word_key"
    __table_args__ = (Index(None, "item_id"), {"sqlite_with_rowid": False})

    key: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    item_id: int = Field(primary_key=True, foreign_key="item.id", ondelete="CASCADE", sa_type=BIG_ID)
    of: int = Field()
