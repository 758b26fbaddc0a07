"""What is remembered of the entries that a feed showed."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlmodel import Field

from storage.tables.base import Table
from storage.types import BIG_ID


class KnownEntriesRow(Table, table=True):
    """What the parser wants to be handed at a feed's next poll. Apart from the feed, which every poll writes."""

    __tablename__ = "known_entries"

    feed_id: int = Field(primary_key=True, foreign_key="feed.id", ondelete="CASCADE", sa_type=BIG_ID)
    data: bytes = Field(sa_type=LargeBinary)
