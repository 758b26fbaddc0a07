"""The pages that are measured are there, for whom they are, and show what was put into the database for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.bench import desk, desk_people, desk_world
from monitor.bench.desk_pages import PAGES, Page, Who
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database


def test_every_page_is_measured_for_whom_it_is(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = desk_world.NOW
    desk_world.fill(sqlite_database, desk_world.Size(items=1_000, positions=30), 7, lambda _: None)
    desk_people.settle(sqlite_database, now)
    desk_people.settle(sqlite_database, now)  # of what is there nothing is made again
    with sqlite_database.view() as work:
        told = work.alerts.of_subscription(desk_people.signed_in(sqlite_database, now).subscription, 1_000)
        assert len(told) == len(work.positions.changes(limit=1_000)) > 30
        assert {1, 9} <= {account.id for account in work.accounts.all()}
    monkeypatch.setattr(desk, "WARM_UP", 0)
    app = create_app(sqlite_database, Settings(data_dir=tmp_path), clock=lambda: now)
    done: list[int] = []
    measured = desk.measure(sqlite_database, app, now, 1, done.append)
    assert [one.page for one in measured] == [page.name for page in PAGES]
    assert len(done) == len(PAGES)
    size = {one.page: one.bytes for one in measured}
    assert size["what one was told"] > size["what one was not told"] // 3 > 500
    monkeypatch.setattr(desk, "PAGES", (Page(name="not theirs", path="/desk", peer="SELECT 1", who=Who.SUBSCRIBER),))
    with pytest.raises(RuntimeError, match="/desk answered 403"):
        desk.measure(sqlite_database, app, now, 1, done.append)
