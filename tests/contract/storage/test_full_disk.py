"""A full disk of the database is said with the remedy, and nothing of the transaction stays."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage.engine import Database
from storage.errors import FolderNotWritable


def test_on_a_server(postgresql_database: Database) -> None:
    """The server's own error, as it raises it where a file cannot grow (SQLSTATE 53100)."""
    full = text("DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left' USING ERRCODE = '53100'; END $$")
    with (
        pytest.raises(FolderNotWritable, match=r"the disk of the server of .* is full; make room there"),
        postgresql_database.work() as work,
    ):
        work.meta.set("k", "v")
        work.meta._session.execute(full)
    with postgresql_database.work() as work:
        assert work.meta.get("k") is None
        work.meta.set("k", "v")
    with postgresql_database.view() as work:
        assert work.meta.get("k") == "v"


def test_in_a_file(sqlite_database: Database) -> None:
    with sqlite_database.work() as work:
        work.meta.set("kept", "v")
    with (
        pytest.raises(FolderNotWritable, match=r"the disk that holds .* is full; make room, nothing was lost"),
        sqlite_database.work() as work,
    ):
        session = work.meta._session
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(100):
            work.meta.set(f"k{number}", "v" * 4000)
    sqlite_database.close()
    with sqlite_database.work() as work:
        assert (work.meta.get("kept"), work.meta.get("k0")) == ("v", None)
        work.meta.set("k0", "v")
