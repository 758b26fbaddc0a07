"""Turns what a driver says into an error that says what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import (
    CannotReachServer,
    DatabaseBusy,
    FolderNotWritable,
    NotADatabase,
    SchemaMissing,
    StorageError,
)


def translated(error: DBAPIError | PoolTimeout, where: str, password: str | None) -> StorageError | None:
    """The error for an operator, or None where this is no trouble of the database itself but of our own code."""
    if isinstance(error, PoolTimeout):
        return DatabaseBusy(f"all connections to {where} are in use; try again, or run fewer things at a time")
    said = str(error.orig).strip()
    return (
        _sqlite(said, where) if type(error.orig).__module__ == "sqlite3" else _postgresql(error, said, where, password)
    )


def _sqlite(said: str, where: str) -> StorageError | None:
    if "locked" in said or "busy" in said:
        return DatabaseBusy(f"another process keeps {where} locked; look for an open shell or a backup, then try again")
    if "not a database" in said or "malformed" in said:
        return NotADatabase(
            f"{where} is not an SQLite database, or is damaged ({said}); move it away, or name another file with "
            "VOLTEFACE_DATABASE_URL"
        )
    if "unable to open" in said or "readonly" in said or "disk I/O" in said:
        return FolderNotWritable(
            f"{where} cannot be opened for writing ({said}); let this user write to the file and its folder, or name "
            "another file with VOLTEFACE_DATABASE_URL"
        )
    if "disk is full" in said:
        return FolderNotWritable(f"the disk that holds {where} is full; make room, nothing was lost")
    if "no such table" in said:
        return _missing(where)
    return None


def _postgresql(error: DBAPIError, said: str, where: str, password: str | None) -> StorageError | None:
    if password:
        said = said.replace(password, "***")
    state = getattr(error.orig, "sqlstate", None)
    if state == "42P01":
        return _missing(where)
    if state in ("40001", "40P01", "55P03"):
        return DatabaseBusy(f"{where} was busy with another worker ({said}); try again")
    if state == "53100":
        return FolderNotWritable(f"the disk of the server of {where} is full; make room there, nothing was lost")
    unreachable = isinstance(error, OperationalError) and (state is None or state[:2] in ("08", "28", "3D", "53", "57"))
    if unreachable or error.connection_invalidated:
        first = said.splitlines()[0] if said else "no answer"
        return CannotReachServer(
            f"cannot use {where}: {first}; look whether the server runs and VOLTEFACE_DATABASE_URL has the right host, "
            "name and password"
        )
    return None


def _missing(where: str) -> SchemaMissing:
    return SchemaMissing(f"{where} has no tables yet; start the service once, or run any command that upgrades it")
