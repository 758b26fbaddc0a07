"""Alerts under load, with a worker that is killed again and again.

    python -m tests.acceptance.alert_load --changes 1000 --readers 50 --kills 50 [--database URL]

A worker commits changes and sends their alerts to a receiver that refuses a third of all posts; kill -9 ends it at
random moments, and another one goes on. What is due later comes sooner: whenever nothing is left to do, the worker's
clock jumps to the next attempt. The report says what arrived, beside what should have.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from monitor.alerts.channels.webhook import WebhookChannel
from monitor.bench import alert_world
from monitor.model.alert import ChannelName, DeliveryStatus
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from monitor.pipeline.send import Sender
from monitor.pipeline.tell import Teller
from storage.engine import Database

REFUSED = 1 / 3
LONGEST_LIFE_S = 3.0
_IDLE_S = 0.5
"""Without anything to do for so long, a killed worker's lease is what holds the rest up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of it. All but `expected`, `kills` and `repeats` must be nought, but for `arrived`, which must be all.

    `missing` pairs of change and subscription have no alert, `twice` have several. `foreign` ids arrived that nobody
    queued; `lost` were queued and did not arrive; `differing` bodies were not those of the same id before.
    """

    expected: int
    arrived: int
    kills: int
    repeats: int
    missing: int
    twice: int
    lost: int
    foreign: int
    differing: int
    undelivered: int


def run(database_url: str, folder: Path, *, changes: int, readers: int, kills: int, seed: int = 20) -> Report:
    """Runs the load on an empty database to its end."""
    dice = random.Random(seed)
    database = Database(database_url)
    database.upgrade()
    with _sink() as target:
        alert_world.subscribe(database, readers, f"{target}/hook", narrow=False)
        arguments = [sys.executable, "-m", "tests.acceptance.alert_load", "--work", database_url]
        arguments += ["--changes", str(changes), "--clock", str(folder / "clock")]
        done = 0
        while done < kills:
            with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as worker:
                assert worker.stdout is not None
                assert worker.stdout.readline() == "at work\n"
                time.sleep(dice.uniform(0.0, LONGEST_LIFE_S))
                worker.kill()
            done += 1
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, timeout=3600)
        report = _compare(database, target, changes, readers, kills)
    database.close()
    return report


def _compare(database: Database, target: str, changes: int, readers: int, kills: int) -> Report:
    with urlopen(f"{target}/times") as answer:
        taken = json.load(answer)
    with database.view() as work:
        recorded = work.positions.changes(limit=1_000_000)
        alerts = [alert for change in recorded for alert in work.alerts.alerts_for_change(change.id)]
    assert len(recorded) == changes
    pairs = Counter((alert.change_id, alert.subscription_id) for alert in alerts)
    queued, arrived = {alert.id for alert in alerts}, set(taken["times"])
    return Report(
        expected=changes * readers,
        arrived=len(arrived & queued),
        kills=kills,
        repeats=taken["repeats"],
        missing=changes * readers - len(pairs),
        twice=sum(count > 1 for count in pairs.values()),
        lost=len(queued - arrived),
        foreign=len(arrived - queued),
        differing=taken["differing"],
        undelivered=sum(alert.delivery is not DeliveryStatus.DELIVERED for alert in alerts),
    )


class _Clock:
    """The machine's clock and what it was put forward by, which outlives a kill."""

    def __init__(self, where: Path) -> None:
        self._where = where
        self._ahead = timedelta(seconds=float(where.read_text()) if where.exists() else 0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def put_forward(self, by: timedelta) -> None:
        """Whoever is killed here puts it forward again."""
        self._ahead += by
        written = self._where.with_suffix(".new")
        written.write_text(str(self._ahead.total_seconds()))
        written.replace(self._where)


async def work(database: Database, changes: int, clock: _Clock) -> None:
    """Commits what is missing of the changes and sends alerts, until there is nothing left to do."""
    committing = asyncio.create_task(_commit(database, changes, clock))
    idle_since = time.monotonic()
    async with webhook_client(Guard(["127.0.0.0/8"])) as client:
        sender = Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, clock)
        while True:
            if (await sender.step(clock())).attempted:
                idle_since = time.monotonic()
                continue
            due = await asyncio.to_thread(_next_due, database)
            if due is None and committing.done():
                break
            if due is not None and due > clock():
                clock.put_forward(due - clock())
            elif time.monotonic() - idle_since > _IDLE_S:
                clock.put_forward(timedelta(minutes=1))
            await asyncio.sleep(0.01)
    await committing


async def _commit(database: Database, changes: int, clock: _Clock) -> None:
    teller, rules = Teller(), alert_world.rules()

    def one(number: int) -> None:
        with database.work() as work:
            teller.tell(work, [alert_world.change(work, number)], rules, clock())

    with database.view() as view:
        there = len(view.positions.changes(limit=1_000_000))
    for number in range(there, changes):
        await asyncio.to_thread(one, number)


def _next_due(database: Database) -> datetime | None:
    """When the next attempt is due. What was given up is sent again, as an operator would."""
    with database.work() as work:
        due = work.alerts.next_due()
        if due is None:
            for dead in work.alerts.deliveries(DeliveryStatus.DEAD, limit=1_000):
                work.alerts.retry(dead.id, datetime.now(UTC))
            due = work.alerts.next_due()
        return due


@contextmanager
def _sink() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor.bench.alert_sink", str(REFUSED)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def main() -> None:
    """The load, or with --work one of its workers."""
    parser = argparse.ArgumentParser(description="Alerts under load, with a worker that is killed again and again.")
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database")
    parser.add_argument("--work")
    parser.add_argument("--clock", type=Path)
    given = parser.parse_args()
    if given.work:
        database = Database(given.work)
        database.hold_worker_lock()
        if database.file is not None:
            with database.work() as found:
                found.end_leases(datetime.now(UTC))
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        asyncio.run(work(database, given.changes, _Clock(given.clock)))
        database.close()
        return
    with tempfile.TemporaryDirectory(prefix="volteface-load-") as folder:
        url = given.database or f"sqlite:///{folder}/load.db"
        report = run(url, Path(folder), changes=given.changes, readers=given.readers, kills=given.kills)
    sys.stdout.write(json.dumps(asdict(report)) + "\n")


if __name__ == "__main__":
    main()
