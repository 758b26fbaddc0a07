from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom
from tests.integration.web.operator import Operator


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, api_per_minute=100_000, _env_file=None)


@pytest.fixture
def newsroom(database: Database) -> Newsroom:
    return Newsroom(database)


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    return create_app(database, settings, clock=lambda: NOW)


@pytest.fixture
def client(app: FastAPI) -> Client:
    return Client(app)


@pytest.fixture
def operator(app: FastAPI, database: Database) -> Iterator[Operator]:
    made = Operator(app, database)
    yield made
    made.close()
