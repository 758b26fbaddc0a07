"""The audit log only grows, whoever tries: the database itself refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import Database
from tests.contract.storage.values import NOW


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit WHERE id = 1", "DELETE FROM audit"]
)
def test_no_entry_is_changed_or_taken_out(database: Database, statement: str) -> None:
    with database.work() as work:
        work.audit.add("ann", "rule saved", "issue tram", {"why": "new words"}, NOW)
    with database._engine.connect() as connection:
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))
        connection.rollback()
    with database.view() as work:
        (entry,) = work.audit.list()
    assert (entry.who, entry.detail) == ("ann", {"why": "new words"})


def test_postgresql_does_not_empty_it_either(postgresql_database: Database) -> None:
    with postgresql_database._engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("TRUNCATE audit"))


@pytest.mark.parametrize("column", ["what = 'nothing'", "at = '2020-01-01'", "id = 99"])
def test_even_who_is_erased_leaves_what_was_done_and_when(database: Database, column: str) -> None:
    with database.work() as work:
        work.audit.add("ann", "rule saved", "issue tram", {}, NOW)
    with database._engine.connect() as connection:
        connection.execute(text("INSERT INTO erasing VALUES (1)"))
        connection.execute(text("UPDATE audit SET who = 'former account 1'"))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(f"UPDATE audit SET {column}"))
        connection.rollback()
