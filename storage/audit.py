"""The audit trail, and single facts about the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, text, true
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.repository import Repository
from storage.tables import AuditRow, MetaRow
from storage.values import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None asks for nothing. `until` is the first moment that is too late."""

    who: str | None = None
    what: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNames:
    """The names that stand in the log."""

    who: Sequence[str]
    what: Sequence[str]


OF_ACCOUNTS = (
    "account made",
    "account link made",
    "account invited by mail",
    "account role",
    "account disabled",
    "account enabled",
    "account signed out",
    "tokens revoked",
    "invitation taken up",
)
"""What is done to accounts. Only there is the target the name of one: elsewhere it may be anything, and look alike."""

RENAMED = "renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldName:
    """A name under which an account stands in the log, up to which entry; None: it is the one that it has."""

    name: str
    until: int | None = None

    def within(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        """The entries of the time in which it was theirs: whoever has the name since is somebody else."""
        return true() if self.until is None else column <= self.until

    def is_target(self, target: ColumnElement[str], what: ColumnElement[str]) -> ColumnElement[bool]:
        """The entries of what was done to it. A mail address is somebody's wherever it stands; another name may also
        be that of a feed or a rule."""
        same = target == self.name
        return same if "@" in self.name else and_(same, what.in_(OF_ACCOUNTS))


def names_of(session: Session, account_id: int, name: str) -> list[HeldName]:
    """All names that an account had, the one that it has first."""
    query = select(AuditRow).where(AuditRow.what == RENAMED, AuditRow.target == f"account {account_id}")
    before = [(entry.detail.get("before"), entry.id) for entry in session.exec(query.order_by(col(AuditRow.id)))]
    return [HeldName(name=name), *(HeldName(name=was, until=until) for was, until in before if isinstance(was, str))]


class Audit(Repository):
    """Who did what. Callers leave secrets out of `detail`."""

    def add(self, who: str, what: str, target: str, detail: Mapping[str, Any], now: datetime) -> None:
        """Writes an entry."""
        self._session.add(AuditRow(at=now, who=who, what=what, target=target, detail=dict(detail)))
        self._session.flush()

    def list(self, limit: int = 100) -> Sequence[AuditEntry]:
        """The newest entries, newest first."""
        return self._entries(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit))

    def of(self, what: str, target: str) -> Sequence[AuditEntry]:
        """All entries of this kind on this thing, oldest first."""
        return self.of_several(what, [target])

    def of_several(self, what: str, targets: Collection[str]) -> Sequence[AuditEntry]:
        """All entries of this kind on these things, oldest first."""
        query = select(AuditRow).where(AuditRow.what == what, self._is_among(col(AuditRow.target), targets))
        return self._entries(query.order_by(col(AuditRow.id)))

    def find(self, wanted: AuditFilter, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest entries that are as wanted, newest first; `before` is the id after which to go on."""
        query = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
        if before is not None:
            query = query.where(col(AuditRow.id) < before)
        for column, value in (
            (AuditRow.who, wanted.who),
            (AuditRow.what, wanted.what),
            (AuditRow.target, wanted.target),
        ):
            if value is not None:
                query = query.where(col(column) == value)
        if wanted.since is not None:
            query = query.where(col(AuditRow.at) >= wanted.since)
        if wanted.until is not None:
            query = query.where(col(AuditRow.at) < wanted.until)
        return self._entries(query)

    def knows(self, name: str) -> bool:
        """Whether anybody or anything did something under this name: another may not go by it."""
        spelled = {name, name.lower(), name.casefold()}
        return (
            self._session.exec(select(AuditRow.id).where(col(AuditRow.who).in_(spelled)).limit(1)).first() is not None
        )

    def names(self) -> AuditNames:
        """Who did anything, and what was done at all, each by name."""
        return AuditNames(who=self._distinct("who"), what=self._distinct("what"))

    def _distinct(self, column: str) -> Sequence[str]:
        # From one name to the next by the index: the log has a hundred names in a million entries.
        step = (
            f"WITH RECURSIVE known(name) AS (SELECT min({column}) FROM audit UNION ALL"  # noqa: S608
            f" SELECT (SELECT min({column}) FROM audit WHERE {column} > name) FROM known WHERE name IS NOT NULL)"
            " SELECT name FROM known WHERE name IS NOT NULL ORDER BY name"
        )
        return [str(name) for name in self._session.execute(text(step)).scalars()]

    def _entries(self, query: SelectOfScalar[AuditRow]) -> Sequence[AuditEntry]:
        return [
            AuditEntry(id=row.id, at=row.at, who=row.who, what=row.what, target=row.target, detail=row.detail)
            for row in self._session.exec(query)
            if row.id is not None
        ]


class Meta(Repository):
    """Facts about this database, by name."""

    def get(self, key: str) -> str | None:
        """The fact, or None."""
        row = self._session.get(MetaRow, key, populate_existing=True)
        return None if row is None else row.value

    def set(self, key: str, value: str) -> None:
        """Writes the fact, in place of what was there."""
        self._lock("meta", key)
        row = self._session.get(MetaRow, key, populate_existing=True) or MetaRow(key=key, value=value)
        row.value = value
        self._session.add(row)
        self._session.flush()
