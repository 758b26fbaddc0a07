"""No GET changes anything: every route is asked, in every odd way, and the whole database compared.

The one that may is a hub's challenge to what was asked of it: test_websub.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import MetaData, create_engine
from sqlmodel import SQLModel

from monitor.model.statement import Stance
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn
from tests.integration.web.served import served
from tests.integration.web.test_security import ERRORS, PAGES, routes_of

QUERIES = [
    "",
    "?q=bridge&limit=1&offset=1",
    "?after=1&before=2&at=2025-01-01",
    "?q=%00%27%22;drop%20table%20item--&actor=x&issue=%ff",
    "?next=https://evil.example&unsubscribe=1&action=delete&_method=DELETE",
]

WITHOUT_MAIL = {"/sign-up", "/forgotten"}
"""Pages that say that this service, as it is set up here, sends no mail."""


def contents(database_url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, read past our own code."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(table.select()).all())) for name, table in tables.tables.items()
        }
    engine.dispose()
    assert set(found) >= set(SQLModel.metadata.tables)
    return found  # type: ignore[return-value]


@pytest.fixture
def filled(newsroom: Newsroom, database: Database) -> Newsroom:
    turn(newsroom)
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW)
    with database.work() as work:
        work.feeds.add("https://news.example/feed", "News", "", NOW)
    return newsroom


def test_every_route_in_every_odd_way(client: Client, app: FastAPI, filled: Newsroom, database_url: str) -> None:
    before = contents(database_url)
    assert sum(map(len, before.values())) > 10
    paths = {path.partition("?")[0] for path in [*PAGES, *(path for path, _ in ERRORS)]}
    paths |= {route.path.replace("{", "").replace("}", "") for route in routes_of(app) if hasattr(route, "path")}
    for path in sorted(paths - {"/events"}):
        for query in QUERIES:
            for method in ("GET",) if query else ("GET", "HEAD"):
                answer = client.request(method, path + query, headers={"x-http-method-override": "DELETE"})
                well = answer.status_code < 500 or (answer.status_code == 503 and path in WITHOUT_MAIL)
                assert well, f"{method} {path}{query} answers {answer.status_code}"
    assert contents(database_url) == before


def test_nor_does_listening(app: FastAPI, filled: Newsroom, database_url: str) -> None:
    before = contents(database_url)
    with (
        served(app) as running,
        httpx.Client(trust_env=False, timeout=30) as browser,
        browser.stream("GET", running.url + "/events?after=0") as stream,
    ):
        assert next(stream.iter_bytes())
    assert contents(database_url) == before
