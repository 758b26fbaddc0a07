"""What is remembered of the last polls of a feed."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field

from storage.tables.base import Table, json
from storage.types import BIG_ID


class PollLogRow(Table, table=True):
    """The last polls of a feed, the oldest first. Apart from the feed, which is read far more often than they are."""

    __tablename__ = "poll_log"

    feed_id: int = Field(primary_key=True, foreign_key="feed.id", ondelete="CASCADE", sa_type=BIG_ID)
    polls: list[list[Any]] = json()
