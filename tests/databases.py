"""Fixtures: a fresh, upgraded database for each test, on both kinds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.engine import Database
from tests.postgres import Cluster, binaries, cluster

BACKENDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A server of this test process's own, with a database `upgraded` to copy from."""
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL server programs (initdb, postgres) in PATH or /usr/lib/postgresql; install them")
    with cluster(folder) as running:
        database = Database(running.create(name="upgraded"))
        database.upgrade()
        database.close()
        yield running


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded SQLite file to copy from."""
    file = tmp_path_factory.mktemp("template") / "upgraded.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    database.close()
    return file


@pytest.fixture
def sqlite_url(upgraded_file: Path, tmp_path: Path) -> str:
    """The address of an upgraded SQLite database."""
    file = tmp_path / "volteface.db"
    shutil.copyfile(upgraded_file, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(postgresql_cluster: Cluster) -> Iterator[str]:
    """The address of an upgraded PostgreSQL database."""
    url = postgresql_cluster.create(template="upgraded")
    yield url
    postgresql_cluster.drop(url)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an upgraded database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that was never upgraded, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    running: Cluster = request.getfixturevalue("postgresql_cluster")
    url = running.create()
    yield url
    running.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An upgraded database, once of each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """An upgraded SQLite database."""
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    """An upgraded PostgreSQL database."""
    opened = Database(postgresql_url)
    yield opened
    opened.close()
