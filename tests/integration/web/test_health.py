"""/healthz says that the process lives, /readyz that it can do its work."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

import pytest

from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.health import TICK, HealthProbe
from storage.engine import Database
from storage.errors import CannotReachServer
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW


def ready(database: Database, settings: Settings, *, worker: bool) -> tuple[int, dict[str, str | None]]:
    app = create_app(database, settings, health=HealthProbe(worker_expected=worker), clock=lambda: NOW)
    answer = Client(app).get("/readyz")
    return answer.status_code, answer.json()


def tick(database: Database, text: str) -> None:
    with database.work() as work:
        work.meta.set(TICK, text)


def test_without_a_worker_it_depends_on_whether_one_is_expected(database: Database, settings: Settings) -> None:
    status, body = ready(database, settings, worker=False)
    assert (status, body["status"]) == (200, "ready")
    status, body = ready(database, settings, worker=True)
    assert status == 503
    assert "no worker has run" in str(body["reason"])


@pytest.mark.parametrize(("age", "status"), [(59, 200), (61, 503)])
def test_the_last_tick_must_be_fresh(database: Database, settings: Settings, age: int, status: int) -> None:
    tick(database, (NOW - timedelta(seconds=age)).isoformat())
    found, body = ready(database, settings, worker=True)
    assert found == status
    assert (body["reason"] is None) is (status == 200)
    assert ready(database, settings, worker=False)[0] == 200


def test_a_tick_that_is_no_time_is_named(database: Database, settings: Settings) -> None:
    tick(database, "soon")
    status, body = ready(database, settings, worker=True)
    assert status == 503
    assert "worker.tick" in str(body["reason"])


def test_a_database_that_fails_is_not_ready_but_the_process_lives(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> NoReturn:
        raise CannotReachServer("db.example does not answer; look whether it runs")

    monkeypatch.setattr(database, "view", broken)
    status, body = ready(database, settings, worker=False)
    assert (status, body["database"]) == (503, "fails")
    assert "does not answer" in str(body["reason"])
    answer = Client(create_app(database, settings)).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
