"""Items: what was read, and each revision of it. The queue of those not yet processed is in `item_queue.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, update
from sqlmodel import col, select

from monitor.model.item import Item, NewItem, StoryCandidate
from rules.model import Match, RuleKind, Via
from storage.errors import NotFound
from storage.item_queue import ItemQueue, item_of
from storage.known_items import KnownItems
from storage.search import found_by, index_rest, index_revisions
from storage.tables import FeedRow, ItemRevisionRow, ItemRow, MatchRow
from storage.types import storable
from storage.values import Grouping, ItemState


class Items(ItemQueue, KnownItems):
    """The items. Title and text come back as they were stored: see `storable`."""

    def add(self, new: NewItem, story_id: int | None) -> Item:
        """Stores a new item as a copy of a story; without one it begins a story of its own, and waits to be grouped."""
        (item_id,) = self.add_all([new])
        if story_id is not None:
            self._session.exec(update(ItemRow).where(col(ItemRow.id) == item_id).values(story_id=story_id))
        return self.get(item_id)

    def add_all(self, new: Sequence[NewItem]) -> list[int]:
        """Stores new items, each in a story of its own until it is grouped with others; gives their ids."""
        if not new:
            return []
        stories, ids, revisions = (self._new_ids(table, len(new)) for table in ("story", "item", "item_revision"))
        self._insert("story", [{"id": i, "created_at": n.seen_at} for i, n in zip(stories, new, strict=True)])
        numbered = list(zip(ids, stories, revisions, new, strict=True))
        self._insert("item", [_item_values(i, story, n) for i, story, _, n in numbered])
        said = [_revision_values(revision, i, 1, n) for i, _, revision, n in numbered]
        self._insert("item_revision", said)
        index_revisions(self._session, [(r["id"], r["title"], r["text"]) for r in said])
        return ids

    def revise(
        self, item_id: int, title: str, text: str, content_hash: str, url: str | None, seen_at: datetime
    ) -> Item:
        """Stores what an item says now; it is processed again, whoever has the revision before. Raises NotFound."""
        self._lock("item", item_id)
        row = self._row(ItemRow, item_id, "item")
        row.revision += 1
        row.grouping = Grouping.NEW.value if row.grouping == Grouping.NEW.value else Grouping.UNREAD.value
        row.url = None if url is None else storable(url)
        row.state = ItemState.NEW.value
        row.attempts, row.error = 0, None
        row.lease_token, row.lease_until = None, None
        self._session.add(row)
        self._session.flush()
        return item_of(row, self._add_revision(item_id, row.revision, title, text, content_hash, seen_at))

    def index_rest(self, limit: int) -> int:
        """Puts what was stored last into the search index, so much at most, where that was not done at once.

        Gives how many revisions it were. A search finds what waits for it, too, but has to look through it.
        """
        return index_rest(self._session, limit)

    def tell_language(self, item_id: int, lang: str) -> None:
        """The language that the item is written in, where it was only declared before."""
        self._session.exec(update(ItemRow).where(col(ItemRow.id) == item_id).values(lang=lang))

    def get(self, item_id: int) -> Item:
        """The item as it is now. Raises NotFound."""
        row = self._row(ItemRow, item_id, "item")
        return self._with_revision(row, row.revision)

    def revision(self, item_id: int, revision: int) -> Item:
        """The item as it was in a revision. Raises NotFound."""
        return self._with_revision(self._row(ItemRow, item_id, "item"), revision)

    def search(self, query: str | None, limit: int, offset: int = 0) -> list[Item]:
        """Items by words, newest first; without a query all of them. No input is a syntax error: see `found_by`."""
        selected = self._select().where(ItemRow.state != ItemState.FORGOTTEN.value)
        selected = selected.order_by(col(ItemRow.published_at).desc(), col(ItemRow.id).desc())
        if query is not None and query.strip():
            condition = found_by(self._session, query)
            if condition is None:
                return []
            selected = selected.where(condition)
        return self._load(selected.limit(limit).offset(offset))

    def story_candidates(self, since: datetime, until: datetime | None = None) -> list[StoryCandidate]:
        """What was published between the two, oldest first, for finding copies."""
        query = self._select().where(ItemRow.published_at >= since)
        if until is not None:
            query = query.where(ItemRow.published_at <= until)
        query = query.order_by(col(ItemRow.published_at), col(ItemRow.id))
        return [
            StoryCandidate(
                story_id=item.story_id,
                item_id=item.id,
                publisher=item.publisher,
                title=item.title,
                text=item.text,
                published_at=item.published_at,
            )
            for item in self._load(query)
        ]

    def recent_texts(self, feed_id: int, limit: int = 30) -> list[str]:
        """The texts of the feed's latest items, for finding what its pages repeat."""
        query = self._select().where(ItemRow.feed_id == feed_id, ItemRow.state != ItemState.FORGOTTEN.value)
        query = query.order_by(col(ItemRow.id).desc()).limit(limit)
        return [item.text for item in self._load(query)]

    def save_matches(self, item: Item, matches: Sequence[Match], rule_set: str, now: datetime) -> None:
        """Writes what the rules found in this revision, in place of what they found in it before."""
        of_revision = (col(MatchRow.item_id) == item.id, col(MatchRow.revision) == item.revision)
        self._session.exec(delete(MatchRow).where(*of_revision))
        if matches:
            self._session.exec(
                insert(MatchRow),
                params=[
                    {
                        "item_id": item.id,
                        "revision": item.revision,
                        "rule_set": rule_set,
                        "kind": match.kind.value,
                        "rule_id": match.rule,
                        "field": match.field,
                        "start": match.start,
                        "end": match.end,
                        "via": match.via.value,
                    }
                    for match in matches
                ],
            )

    def matches(self, item_id: int) -> list[Match]:
        """What the rules found in the item as it is now, in the order of the text."""
        query = (
            select(MatchRow)
            .join(ItemRow, and_(col(ItemRow.id) == MatchRow.item_id, col(ItemRow.revision) == MatchRow.revision))
            .where(MatchRow.item_id == item_id)
        )
        rows = self._session.exec(query)
        return sorted(
            Match(row.field, row.start, row.end, RuleKind(row.kind), row.rule_id, Via(row.via)) for row in rows
        )

    def feed_title(self, item_id: int) -> str | None:
        """The title of the feed that brought the item, kept beyond the feed's removal. Raises NotFound."""
        row = self._row(ItemRow, item_id, "item")
        feed = None if row.feed_id is None else self._session.get(FeedRow, row.feed_id)
        return row.feed_title if feed is None else feed.title

    def _with_revision(self, row: ItemRow, revision: int) -> Item:
        query = select(ItemRevisionRow).where(ItemRevisionRow.item_id == row.id, ItemRevisionRow.revision == revision)
        found = self._session.exec(query).first()
        if found is None:
            raise NotFound("item revision", f"{row.id}/{revision}")
        return item_of(row, found)

    def _add_revision(
        self, item_id: int, revision: int, title: str, text: str, content_hash: str, seen_at: datetime
    ) -> ItemRevisionRow:
        row = ItemRevisionRow(
            item_id=item_id,
            revision=revision,
            title=storable(title),
            text=storable(text),
            content_hash=content_hash,
            seen_at=seen_at,
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        index_revisions(self._session, [(row.id, row.title, row.text)])
        return row


def _item_values(item_id: int, story_id: int, new: NewItem) -> dict[str, Any]:
    return {
        "id": item_id,
        "feed_id": new.feed_id,
        "identity": new.identity,
        "link_identity": new.link_identity,
        "story_id": story_id,
        "url": new.url,
        "publisher": new.publisher,
        "published_at": new.published_at,
        "seen_at": new.seen_at,
        "lang": new.lang,
        "author": new.author,
        "baseline": new.baseline,
        "revision": 1,
        "state": ItemState.NEW.value,
        "attempts": 0,
        "grouping": Grouping.NEW.value,
    }


def _revision_values(revision_id: int, item_id: int, revision: int, new: NewItem) -> dict[str, Any]:
    return {
        "id": revision_id,
        "item_id": item_id,
        "revision": revision,
        "title": storable(new.title),
        "text": storable(new.text),
        "content_hash": new.content_hash,
        "seen_at": new.seen_at,
    }
