"""What operators change of single feeds. Leases stay: a poll under way is neither doubled nor broken off, and when it
is saved it writes only what it found itself."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from monitor.model.feed import Feed, FeedStatus
from storage.errors import FeedExists, NotFound
from storage.feeds import host_of
from storage.repository import Repository
from storage.tables import FeedRow, KnownEntriesRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """What operators set of a feed beside its address; see `Feed`."""

    title: str = ""
    folder: str = ""
    lang: str | None = None
    publisher: str | None = None
    shortest_s: int | None = None
    longest_s: int | None = None
    articles: bool | None = None

    @classmethod
    def of(cls, feed: Feed) -> FeedSettings:
        """Those of a feed."""
        return cls(
            title=feed.title,
            folder=feed.folder,
            lang=feed.lang,
            publisher=feed.publisher,
            shortest_s=feed.shortest_s,
            longest_s=feed.longest_s,
            articles=feed.articles,
        )

    @property
    def mark(self) -> str:
        """What these very settings are known by: a form carries it, and tells whether they changed meanwhile."""
        return hashlib.sha256(repr(asdict(self)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class FeedEdits(Repository):
    """Changes of feeds by operators."""

    def settings(self, feed_id: int, settings: FeedSettings) -> None:
        """Writes the settings. Raises NotFound."""
        self._update(feed_id, **asdict(settings))

    def pause(self, feed_id: int) -> None:
        """It is not polled until it is resumed. Raises NotFound."""
        self._update(feed_id, status=FeedStatus.PAUSED.value)

    def resume(self, feed_id: int, now: datetime) -> None:
        """It is polled again, and at once; also one that was gone. Raises NotFound."""
        self._update(feed_id, status=FeedStatus.ACTIVE.value, next_poll_at=now)

    def readdress(self, feed_id: int, url: str, now: datetime, *, another: bool) -> None:
        """The feed is polled at another address from now on, and at once; what is known of the old one's answers goes.

        `another` says that it is another feed: what it holds at its first poll is its baseline and alerts nobody.
        Raises NotFound, and FeedExists where a feed has the address already.
        """
        self._lock("feed", url)
        there = self._session.exec(select(FeedRow.id).where(FeedRow.url == url)).first()
        if there is not None and there != feed_id:
            raise FeedExists(there)
        forgotten: dict[str, Any] = dict.fromkeys(
            ("etag", "last_modified", "body_hash", "last_error", "errors_since", "moved_to", "notice")
        )
        if another:
            forgotten |= {"baseline_done": False, "site_url": None, "rhythm_s": None, "newest_entry_at": None}
        self._update(feed_id, url=url, host=host_of(url), failures=0, moved_seen=0, next_poll_at=now, **forgotten)
        gone = (col(FeedRow.id) == feed_id, col(FeedRow.status) == FeedStatus.GONE.value)
        self._session.exec(update(FeedRow).where(*gone).values(status=FeedStatus.ACTIVE.value))
        self._session.exec(delete(KnownEntriesRow).where(col(KnownEntriesRow.feed_id) == feed_id))

    def _update(self, feed_id: int, **values: Any) -> None:
        if self._session.exec(update(FeedRow).where(col(FeedRow.id) == feed_id).values(**values)).rowcount == 0:
            raise NotFound("feed", feed_id)
