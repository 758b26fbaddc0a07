"""`poll` beside a worker, its summary, and JSON from every command that changes something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from rich.progress import Progress

from monitor.cli.poll import _read, _rounds, _send
from monitor.model.feed import Feed, FetchOutcome
from monitor.pipeline.outcomes import PollReport
from monitor.pipeline.poll import Poller as RealPoller
from monitor.pipeline.read import ReadReport
from monitor.pipeline.send import SendReport
from storage.engine import Database
from tests.unit.cli.conftest import Command

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def _database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder}/data/volteface.db")


def test_poll_beside_a_worker_says_in_json_what_it_handed_over(command: Command, tmp_path: Path) -> None:
    assert command("feeds", "add", "https://news.example/rss", "--no-check")[0] == 0
    database = _database(tmp_path)
    later = datetime.now(UTC) + timedelta(days=1)
    with database.work() as work:
        [feed] = work.feeds.all()
        work.feeds.save(replace(feed, next_poll_at=later))
    database.hold_worker_lock()
    try:
        code, out, said = command("poll", str(feed.id), "--json")
    finally:
        database.close()
    assert code == 0
    assert json.loads(out) == {"handed_over": [feed.id]}
    assert "worker runs" in said
    shown = json.loads(command("feeds", "show", str(feed.id), "--json")[1])
    assert datetime.fromisoformat(shown["next_poll_at"]) < later


class _Steps:
    """A stage whose steps come to what the test says."""

    def __init__(self, *reports: object) -> None:
        self._reports: Iterator[object] = iter(reports)

    def step(self, _now: datetime) -> object:
        return next(self._reports)


class _Waits(_Steps):
    async def step(self, now: datetime) -> object:
        return super().step(now)


async def test_each_round_has_its_own_moment_and_no_feed_is_polled_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run over many feeds is long: leases and next polls are reckoned from the moment that a round was given."""
    moments = iter([NOW + n * timedelta(minutes=10) for n in range(10)])
    monkeypatch.setattr("monitor.cli.poll.utc_now", lambda: next(moments))
    given: list[datetime] = []

    class Poller:
        async def step(self, now: datetime, limit: int) -> list[PollReport]:
            given.append(now)
            polled = {0: [1, 2], 1: [3, 1]}.get(len(given) - 1, [1])  # the first falls due again and again
            return [_report(feed, new=len(given)) for feed in polled]

    advanced: list[int] = []
    reports = await _rounds(cast("RealPoller", Poller()), advanced.append)
    assert given == [NOW, NOW + timedelta(minutes=10), NOW + timedelta(minutes=20)]
    assert sorted((report.feed.id, report.new) for report in reports) == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 2)]
    assert sum(advanced) == 5


def _report(number: int, new: int) -> PollReport:
    feed = Feed(id=number, url=f"https://h{number}.example/", next_poll_at=NOW, added_at=NOW)
    return PollReport(feed=feed, outcome=FetchOutcome.OK, new=new)


def test_a_step_with_failures_only_does_not_end_the_reading() -> None:
    steps = _Steps(ReadReport(failed=20), ReadReport(items=1, statements=2), ReadReport())
    with Progress(disable=True) as progress:
        said = _read(steps, progress)  # type: ignore[arg-type]
    assert said == "1 item read, 20 failed; 2 statements, 0 steps of changes."


async def test_alerts_are_sent_until_none_is_due_and_what_is_left_is_said(command: Command, tmp_path: Path) -> None:
    steps = _Waits(SendReport(attempted=64, delivered=64), SendReport(attempted=2, dead=1), SendReport())
    assert command("subscribe", "me", "--log")[0] == 0
    database = _database(tmp_path)
    assert await _send(steps, database) == "64 alerts delivered, 1 given up."  # type: ignore[arg-type]
    database.close()


def test_what_changes_something_speaks_json(command: Command) -> None:
    assert command("feeds", "add", "https://news.example/rss", "--no-check")[0] == 0
    assert json.loads(command("feeds", "remove", "https://news.example/rss", "--json")[1])["removed"] == 1
    assert command("subscribe", "me", "--log")[0] == 0
    assert json.loads(command("subscriptions", "disable", "1", "--json")[1]) == {"disabled": 1}
