"""All that is stored of one account, as plain values: for its owner to take along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy import and_, or_, select

from storage.account_letters import address_key
from storage.audit import names_of
from storage.repository import Repository, chunks
from storage.tables import Table

SECRETS = frozenset({"hash", "password_hash", "secret", "previous_secret", "lease_token"})
"""Columns that are given to nobody: what signs in or signs, even as a hash."""

Rows = list[dict[str, Any]]


class Portrait(Repository):
    """What there is of an account: every column but those that would let somebody act as its owner."""

    def of(self, account_id: int, name: str) -> dict[str, Rows]:
        """The rows by table. Rows of tables that refer to accounts are found by that, whichever tables there are."""
        tables = Table.metadata.tables
        found = {"account": self._rows(tables["account"], "id", [account_id])}
        for table in tables.values():
            if table.name != "account" and "account_id" in table.columns:
                found[table.name] = self._rows(table, "account_id", [account_id])
        subscriptions = [row["id"] for row in found["subscription"]]
        for table in tables.values():
            if refers_to_subscription(table):
                found[table.name] = self._rows(table, "subscription_id", subscriptions)
        found["attempt"] = self._rows(tables["attempt"], "delivery_id", [row["id"] for row in found["delivery"]])
        found["message"] = self._rows(tables["message"], "id", [row["message_id"] for row in found["alert"]])
        found["subscriber"] = self._rows(tables["subscriber"], "id", _of(found["subscription"], "subscriber_id"))
        proven = _of(found["account_address"], "target")
        found["address"] = self._rows(tables["address"], "target", proven)
        keys = {address_key(address) for address in (*proven, name)}
        for letters in ("account_letter", "account_link"):
            found[letters] = _merged(found[letters], self._rows(tables[letters], "key", sorted(keys)))
        found["audit"] = self._audit(tables["audit"], account_id, name)
        return found

    def _audit(self, audit: SqlTable, account_id: int, name: str) -> Rows:
        theirs = [audit.c.target == f"account {account_id}"]
        for held in names_of(self._session, account_id, name):
            named = or_(audit.c.who == held.name, held.is_target(audit.c.target, audit.c.what))
            theirs.append(and_(named, held.within(audit.c.id)))
        return _plain(self._session.execute(select(audit).where(or_(*theirs)).order_by(audit.c.id)).mappings())

    def _rows(self, table: SqlTable, column: str, keys: Sequence[Any]) -> Rows:
        """The rows with one of these keys, in the order of the table's own key."""
        found: Rows = []
        for part in chunks(sorted(set(keys))):
            query = select(table).where(table.c[column].in_(part)).order_by(*table.primary_key.columns)
            found += _plain(self._session.execute(query).mappings())
        return found


def refers_to_subscription(table: SqlTable) -> bool:
    """Whether its rows belong to a subscription of somebody; hubs are subscribed to as well."""
    column = table.columns.get("subscription_id")
    return column is not None and any(key.target_fullname == "subscription.id" for key in column.foreign_keys)


def _of(rows: Iterable[Mapping[str, Any]], column: str) -> list[Any]:
    return [row[column] for row in rows]


def _merged(first: Rows, more: Rows) -> Rows:
    return first + [row for row in more if row not in first]


def _plain(rows: Iterable[Any]) -> Rows:
    return [{str(name): value for name, value in row.items() if name not in SECRETS} for row in rows]
