"""/metrics: what is in the database, for whoever the setting says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from monitor.model.account import Role
from monitor.model.alert import ChannelName, Filter
from monitor.model.scope import Scope
from monitor.setting_pages import MetricsReaders
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.newsroom import NOW, Newsroom, turn

TOKEN = "a long enough token"


def app_for(database: Database, folder: Path, readers: MetricsReaders) -> FastAPI:
    settings = Settings(data_dir=folder, metrics=readers, operator_token=SecretStr(TOKEN), _env_file=None)
    return create_app(database, settings, clock=lambda: NOW)


def asked(app: FastAPI, peer: str = "127.0.0.1", **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            return await client.get("/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(ask())


def values_of(answer: httpx.Response) -> dict[str, float]:
    """By name and label: `volteface_items done`."""
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_is_stored_is_counted_and_what_never_was_is_nought(
    database: Database, newsroom: Newsroom, tmp_path: Path
) -> None:
    app = app_for(database, tmp_path, MetricsReaders.ANYBODY)
    empty = values_of(asked(app))
    turn(newsroom)
    with database.work() as work:
        feed = work.feeds.add("https://a.example/feed", "A", "", NOW - timedelta(minutes=5))
        work.subscriptions.add("desk", ChannelName.LOG, "log", Filter(), None, NOW)
        work.meta.set("worker.tick", (NOW - timedelta(seconds=7)).isoformat())
        items = sum(work.items.counts().values())
        changes = len(work.positions.changes(limit=1_000))
    answer = asked(app)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    full = values_of(answer)
    assert feed.id
    assert (empty["volteface_feeds active"], full["volteface_feeds active"]) == (0, 1)
    assert sum(value for name, value in full.items() if name.startswith("volteface_items ")) == items > 0
    assert sum(value for name, value in full.items() if name.startswith("volteface_changes ")) == changes > 0
    assert full["volteface_statements"] > empty["volteface_statements"] == 0
    assert full["volteface_deliveries dead"] == full["volteface_polls_last_hour failed"] == 0
    assert (full["volteface_queue_waiting feeds"], full["volteface_queue_oldest_seconds feeds"]) == (1, 300)
    assert full["volteface_worker_tick_age_seconds"] == 7
    assert "volteface_worker_tick_age_seconds" not in empty
    assert "a.example" not in answer.text


def test_who_may_is_what_the_setting_says(sqlite_database: Database, tmp_path: Path) -> None:
    database = sqlite_database
    with database.work() as work:
        ada = work.accounts.add("ada", Role.OPERATOR, None, NOW)
        _, right = work.api_tokens.mint(ada.id, "prometheus", [Scope.METRICS_READ], NOW, None)
        _, wrong = work.api_tokens.mint(ada.id, "other", [Scope.READ], NOW, None)
    bearer = {"authorization": f"Bearer {right}"}
    expected = {
        MetricsReaders.LOOPBACK: (200, 200, 401, 401, 200, 401),
        MetricsReaders.TOKEN: (401, 401, 401, 401, 200, 401),
        MetricsReaders.ANYBODY: (200, 200, 200, 200, 200, 200),
        MetricsReaders.NOBODY: (404, 404, 404, 404, 404, 404),
    }
    for readers, statuses in expected.items():
        app = app_for(database, tmp_path, readers)
        answers = (
            asked(app),
            asked(app, "::1"),
            asked(app, "192.0.2.7"),
            asked(app, x_forwarded_for="192.0.2.7"),  # a proxy on this machine
            asked(app, "192.0.2.7", **bearer),
            asked(app, "192.0.2.7", authorization=f"Bearer {wrong}"),
        )
        assert tuple(answer.status_code for answer in answers) == statuses, readers
    assert asked(app_for(database, tmp_path, MetricsReaders.TOKEN), authorization=f"Bearer {TOKEN}").status_code == 200
