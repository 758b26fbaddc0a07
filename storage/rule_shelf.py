"""All rules at a glance: which version of each holds, whose it is, who saved it last, how often it was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_
from sqlmodel import col, func, select

from rules.model import RuleKind
from storage.rule_bodies import from_body
from storage.rule_rows import RuleRows, versions_that_stand
from storage.tables import ItemRow, MatchRow, RuleRow, RuleVersionRow
from storage.values import RuleVersion


class RuleShelf(RuleRows):
    """Looks over the rules; changes nothing."""

    def standing(self) -> list[RuleVersion]:
        """Of each rule the version that holds, by kind and id; `rule` is None for those that are switched off."""
        return [version_of(row) for row in self._session.exec(versions_that_stand())]

    def standing_of(self, kind: RuleKind, rule_id: str) -> RuleVersion | None:
        """The version of a rule that holds; None for one that never was."""
        row = self._session.get(RuleRow, (kind.value, rule_id), populate_existing=True)
        if row is None:
            return None
        return version_of(self._row(RuleVersionRow, (kind.value, rule_id, row.version), "rule version"))

    def written(self, kind: RuleKind, rule_id: str) -> str | None:
        """The newest text that an operator wrote of a rule. What holds may say more, or less, by now."""
        query = (
            select(RuleVersionRow.written)
            .where(
                RuleVersionRow.kind == kind.value,
                RuleVersionRow.rule_id == rule_id,
                col(RuleVersionRow.written).is_not(None),
            )
            .order_by(col(RuleVersionRow.version).desc())
            .limit(1)
        )
        return self._session.exec(query).first()

    def newest_versions(self, limit: int, before: datetime | None = None) -> list[RuleVersion]:
        """The latest saves of any rule, newest first; `before` leaves out those saved then or later."""
        query = select(RuleVersionRow)
        if before is not None:
            query = query.where(RuleVersionRow.at < before)
        newest = query.order_by(
            col(RuleVersionRow.at).desc(), col(RuleVersionRow.kind), col(RuleVersionRow.rule_id)
        ).limit(limit)
        return [version_of(row) for row in self._session.exec(newest)]

    def found_since(self, since: datetime) -> dict[tuple[RuleKind, str], int]:
        """In how many items published since each rule was found; rules that were not are left out."""
        # Grouped by expressions: SQLite would otherwise go through every match there is, in the order of their rules.
        kind, rule = func.coalesce(MatchRow.kind, ""), func.coalesce(MatchRow.rule_id, "")
        query = (
            select(kind, rule, func.count(col(MatchRow.item_id).distinct()))
            .select_from(ItemRow)
            .join(MatchRow, and_(col(ItemRow.id) == MatchRow.item_id, col(ItemRow.revision) == MatchRow.revision))
            .where(ItemRow.published_at >= since)
            .group_by(kind, rule)
        )
        return {(RuleKind(of), rule_id): count for of, rule_id, count in self._session.exec(query)}


def version_of(row: RuleVersionRow) -> RuleVersion:
    """A version as a value."""
    kind = RuleKind(row.kind)
    return RuleVersion(
        kind=kind,
        rule_id=row.rule_id,
        version=row.version,
        rule=None if row.body is None else from_body(kind, row.body),
        origin=row.origin,
        who=row.who,
        why=row.why,
        at=row.at,
    )
