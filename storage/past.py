"""What happened lately, for whoever asks what they would have been told of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, func, select

from monitor.model.position import Change
from rules.model import RuleKind
from storage.positions import change_of
from storage.repository import Repository
from storage.tables import ChangeRow, ItemRevisionRow, ItemRow, MatchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """A change, when it was confirmed first, if ever, and when it became what it is now.

    These are moments of our own clock, those at which subscribers were told; `FoundChange.confirmed_at` is when the
    statement that confirmed it was seen.
    """

    change: Change
    confirmed_at: datetime | None
    settled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMatch:
    """What a query rule found, once for each story: the rule's id, the title, and when it was first seen."""

    rule: str
    title: str
    seen_at: datetime


class Past(Repository):
    """What was found and what fell since some moment."""

    def changes(self, since: datetime) -> list[PastChange]:
        """Changes that came up, were confirmed or fell since, oldest first; those of a baseline are no news."""
        query = (
            select(ChangeRow)
            .where(
                col(ChangeRow.silent).is_(False),
                or_(
                    col(ChangeRow.recorded_at) >= since,
                    col(ChangeRow.first_confirmed_at) >= since,
                    col(ChangeRow.status_at) >= since,
                ),
            )
            .order_by(col(ChangeRow.recorded_at), col(ChangeRow.id))
        )
        return [_past(row) for row in self._session.exec(query)]

    def matches(self, rules: Collection[str], since: datetime) -> list[PastMatch]:
        """What these query rules found in items seen since, copies of one story once, oldest first."""
        seen = func.min(ItemRow.seen_at)
        query = (
            select(MatchRow.rule_id, func.min(ItemRevisionRow.title), seen)
            .join(ItemRow, and_(col(ItemRow.id) == MatchRow.item_id, col(ItemRow.revision) == MatchRow.revision))
            .join(
                ItemRevisionRow,
                and_(col(ItemRevisionRow.item_id) == ItemRow.id, col(ItemRevisionRow.revision) == ItemRow.revision),
            )
            .where(
                MatchRow.kind == RuleKind.QUERY.value,
                self._is_among(col(MatchRow.rule_id), list(rules)),
                col(ItemRow.baseline).is_(False),
            )
            .group_by(col(MatchRow.rule_id), col(ItemRow.story_id))
            .having(seen >= since)
            .order_by(seen)
        )
        return [PastMatch(rule=rule, title=title, seen_at=at) for rule, title, at in self._session.exec(query)]


def _past(row: ChangeRow) -> PastChange:
    return PastChange(
        change=change_of(row), confirmed_at=row.first_confirmed_at, settled_at=row.status_at or row.updated_at
    )
