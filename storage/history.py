"""Stored items beside the rules and the extractor in force: which of them are to be read again, and what that owes.

A backfill owes a word to those who were told of a change that it moved, and it says it when all is read: until then a
change can fall with one item and return with the next. What is owed is a row from the moment that the change moved,
so that no kill can lose it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from monitor.model.item import Item
from monitor.model.position import Change, ChangeStatus
from rules.model import RuleKind
from storage.item_queue import CURRENT, item_of
from storage.positions import Positions
from storage.repository import Repository
from storage.tables import ItemRevisionRow, ItemRow, MatchRow, MetaRow, ReadingRow, StatementRow
from storage.values import ChangeTransition, ItemState

_OWED = "backfill.owed."
_UNRECORDED = "unrecorded"

Place = tuple[datetime, int]
"""Where an item stands in the order of publication: `published_at` and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBy:
    """A rule set and an extractor. A reading by another one is out of date.

    A reading by a stand-in for this extractor, under these rules, is not: the queue asks that extractor again.
    """

    rule_set: str
    extractor: str
    extractor_version: str


class History(Repository):
    """What is stored already, for those who read it again."""

    def out_of_date(self, by: ReadBy, since: datetime | None, after: Place | None, limit: int) -> list[Item]:
        """Processed items that were last read by other rules or another extractor, in the order of publication."""
        query = (
            select(ItemRow, ItemRevisionRow)
            .join(ItemRevisionRow, CURRENT)
            .where(*_processed(since), ~read_by(by))
            .order_by(col(ItemRow.published_at), col(ItemRow.id))
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(col(ItemRow.published_at), col(ItemRow.id)) > tuple_(*after))
        rows = self._session.execute(query.execution_options(populate_existing=True))
        return [item_of(row, revision) for row, revision in rows]

    def count_out_of_date(self, by: ReadBy, since: datetime | None) -> int:
        """How many there are."""
        return self._session.exec(
            select(func.count()).select_from(ItemRow).where(*_processed(since), ~read_by(by))
        ).one()

    def ids_out_of_date(self, by: ReadBy, since: datetime | None) -> list[int]:
        """The ids of all of them."""
        return [
            i for i in self._session.exec(select(ItemRow.id).where(*_processed(since), ~read_by(by))) if i is not None
        ]

    def counts(self, since: datetime | None) -> Counter[ItemState]:
        """How many items are in each state."""
        query = select(ItemRow.state, func.count()).where(*_since(since)).group_by(col(ItemRow.state))
        return Counter({ItemState(state): number for state, number in self._session.exec(query)})

    def hold(self, item: Item) -> bool:
        """Whether this revision is still the processed one, and nobody else is at the item; it is ours until the end.

        Never waits: whoever holds several items at once and waits for another one could be waited for by its holder.
        """
        if not self._try_lock("item", item.id):
            return False
        query = select(ItemRow.id).where(
            ItemRow.id == item.id, ItemRow.revision == item.revision, ItemRow.state == ItemState.DONE.value
        )
        return self._session.exec(query).first() is not None

    def matched_by(self, kind: RuleKind, rule: str, ids: Collection[int]) -> set[int]:
        """Those of the items in which the rule was found when they were last matched."""
        query = (
            select(MatchRow.item_id)
            .join(ItemRow, and_(col(ItemRow.id) == MatchRow.item_id, col(ItemRow.revision) == MatchRow.revision))
            .where(self._is_among(col(MatchRow.item_id), ids), MatchRow.kind == kind.value, MatchRow.rule_id == rule)
        )
        return set(self._session.exec(query.distinct()))

    def said_in(self, ids: Collection[int]) -> dict[int, Counter[str]]:
        """The fingerprints of what the live readings of these items say, as they were read."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        live = (self._is_among(col(StatementRow.item_id), ids), col(StatementRow.live).is_(True))
        for item_id, words in self._session.exec(select(StatementRow.item_id, StatementRow.fingerprint).where(*live)):
            found[item_id][words] += 1
        return found

    def read_again_as(self, ids: Collection[int]) -> dict[int, int]:
        """For statements that are no longer live the live one of the same item in the same words, if there is one."""
        later = aliased(StatementRow)
        query = (
            select(StatementRow.id, func.min(later.id))
            .join(
                later,
                and_(col(later.item_id) == StatementRow.item_id, col(later.fingerprint) == StatementRow.fingerprint),
            )
            .where(
                self._is_among(col(StatementRow.id), ids), col(StatementRow.live).is_(False), col(later.live).is_(True)
            )
            .group_by(col(StatementRow.id))
        )
        return {old: new for old, new in self._session.exec(query) if old is not None and new is not None}

    def owe(self, transitions: Sequence[ChangeTransition]) -> None:
        """Notes changes that moved, with what they were before; what was noted earlier stays.

        The positions must be locked, as they are where a fold was saved.
        """
        noted = self._owed([transition.change.id for transition in transitions])
        for transition in transitions:
            key = f"{_OWED}{transition.change.id}"
            if key not in noted:
                noted.add(key)
                self._session.add(MetaRow(key=key, value=transition.was.value if transition.was else _UNRECORDED))
        self._session.flush()

    def owed(self) -> list[ChangeTransition]:
        """The changes noted, as they are now, each with what it was before the first of the moves; oldest first."""
        rows = self._session.exec(select(MetaRow).where(col(MetaRow.key).startswith(_OWED, autoescape=True)))
        was = {int(row.key.removeprefix(_OWED)): row.value for row in rows}
        found = [ChangeTransition(change=self._change(key), was=_status(value)) for key, value in was.items()]
        return sorted(found, key=lambda transition: (transition.change.found.at, transition.change.id))

    def settle(self, transitions: Sequence[ChangeTransition]) -> None:
        """Takes changes off the notes: whoever had to hear of them will."""
        keys = [f"{_OWED}{transition.change.id}" for transition in transitions]
        self._session.exec(delete(MetaRow).where(self._is_among(col(MetaRow.key), keys)))

    def _owed(self, changes: Sequence[int]) -> set[str]:
        keys = [f"{_OWED}{change}" for change in changes]
        return set(self._session.exec(select(MetaRow.key).where(self._is_among(col(MetaRow.key), keys))))

    def _change(self, change_id: int) -> Change:
        return Positions(self._session).change(change_id)


def _since(since: datetime | None) -> list[ColumnElement[bool]]:
    return [] if since is None else [col(ItemRow.published_at) >= since]


def _processed(since: datetime | None) -> list[ColumnElement[bool]]:
    return [col(ItemRow.state) == ItemState.DONE.value, *_since(since)]


def read_by(by: ReadBy) -> ColumnElement[bool]:
    """Whether the item's live reading is up to date."""
    own = and_(
        col(ReadingRow.extractor) == by.extractor,
        col(ReadingRow.extractor_version) == by.extractor_version,
    )
    return (
        select(ReadingRow.id)
        .where(
            col(ReadingRow.item_id) == col(ItemRow.id),
            col(ReadingRow.revision) == col(ItemRow.revision),
            col(ReadingRow.live).is_(True),
            col(ReadingRow.rule_set) == by.rule_set,
            or_(own, col(ReadingRow.wanted) == by.extractor),
        )
        .exists()
    )


def _status(value: str) -> ChangeStatus | None:
    return None if value == _UNRECORDED else ChangeStatus(value)
