"""The rows of rules and of their versions, as the repository of rules reads and writes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from rules.model import RuleKind
from storage.errors import RuleSavedMeanwhile
from storage.repository import Repository
from storage.rule_bodies import Body, set_version
from storage.tables import RuleRow, RuleSetRow, RuleVersionRow

OPERATOR = "operator"

Key = tuple[str, str]


class RuleRows(Repository):
    """What the repository of rules is made of. A version that is kept need not be in force."""

    def _stored(self) -> dict[Key, RuleRow]:
        rows = self._session.exec(select(RuleRow).execution_options(populate_existing=True))
        return {(row.kind, row.rule_id): row for row in rows}

    def _body(self, row: RuleRow) -> Body | None:
        return self._row(RuleVersionRow, (row.kind, row.rule_id, row.version), "rule version").body

    def _base(self, row: RuleRow) -> Body | None:
        """What the packs said of a rule when the operator last saved it."""
        query = (
            self._by_packs((row.kind, row.rule_id))
            .where(RuleVersionRow.version < row.version)
            .order_by(col(RuleVersionRow.version).desc())
        )
        found = self._session.exec(query).first()
        return found.body if found is not None else None

    def _is_behind(self, row: RuleRow) -> bool:
        newest = self._last_by_packs((row.kind, row.rule_id))
        return newest is not None and newest.version > row.version

    def _last_by_packs(self, key: Key) -> RuleVersionRow | None:
        return self._session.exec(self._by_packs(key).order_by(col(RuleVersionRow.version).desc())).first()

    @staticmethod
    def _by_packs(key: Key) -> SelectOfScalar[RuleVersionRow]:
        return select(RuleVersionRow).where(
            RuleVersionRow.kind == key[0], RuleVersionRow.rule_id == key[1], RuleVersionRow.origin != OPERATOR
        )

    def _last_by(self, key: Key, origin: str) -> RuleVersionRow | None:
        query = (
            select(RuleVersionRow)
            .where(RuleVersionRow.kind == key[0], RuleVersionRow.rule_id == key[1], RuleVersionRow.origin == origin)
            .order_by(col(RuleVersionRow.version).desc())
        )
        return self._session.exec(query).first()

    @staticmethod
    def _must_be_at(key: Key, row: RuleRow | None, version: int | None) -> None:
        """Raises RuleSavedMeanwhile where an edit was made from another version than the rule is in by now."""
        there = 0 if row is None else row.version
        if version is not None and there != version:
            raise RuleSavedMeanwhile(*key, there)

    def _write(
        self,
        row: RuleRow | None,
        key: Key,
        body: Body | None,
        origin: str,
        who: str,
        why: str,
        now: datetime,
        written: str | None = None,
    ) -> None:
        if row is None:
            row = RuleRow(kind=key[0], rule_id=key[1], version=0, origin=origin)
        row.version = self._keep(key, body, origin, who, why, now, written)
        row.origin = origin
        row.disabled = body is None
        self._session.add(row)
        self._session.flush()

    def _keep(
        self,
        key: Key,
        body: Body | None,
        origin: str,
        who: str,
        why: str,
        now: datetime,
        written: str | None = None,
    ) -> int:
        """Writes a version of a rule without putting it in force; its number."""
        query = select(func.max(RuleVersionRow.version)).where(
            RuleVersionRow.kind == key[0], RuleVersionRow.rule_id == key[1]
        )
        number = (self._session.exec(query).one() or 0) + 1
        self._session.add(
            RuleVersionRow(
                kind=key[0],
                rule_id=key[1],
                version=number,
                body=body,
                origin=origin,
                who=who,
                why=why,
                at=now,
                written=written,
            )
        )
        self._session.flush()
        return number

    def _in_force(self) -> dict[Key, tuple[int, Body]]:
        rows = self._session.exec(versions_that_stand().where(col(RuleRow.disabled).is_(False)))
        return {(row.kind, row.rule_id): (row.version, row.body) for row in rows if row.body is not None}

    def _record_set(self, now: datetime) -> str:
        in_force = self._in_force()
        version = set_version((kind, rule_id, body) for (kind, rule_id), (_, body) in in_force.items())
        if self._session.get(RuleSetRow, version) is None:
            numbers: dict[str, dict[str, int]] = {kind.value: {} for kind in RuleKind}
            for (kind, rule_id), (number, _) in in_force.items():
                numbers[kind][rule_id] = number
            self._session.add(RuleSetRow(version=version, at=now, body=numbers))
            self._session.flush()
        return version


def versions_that_stand() -> SelectOfScalar[RuleVersionRow]:
    """Of each rule the version that it is at, switched off or not, by kind and id."""
    return (
        select(RuleVersionRow)
        .join(
            RuleRow,
            and_(
                col(RuleRow.kind) == RuleVersionRow.kind,
                col(RuleRow.rule_id) == RuleVersionRow.rule_id,
                col(RuleRow.version) == RuleVersionRow.version,
            ),
        )
        .order_by(col(RuleVersionRow.kind), col(RuleVersionRow.rule_id))
    )
