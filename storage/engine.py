"""The database: its engine, its upgrades, and the lock that keeps workers apart."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from storage.address import parse_address, prepare_file, shown
from storage.errors import DatabaseBusy, FolderNotWritable, StorageError, WorkerRunning
from storage.migrations import schema
from storage.trouble import translated
from storage.work import Work

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another one. Our transactions take milliseconds; a backup or a shell may take longer."""

UPGRADE_WAIT_S = 600
"""How long a process waits while another one upgrades."""

UPGRADE_LOCK = 0x566F6C7465  # "Volte"
"""The key of PostgreSQL's advisory lock for upgrades."""


class Database:
    """A database that is ready for use once `upgrade` has run.

    `url` is `sqlite:///file` (three slashes: relative to the working directory; four: absolute) or `postgresql://…`.
    `backend` is "sqlite" or "postgresql". Raises StorageError with the remedy where the address or the folder cannot
    be used. Safe to share between threads: each unit of work has a connection of its own.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.backend, self._url = parse_address(url)
        self.file: Path | None = None
        if self.backend == "sqlite":
            self.file = prepare_file(self._url)
            self._engine = _sqlite_engine(self.file, busy_timeout_ms)
        else:
            self._engine = _postgresql_engine(self._url)
        self._reading = self._engine.execution_options(volteface_reading=True)
        self._worker_lock: FileLock | None = None

    def __repr__(self) -> str:
        return f"Database({self.shown!r})"

    @property
    def shown(self) -> str:
        """The address as it may be shown: without password."""
        return shown(self._url) if self.file is None else str(self.file)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction: committed on a clean exit, rolled back on an exception.

        SQLite lets one writer in at a time, so it starts with the write lock in hand (BEGIN IMMEDIATE): a transaction
        that began by reading could not become a writer once another had written. Keep it short, and never await or
        call the network within. Raises StorageError where the database itself fails.
        """
        with self._session(self._engine) as session:
            session.connection()  # begins now, so that a lock is met before any work is done
            yield Work(session)
            session.commit()

    @contextmanager
    def view(self) -> Iterator[Work]:
        """A reading transaction: sees one state of everything, waits for no writer, and cannot write."""
        with self._session(self._reading) as session:
            yield Work(session)

    def check(self) -> None:
        """Connects once. Raises StorageError with the remedy where that fails."""
        with self._translating(), self._reading.connect() as connection:
            connection.execute(text("SELECT 1"))

    def upgrade(self) -> None:
        """Brings the schema to the present one. Processes that start together wait for each other; all succeed.

        Raises SchemaNewer where the database belongs to a newer program.
        """
        with self._translating(), self._upgrade_lock(), self._engine.connect() as connection:
            schema.upgrade(connection, self.shown)

    def schema_version(self) -> str | None:
        """The revision that the database is at; None where it was never upgraded."""
        with self._translating(), self._reading.connect() as connection:
            return schema.revision(connection)

    def hold_worker_lock(self) -> None:
        """Makes this process the one worker of an SQLite file until `close`. Raises WorkerRunning.

        PostgreSQL has any number of workers, so there it does nothing. The lock is the operating system's: it goes
        with the process, however that ends.
        """
        if self.file is None or self._worker_lock is not None:
            return
        lock = FileLock(f"{self.file}.worker.lock", timeout=0)
        who = Path(f"{self.file}.worker.pid")
        try:
            lock.acquire()
        except Timeout:
            pid = _pid_in(who)
            named = f"process {pid}" if pid is not None else "another process"
            raise WorkerRunning(
                f"a worker already runs on {self.file} ({named}, on {_host_in(who)}); stop it first, or use PostgreSQL "
                "to run several",
                pid,
            ) from None
        except OSError as error:
            raise _not_writable(Path(lock.lock_file), error) from error
        who.write_text(f"{os.getpid()} {socket.gethostname()}\n", encoding="utf-8")
        self._worker_lock = lock

    def close(self) -> None:
        """Closes all connections and gives the worker lock back."""
        self._engine.dispose()
        if self._worker_lock is not None:
            Path(f"{self.file}.worker.pid").unlink(missing_ok=True)
            self._worker_lock.release()
            self._worker_lock = None

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        with self._translating(), Session(engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            known = translated(error, self.shown, self._url.password)
            if known is None:
                raise
            raise known from error

    @contextmanager
    def _upgrade_lock(self) -> Iterator[None]:
        if self.file is not None:
            with _file_lock(Path(f"{self.file}.upgrade.lock")):
                yield
            return
        with self._engine.connect() as holder:
            holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
            holder.commit()
            try:
                yield
            finally:
                holder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": UPGRADE_LOCK})
                holder.commit()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    lock = FileLock(path, timeout=UPGRADE_WAIT_S)
    try:
        lock.acquire()
    except Timeout:
        raise DatabaseBusy(f"another process has held {path} for {UPGRADE_WAIT_S} s; look whether it hangs") from None
    except OSError as error:
        raise _not_writable(path, error) from error
    try:
        yield
    finally:
        lock.release()


def _not_writable(path: Path, error: OSError) -> FolderNotWritable:
    return FolderNotWritable(
        f"{path} cannot be written ({error.strerror}); let this user write to {path.parent}, or choose another file "
        "with VOLTEFACE_DATABASE_URL"
    )


def _sqlite_engine(file: Path, busy_timeout_ms: int) -> Engine:
    # Waiting for a free connection must outlast waiting for a lock.
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file)),  # as text, a % or ? in it would be read anew
        hide_parameters=True,  # an error that is logged tells which statement failed, and not with whose secret
        pool_timeout=busy_timeout_ms / 1000 + 5,
        connect_args={"timeout": busy_timeout_ms / 1000},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # sqlite3's own transaction control commits behind one's back; with it off, the begin hook below is in charge.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL, not NORMAL: after a power cut NORMAL may forget the last commits, and with them the ids that people
        # were already told of; a new change would then get the id of one that stands in a sent alert.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = bool(connection.get_execution_options().get("volteface_reading"))
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Without it, times near the ends of the calendar overflow on their way through the server's zone.
        cursor = connection.cursor()
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.close()
        connection.commit()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("volteface_reading"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _host_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").split()[1]
    except (OSError, IndexError):
        return "this machine"


__all__ = ["Database", "StorageError"]
