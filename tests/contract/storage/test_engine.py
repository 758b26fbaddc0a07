"""The database itself: what it says when something is wrong, who may write, and what a crash leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import Database
from storage.errors import (
    BadDatabaseUrl,
    CannotReachServer,
    DatabaseBusy,
    FolderNotWritable,
    NotADatabase,
    StorageError,
    WorkerRunning,
)
from tests.contract.storage.values import NOW, new_item
from tests.postgres import Cluster

ROOT = Path(__file__).parents[3]


def test_a_unit_of_work_is_all_or_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="stop"), database.work() as work:
        work.feeds.add("https://a.example/", "", "", NOW)
        work.items.add(new_item(), None)
        raise RuntimeError("stop")
    with database.view() as work:
        assert work.feeds.all() == []
        assert work.items.search(None, 9) == []


def test_a_view_cannot_write_and_the_next_unit_of_work_can(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"), database.view() as work:
        work.meta.set("k", "v")
    with database.work() as work:
        work.meta.set("k", "v")
    with database.view() as work:
        assert work.meta.get("k") == "v"


def test_a_view_sees_one_state_and_holds_up_no_writer(database: Database) -> None:
    with database.view() as reader:
        assert reader.meta.get("k") is None
        with database.work() as writer:
            writer.meta.set("k", "v")
        assert reader.meta.get("k") is None
    with database.view() as reader:
        assert reader.meta.get("k") == "v"


def test_sqlite_is_set_up_for_safety(sqlite_database: Database) -> None:
    with sqlite_database._engine.connect() as connection:
        values = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_address_is_taken(postgresql_url: str, spelling: str) -> None:
    database = Database(postgresql_url.replace("postgresql", spelling, 1))
    database.check()
    assert database.backend == "postgresql"
    database.close()


def test_a_relative_address_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///some/folder/v.db")
    monkeypatch.chdir("/")
    database.upgrade()
    database.close()
    assert (tmp_path / "some" / "folder" / "v.db").is_file()


@pytest.mark.parametrize("path", ["a b/ü.db", "100%/x%20y.db", "q?x#y.db"])
def test_any_folder_will_do(tmp_path: Path, path: str) -> None:
    database = Database("sqlite:///" + str(tmp_path / path).replace("%", "%25").replace("?", "%3F"))
    database.upgrade()
    with database.work() as work:
        work.meta.set("k", "v")
    assert database.file is not None
    assert database.file.is_file()
    database.close()


@pytest.mark.parametrize(
    "url",
    ["", "hello", "mysql://u:sesame@h/db", "sqlite://", "sqlite:///:memory:", "postgresql://u:sesame@h:port/db"],
)
def test_an_address_that_will_not_do_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=r"write sqlite:///path/to/file.db or postgresql://") as refused:
        Database(url)
    assert "sesame" not in str(refused.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadDatabaseUrl, match="is a folder; name a file inside it"):
        Database(f"sqlite:///{tmp_path}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotWritable, match=r"folder .*file/deep of the database cannot be created"):
        Database(f"sqlite:///{tmp_path}/file/deep/v.db")


@pytest.mark.parametrize("content", [b"not a database" * 400, b"\x00" * 5_000])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(content)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(NotADatabase, match=r"letter.txt is not an SQLite database.*move it away"):
        database.upgrade()
    database.close()
    assert file.read_bytes() == content


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path
    if os.geteuid() == 0:
        folder = Path("/sys")  # root may write everywhere else
    else:
        folder.chmod(0o555)
    database = Database(f"sqlite:///{folder}/v.db")
    for step in (database.hold_worker_lock, database.upgrade, database.check):
        with pytest.raises(
            FolderNotWritable, match=r"v\.db.* cannot be (written|opened for writing).*VOLTEFACE_DATABASE_URL"
        ):
            step()
    database.close()


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    database = Database("postgresql://ada:sesame@127.0.0.1:1/news")
    with pytest.raises(
        CannotReachServer, match=r"postgresql://ada:\*\*\*@127.0.0.1:1/news.*VOLTEFACE_DATABASE_URL"
    ) as no:
        database.upgrade()
    assert "sesame" not in str(no.value)
    assert "sesame" not in repr(database)
    database.close()


def test_a_wrong_password_or_name_is_said(postgresql_cluster: Cluster) -> None:
    for url, said in (
        (postgresql_cluster.url("nowhere"), 'database "nowhere" does not exist'),
        (f"postgresql://tests:sesame@127.0.0.1:{postgresql_cluster.port}/postgres", "password authentication failed"),
    ):
        database = Database(url)
        with pytest.raises(CannotReachServer, match=said) as refused:
            database.check()
        assert "sesame" not in str(refused.value)
        database.close()


def test_a_server_that_ends_our_connection_is_said_and_comes_back(postgresql_database: Database) -> None:
    with pytest.raises(CannotReachServer), postgresql_database.work() as work:
        pid = work.meta._session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with postgresql_database._engine.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        work.meta.set("k", "v")
    with postgresql_database.work() as work:
        work.meta.set("k", "again")


def test_our_own_mistakes_are_not_called_trouble_of_the_database(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key|violates") as caught, database.work() as work:
        work.items.add(new_item(), 99)
    assert not isinstance(caught.value, StorageError)


def test_a_locked_database_is_waited_for(sqlite_database: Database) -> None:
    other = sqlite3.connect(str(sqlite_database.file), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, lambda: other.execute("COMMIT"))
    release.start()
    with sqlite_database.work() as work:
        work.meta.set("k", "v")
    release.join()
    other.close()
    with sqlite_database.view() as work:
        assert work.meta.get("k") == "v"


def test_a_database_that_stays_locked_is_said(sqlite_url: str) -> None:
    database = Database(sqlite_url, busy_timeout_ms=50)
    with database.work(), pytest.raises(DatabaseBusy, match="another process keeps"), database.work():
        pass
    database.close()


def test_one_worker_to_an_sqlite_file(sqlite_database: Database, sqlite_url: str) -> None:
    sqlite_database.hold_worker_lock()
    sqlite_database.hold_worker_lock()  # it has it already
    code = "import sys; from storage.engine import Database; Database(sys.argv[1]).hold_worker_lock()"
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert f"storage.errors.WorkerRunning: a worker already runs on {sqlite_database.file} " in done.stderr
    assert f"(process {os.getpid()}, on " in done.stderr
    second = Database(sqlite_url)
    with pytest.raises(WorkerRunning) as refused:
        second.hold_worker_lock()
    assert refused.value.pid == os.getpid()
    with second.work() as work:  # pages and the command line work beside it
        work.meta.set("k", "v")
    sqlite_database.close()
    second.hold_worker_lock()
    second.close()


def test_a_worker_that_was_killed_leaves_the_lock_free(sqlite_url: str, sqlite_database: Database) -> None:
    code = (
        "import sys, time; from storage.engine import Database; d = Database(sys.argv[1]); d.hold_worker_lock(); "
        "print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, sqlite_url], cwd=ROOT, text=True, stdout=subprocess.PIPE
    ) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "held\n"
            with pytest.raises(WorkerRunning) as refused:
                sqlite_database.hold_worker_lock()
            assert refused.value.pid == worker.pid
        finally:
            worker.kill()
    sqlite_database.hold_worker_lock()


def test_any_number_of_workers_to_a_server(postgresql_database: Database, postgresql_url: str) -> None:
    second = Database(postgresql_url)
    postgresql_database.hold_worker_lock()
    second.hold_worker_lock()
    second.close()


def test_a_writer_that_was_killed_leaves_nothing_half_done(database: Database, database_url: str) -> None:
    with database.work() as work:
        work.meta.set("before", "safe")
    code = (
        "import sys, time\n"
        "from storage.engine import Database\n"
        "from tests.contract.storage.values import NOW, new_item\n"
        "with Database(sys.argv[1]).work() as work:\n"
        "    for n in range(300):\n"
        "        work.items.add(new_item(str(n), text='word ' * 2_000), None)\n"
        "    print('written', flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, database_url], cwd=ROOT, text=True, stdout=subprocess.PIPE
    ) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "written\n"
        finally:
            writer.send_signal(signal.SIGKILL)
    with database.work() as work:
        assert work.meta.get("before") == "safe"
        assert work.items.search(None, 9) == []
        work.items.add(new_item("after"), None)
    if database.backend == "sqlite":
        with database._engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            connection.execute(text("INSERT INTO item_search (item_search) VALUES ('integrity-check')"))


def test_processes_write_side_by_side(database: Database, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(database_url, n)) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with database.view() as work:
        assert len(work.items.search(None, 999)) == 40


def _write(url: str, number: int) -> None:
    database = Database(url)
    for n in range(20):
        with database.work() as work:
            work.items.add(new_item(f"{number}-{n}"), None)
    database.close()
