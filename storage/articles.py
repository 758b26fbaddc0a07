"""Articles: which items wait for theirs, who fetches it just now, and the text that came of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from monitor.model.article import ArticleState, StoredArticle
from monitor.model.item import Item
from storage.feeds import host_of
from storage.items import Items
from storage.repository import MOST_PARAMETERS, Repository, chunks, lease_token, unleased
from storage.tables import ArticleRow, ItemRevisionRow, ItemRow
from storage.types import storable
from storage.values import ItemState


class Articles(Repository):
    """The articles. Whoever holds an item's lock may write here; a claim is given up by the next write to it."""

    def want(self, item: Item, now: datetime) -> bool:
        """Asks for the item's article, unless it was asked for before or there is no address. Whether it is new."""
        if item.url is None or self._session.get(ArticleRow, item.id) is not None:
            return False
        row = ArticleRow(
            item_id=item.id,
            url=item.url,
            host=host_of(item.url),
            state=ArticleState.WAITING.value,
            feed_text=item.text,
            next_attempt_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return True

    def of(self, ids: Collection[int]) -> dict[int, StoredArticle]:
        """The articles of these items, as far as they were asked for."""
        found: dict[int, StoredArticle] = {}
        for part in chunks(sorted(set(ids))):
            query = select(ArticleRow).where(col(ArticleRow.item_id).in_(part))
            rows = self._session.exec(query.execution_options(populate_existing=True))
            found |= {row.item_id: _article(row) for row in rows}
        return found

    def any_due(self, now: datetime) -> bool:
        """Whether an article is due that nobody fetches."""
        query = select(ArticleRow.item_id).where(
            ArticleRow.state == ArticleState.WAITING.value,
            col(ArticleRow.next_attempt_at) <= now,
            unleased(ArticleRow.lease_until, now),
        )
        return self._session.exec(query.limit(1)).first() is not None

    def claim_due(
        self, now: datetime, limit: int, lease: timedelta, *, busy: Collection[str] = ()
    ) -> list[tuple[StoredArticle, Item]]:
        """Leases articles that are due, one of a host and none of a `busy` one; news comes before what is baseline."""
        due = (
            ArticleRow.state == ArticleState.WAITING.value,
            col(ArticleRow.next_attempt_at) <= now,
            unleased(ArticleRow.lease_until, now),
            ItemRow.state != ItemState.FORGOTTEN.value,
        )
        free = col(ArticleRow.host).not_in(list(busy)[:MOST_PARAMETERS])
        query = (
            select(ArticleRow.item_id, ArticleRow.host)
            .join(ItemRow, col(ItemRow.id) == ArticleRow.item_id)
            .where(*due, free)
            .order_by(col(ItemRow.baseline), col(ArticleRow.next_attempt_at), col(ArticleRow.item_id).desc())
            .limit(limit * 50)
        )
        by_host: dict[str, int] = {}
        for item_id, host in self._session.exec(query):
            if host not in busy:
                by_host.setdefault(host, item_id)
        token, chosen = lease_token(), list(by_host.values())[:limit]
        mine = (col(ArticleRow.item_id).in_(chosen), unleased(ArticleRow.lease_until, now))
        self._session.exec(update(ArticleRow).where(*mine).values(lease_token=token, lease_until=now + lease))
        items = Items(self._session)
        claimed = [article for article in self.of(chosen).values() if article.token == token]
        return [(article, items.get(article.item_id)) for article in claimed]

    def hold(self, article: StoredArticle) -> bool:
        """Whether the claim still stands; locks the item until the transaction ends."""
        self._lock("item", article.item_id)
        query = select(ArticleRow.item_id).where(
            ArticleRow.item_id == article.item_id,
            ArticleRow.lease_token == article.token,
            ArticleRow.state == ArticleState.WAITING.value,
        )
        return self._session.exec(query).first() is not None

    def put_off(self, article: StoredArticle, note: str, until: datetime, *, counts: bool) -> None:
        """The article is asked for again later; `counts` says whether this was an attempt."""
        self._write(article.item_id, note=note, next_attempt_at=until, attempts=article.attempts + counts)

    def give_up(self, article: StoredArticle, note: str, now: datetime) -> None:
        """The article cannot be had. One that came earlier stays."""
        state = ArticleState.UNAVAILABLE if article.text is None else ArticleState.FETCHED
        self._write(article.item_id, note=note, state=state.value, fetched_at=now, attempts=article.attempts + 1)

    def put(
        self, item: Item, feed_text: str, text: str, whole: str, lang: str | None, note: str, now: datetime
    ) -> Item:
        """Stores an article's text; `whole`, the item's text with it, becomes a revision where it says anything new.

        The revision keeps the hash of what the feed said: the feed's next poll finds nothing changed.
        """
        item = self._revised(item, whole, lang, now)
        self._write(item.id, state=ArticleState.FETCHED.value, text=storable(text), feed_text=storable(feed_text),
                    revision=item.revision, note=note, fetched_at=now)  # fmt: skip
        return item

    def join(self, item: Item, whole: str, now: datetime, again_at: datetime) -> Item:
        """The feed revised an item whose article is known: the article stays in its text until it was fetched anew."""
        feed_text = item.text
        item = self._revised(item, whole, None, now)
        self._write(item.id, state=ArticleState.WAITING.value, feed_text=feed_text, revision=item.revision,
                    attempts=0, next_attempt_at=again_at)  # fmt: skip
        return item

    def _revised(self, item: Item, whole: str, lang: str | None, now: datetime) -> Item:
        if lang is not None and lang != item.lang:
            self._session.exec(update(ItemRow).where(col(ItemRow.id) == item.id).values(lang=lang))
        if storable(whole) == item.text:
            return item
        query = select(ItemRevisionRow.content_hash).where(
            ItemRevisionRow.item_id == item.id, ItemRevisionRow.revision == item.revision
        )
        said = self._session.exec(query).one()
        return Items(self._session).revise(item.id, item.title, whole, said, item.url, now)

    def _write(self, item_id: int, **values: Any) -> None:
        values |= {"lease_token": None, "lease_until": None}
        self._session.exec(update(ArticleRow).where(col(ArticleRow.item_id) == item_id).values(**values))


def _article(row: ArticleRow) -> StoredArticle:
    return StoredArticle(
        item_id=row.item_id,
        url=row.url,
        state=ArticleState(row.state),
        note=row.note,
        text=row.text,
        feed_text=row.feed_text,
        revision=row.revision,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        fetched_at=row.fetched_at,
        token=row.lease_token,
    )
