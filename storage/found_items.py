"""Items by everything that they can be looked for, newest first, at a cost that hangs on the page and not on the store.

What is asked for may be rare or frequent, and the two are best looked for from opposite ends. So a few thousand of what
fits are taken at most; where that was all, only these are put in order. Else what fits is frequent, and is met soon on
the way through all items from the newest on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from monitor.model.item import Item
from rules.model import RuleKind
from storage.item_queue import CURRENT, ItemQueue
from storage.search import found_by
from storage.tables import ItemRevisionRow, ItemRow, MatchRow
from storage.values import ItemState

RARE = 3_000
"""So many that fit can be put in order in some milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChoice:
    """Which items are looked for; None is all. `words` as in `found_by`; `since` and `until` bound when it was
    published, both inclusive; `actor` and `issue` are rules that were found in the item as it is now.
    """

    words: str | None = None
    actor: str | None = None
    issue: str | None = None
    feed: int | None = None
    lang: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class FoundItems(ItemQueue):
    """Searches over the items that were not forgotten."""

    def page(self, choice: ItemChoice, limit: int, before_id: int | None = None) -> list[Item]:
        """Items, newest first by when they were published, from where the page before ended. Raises NotFound."""
        said = None
        if choice.words is not None and choice.words.strip():
            said = found_by(self._session, choice.words)
            if said is None:
                return []
        plain = self._plain(choice, before_id)
        rare = self._rare(choice, said)
        found = self._walked(choice, said, plain, limit) if rare is None else self._sorted(choice, rare, plain, limit)
        items = {item.id: item for item in self._load(self._select().where(self._is_among(col(ItemRow.id), found)))}
        return [items[number] for number in found if number in items]

    def _sorted(
        self, choice: ItemChoice, rare: ColumnElement[bool], plain: Sequence[ColumnElement[bool]], limit: int
    ) -> list[int]:
        """All that fits is at hand: it is put in order here."""
        query = select(ItemRow.id, ItemRow.published_at).join(ItemRevisionRow, CURRENT)
        rules = [_matched(kind, rule) for kind, rule in _rules(choice)]
        rows = self._session.execute(query.where(rare, *plain, *rules)).all()
        newest = sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)
        return [number for number, _ in newest[:limit]]

    def _walked(
        self,
        choice: ItemChoice,
        said: ColumnElement[bool] | None,
        plain: Sequence[ColumnElement[bool]],
        limit: int,
    ) -> list[int]:
        """What fits is frequent: met on the way through the items from the newest on."""
        query = select(ItemRow.id).where(*plain, *(_matched(kind, rule) for kind, rule in _rules(choice)))
        if said is not None:
            here = select(ItemRevisionRow.id).where(CURRENT, said).correlate(ItemRow)
            query = query.where(here.exists())
        newest = query.order_by(col(ItemRow.published_at).desc(), col(ItemRow.id).desc()).limit(limit)
        return [number for number in self._session.exec(newest) if number is not None]

    def _plain(self, choice: ItemChoice, before_id: int | None) -> list[ColumnElement[bool]]:
        """What a row of an item tells by itself."""
        row = ItemRow
        found: list[ColumnElement[bool]] = [col(row.state) != ItemState.FORGOTTEN.value]
        found += [] if choice.feed is None else [col(row.feed_id) == choice.feed]
        found += [] if choice.lang is None else [col(row.lang) == choice.lang]
        found += [] if choice.since is None else [col(row.published_at) >= choice.since]
        found += [] if choice.until is None else [col(row.published_at) <= choice.until]
        if before_id is not None:
            end = self._row(ItemRow, before_id, "item")
            same = and_(col(row.published_at) == end.published_at, col(row.id) < end.id)
            # The first part is told twice, for an index to go by.
            found += [col(row.published_at) <= end.published_at, or_(col(row.published_at) < end.published_at, same)]
        return found

    def _rare(self, choice: ItemChoice, said: ColumnElement[bool] | None) -> ColumnElement[bool] | None:
        """The rows that can fit, where anything that is asked for fits few; None where all of it is frequent."""
        if said is not None:
            few = self._few(select(ItemRevisionRow.id).where(said))
            if few is not None:
                return self._is_among(col(ItemRevisionRow.id), few)
        for kind, rule in _rules(choice):
            few = self._few(select(MatchRow.item_id).where(MatchRow.kind == kind.value, MatchRow.rule_id == rule))
            if few is not None:
                both = self._is_among(col(ItemRow.id), few)
                return both if said is None else and_(both, said)
        if choice.feed is not None:
            few = self._few(select(ItemRow.id).where(ItemRow.feed_id == choice.feed))
            if few is not None:
                both = self._is_among(col(ItemRow.id), few)
                return both if said is None else and_(both, said)
        return None

    def _few(self, query: Any) -> list[int] | None:
        """The numbers that a query gives, if they are few."""
        found = list(self._session.exec(query.limit(RARE + 1)))
        return list(set(found)) if len(found) <= RARE else None

    def copies(self, item: Item, limit: int) -> list[Item]:
        """The other items of the same story, newest first."""
        query = self._select().where(ItemRow.story_id == item.story_id, ItemRow.id != item.id)
        query = query.order_by(col(ItemRow.published_at).desc(), col(ItemRow.id).desc()).limit(limit)
        return self._load(query)

    def languages(self) -> list[str]:
        """The languages that items are in, by their codes."""
        # One step through the index of a language each would need an index; the newest thousands tell nearly all.
        newest = select(ItemRow.lang).order_by(col(ItemRow.published_at).desc()).limit(5_000).subquery()
        return sorted(lang for lang in self._session.exec(select(newest.c.lang).distinct()) if lang)


def _rules(choice: ItemChoice) -> list[tuple[RuleKind, str]]:
    asked = ((RuleKind.ACTOR, choice.actor), (RuleKind.ISSUE, choice.issue))
    return [(kind, rule) for kind, rule in asked if rule is not None]


def _matched(kind: RuleKind, rule: str) -> ColumnElement[bool]:
    """Whether the rule was found in the item as it is now."""
    here = (col(MatchRow.item_id) == ItemRow.id, col(MatchRow.revision) == ItemRow.revision)
    same = (MatchRow.kind == kind.value, MatchRow.rule_id == rule)
    return select(MatchRow.id).where(*here, *same).correlate(ItemRow).exists()
