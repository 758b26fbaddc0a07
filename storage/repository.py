"""What every repository is built on: the session, row look-up, and locks that outlast a statement."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Text,
    any_,
    bindparam,
    column,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel, col

from storage.errors import NotFound
from storage.tables import Table
from storage.types import UTCDateTime

Row = TypeVar("Row", bound=SQLModel)
Thing = TypeVar("Thing")

MOST_PARAMETERS = 500
"""Values in one IN list; SQLite allows 999 to a statement in its older versions."""

_SQLITE = SQLiteDialect_pysqlite()

LEAST_ID, MOST_ID = -(2**63), 2**63 - 1
"""What fits the column; drivers refuse anything beyond, each with another error."""


class Repository:
    """The rows of one noun within one unit of work."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _on_postgresql(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"

    def _row(self, table: type[Row], key: Any, noun: str) -> Row:
        """The row with this primary key, as it is now. Raises NotFound."""
        if isinstance(key, int) and not LEAST_ID <= key <= MOST_ID:
            raise NotFound(noun, key)
        row = self._session.get(table, key, populate_existing=True)
        if row is None:
            raise NotFound(noun, key)
        return row

    def _new_ids(self, table: str, count: int) -> list[int]:
        """Ids for so many new rows of a numbered table, taken at once; nobody else gets them."""
        if self._on_postgresql:
            taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
            return [int(i) for i in self._session.execute(taken, {"name": f'"{table}"', "count": count}).scalars()]
        # The write lock is in hand, and AUTOINCREMENT never gives out what was once the highest.
        last = self._session.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table})
        first = int(last.scalar() or 0) + 1
        return list(range(first, first + count))

    def _insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts rows that have their ids already and the same columns; nothing is asked back."""
        if not rows:
            return
        connection = self._session.connection()
        if self._on_postgresql:
            connection.execute(insert(Table.metadata.tables[table]), rows)
        else:
            query, values = _plain_insert(table, tuple(rows[0]))
            connection.exec_driver_sql(query, [values(row) for row in rows])

    def _is_among(self, what: Any, keys: Collection[int] | Collection[str]) -> ColumnElement[bool]:
        """Whether a column is one of many numbers or texts, as one parameter however many they are."""
        if not keys:
            return false()
        texts = any(isinstance(key, str) for key in keys)
        if self._on_postgresql:
            listed = bindparam(None, list(keys), type_=ARRAY(Text() if texts else BigInteger()), unique=True)
            same: ColumnElement[bool] = what == any_(listed)
            return same
        values = func.json_each(literal(json.dumps(list(keys)))).table_valued(
            column("value", Text() if texts else BigInteger())
        )
        among: ColumnElement[bool] = what.in_(select(values.c.value))
        return among

    def _lock(self, *parts: object) -> None:
        """Keeps other workers from the same thing until the transaction ends.

        SQLite has one writer anyway. On PostgreSQL this is an advisory lock on a hash of the parts.
        """
        if self._on_postgresql:
            self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _lock_key(parts)})

    def _lock_shared(self, *parts: object) -> None:
        """Keeps those from the thing who lock it for themselves, until the transaction ends; others may share it."""
        if self._on_postgresql:
            self._session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _lock_key(parts)})

    def _try_lock(self, *parts: object) -> bool:
        """The same lock for whoever must not wait for it; False where somebody else has it."""
        if not self._on_postgresql:
            return True
        return bool(
            self._session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _lock_key(parts)}).scalar()
        )


@cache
def _plain_insert(table: str, names: tuple[str, ...]) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """An INSERT for SQLite's driver itself, and what makes its parameters of a row: half the time of SQLAlchemy's."""
    columns = Table.metadata.tables[table].columns
    ways = [(name, _written(columns[name].type)) for name in names]

    def values(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([way(row[name]) if way else row[name] for name, way in ways])

    listed = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({listed}) VALUES ({", ".join("?" * len(names))})', values  # noqa: S608


def _written(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """How values of a type are written on SQLite; None where they go as they are."""
    way = kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    return lru_cache(maxsize=256)(way) if way and isinstance(kind, UTCDateTime) else way


def _lock_key(parts: Sequence[object]) -> int:
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def lease_token() -> str:
    """A name for one claim; only who knows it may write the outcome."""
    return secrets.token_hex(16)


LONGEST_LEASE = timedelta(days=1)


def unleased(until: datetime | None, now: datetime) -> ColumnElement[bool]:
    """Whether nobody works on the row: its lease is free or ran out. Takes the column as SQLModel types it.

    A lease that ends later than any can last was taken before the clock went back, and holds nobody up.
    """
    column = col(until)
    return or_(column.is_(None), column <= now, column > now + LONGEST_LEASE)


def chunks(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """The things in lists that fit an IN."""
    iterator = iter(things)
    while part := list(islice(iterator, MOST_PARAMETERS)):
        yield part
