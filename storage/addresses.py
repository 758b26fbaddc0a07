"""Mail addresses: whether their owner asked for mail, and whether mail arrives there at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.errors import NotFound
from storage.repository import Repository
from storage.tables import AddressRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressState:
    """When its owner confirmed a mail address, and since when nothing goes there, if that is so."""

    confirmed_at: datetime | None
    suppressed_at: datetime | None
    suppressed_why: str | None


class Addresses(Repository):
    """The mail addresses, each by itself: two subscriptions to one address are confirmed, and suppressed, as one."""

    def meet(self, target: str, now: datetime, *, confirmed: bool) -> None:
        """Notes an address; one that is known stays as it is, but for being confirmed now."""
        self._lock("address", target)
        row = self._session.get(AddressRow, target, populate_existing=True)
        if row is None:
            row = AddressRow(target=target, created_at=now)
        if confirmed and row.confirmed_at is None:
            row.confirmed_at = now
        self._session.add(row)
        self._session.flush()

    def state(self, target: str) -> AddressState | None:
        """Since when mail may go there, or may not; None for an address that nobody knows."""
        return self.states([target]).get(target)

    def states(self, targets: Collection[str]) -> dict[str, AddressState]:
        """The states of several, by address; those that nobody knows are left out."""
        query = select(AddressRow).where(self._is_among(col(AddressRow.target), targets))
        rows = self._session.exec(query.execution_options(populate_existing=True))
        return {
            row.target: AddressState(
                confirmed_at=row.confirmed_at, suppressed_at=row.suppressed_at, suppressed_why=row.suppressed_why
            )
            for row in rows
        }

    def confirm(self, target: str, now: datetime) -> None:
        """Its owner asked for mail; an earlier suppression ends. Raises NotFound."""
        self._update(target, confirmed_at=now, suppressed_at=None, suppressed_why=None)

    def suppress(self, target: str, why: str, now: datetime) -> None:
        """Nothing goes there any more, until somebody confirms it anew. Raises NotFound."""
        self._update(target, suppressed_at=now, suppressed_why=why)

    def unsuppress(self, target: str) -> None:
        """Mail goes there again. Raises NotFound."""
        self._update(target, suppressed_at=None, suppressed_why=None)

    def _update(self, target: str, **values: datetime | str | None) -> None:
        done = self._session.exec(update(AddressRow).where(col(AddressRow.target) == target).values(**values))
        if done.rowcount == 0:
            raise NotFound("address", target)
