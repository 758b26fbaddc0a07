"""The article behind an item, as far as it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArticleState(StrEnum):
    """WAITING is to be fetched, FETCHED was, UNAVAILABLE could not be had and is not asked for again."""

    WAITING = "waiting"
    FETCHED = "fetched"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An item's article. `note` says in plain words why it could not be had, or what is missing from it.

    `text` is what the page gave, None until it came. `revision` is the item's revision that holds it, beside or in
    place of `feed_text`, what the feed itself said; a newer revision of the item is the feed's own and lacks it.
    """

    item_id: int
    url: str
    state: ArticleState
    note: str = ""
    text: str | None = None
    feed_text: str = ""
    revision: int | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    fetched_at: datetime | None = None
    token: str | None = None
