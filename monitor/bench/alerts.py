"""How quickly alerts go out: a change against many subscriptions, and changes × subscriptions to a receiver's answer.

Three figures. *Matching*: one change against subscriptions that each want something narrow, from the rows to the list
of those who are told. *A burst*: all changes are committed at once, and the alerts of all subscriptions go out as fast
as they can. *A steady stream*: changes are committed one by one at a part of that rate, so that the time from the
commit to the receiver's answer is that of an alert and not of a queue. The named peer of the burst is httpx with
standardwebhooks alone: the same bodies, signed and posted as many at a time, without rows, leases or retries.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.request import urlopen

import httpx

from monitor.alerts.channels.signing import new_secret, signed_headers
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.bench import alert_world
from monitor.model.alert import ChannelName
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from monitor.pipeline.send import Sender
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.language import load_language
from storage.engine import Database

CONCURRENCY = 64
STREAM_SHARE = 0.5
"""The steady stream's share of the burst's rate: below it queues grow, however quick the service is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds from the commit of a change to the receiver's answer."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`match_first_ms` reads the subscriptions, `match_ms` finds them read. Rates are alerts a second, wall clock.

    `peer_rate` is httpx and standardwebhooks alone. `lost` and `repeats` must be nought.
    """

    subscriptions: int
    matched: int
    match_first_ms: float
    match_ms: float
    alerts: int
    commit_ms: float
    burst_rate: float
    peer_rate: float
    stream_rate: float
    latency: Latency
    lost: int
    repeats: int


def measure(
    database: Database, subscriptions: int, changes: int, readers: int, told: Callable[[str, int, int], None]
) -> Measured:
    """All figures, on a database that is empty: `changes` to `readers` webhooks, then one change to `subscriptions`."""
    with sink() as target:
        alert_world.subscribe(database, readers, f"{target}/hook", narrow=False)
        commit_s, send_s, bodies = asyncio.run(_burst(database, changes, told))
        peer_rate = asyncio.run(alone(bodies, target))
        rate = len(bodies) / send_s
        gap_s = readers / (rate * STREAM_SHARE)
        committed = asyncio.run(_stream(database, 1 + changes, changes, gap_s, told))
        arrived, repeats = _arrivals(target)
    told("Matching", 0, 1)
    found, first_ms, again_ms = match(database, subscriptions, 1 + 2 * changes)
    return Measured(
        subscriptions=subscriptions, matched=found, match_first_ms=first_ms, match_ms=again_ms, alerts=len(bodies),
        commit_ms=commit_s * 1000, burst_rate=rate, peer_rate=peer_rate, stream_rate=rate * STREAM_SHARE,
        latency=latency(committed, arrived), lost=2 * len(bodies) - sum(not k.startswith("peer") for k in arrived),
        repeats=repeats,
    )  # fmt: skip


def match(database: Database, subscriptions: int, number: int) -> tuple[int, float, float]:
    """One change against narrow subscriptions: how many want it, and milliseconds with and without reading them first.

    The least of five times each.
    """
    alert_world.subscribe(database, subscriptions, "http://127.0.0.1:9", narrow=True)
    rules = alert_world.rules()
    with database.work() as work:
        transition = alert_world.change(work, number)
    times: list[tuple[float, float]] = []
    found = 0
    for _ in range(5):
        teller, begun = Teller(), time.perf_counter()
        with database.view() as work:
            found = len(teller.wanting(work, transition.change, rules))
        read = time.perf_counter()
        with database.view() as work:
            teller.wanting(work, transition.change, rules)
        times.append(((read - begun) * 1000, (time.perf_counter() - read) * 1000))
    return found, min(first for first, _ in times), min(again for _, again in times)


async def _burst(
    database: Database, changes: int, told: Callable[[str, int, int], None]
) -> tuple[float, float, list[str]]:
    """All changes in one transaction, and then what follows; seconds of telling, seconds of sending, the bodies."""
    teller, rules = Teller(), alert_world.rules()
    with database.work() as work:
        transitions = list(alert_world.changes(work, 1, changes))
        load_language("en")  # what a worker has read long before its first alert
        begun = time.perf_counter()
        ids = teller.tell(work, transitions, rules, _now())
    committed = time.perf_counter()
    sent = 0
    async with _sender(database) as sender:
        while done := (await sender.step(_now())).delivered:
            sent += done
            told("A burst", sent, len(ids))
    ended = time.perf_counter()
    with database.view() as work:
        bodies = [work.alerts.payload(key) for key in ids]
    return committed - begun, ended - committed, bodies


async def _stream(
    database: Database, first: int, changes: int, gap_s: float, told: Callable[[str, int, int], None]
) -> dict[str, float]:
    """Changes one by one, `gap_s` apart, while the sender runs; gives when each alert was committed."""
    teller, rules = Teller(), alert_world.rules()
    committed: dict[str, float] = {}

    def commit(number: int) -> None:
        with database.work() as work:
            ids = teller.tell(work, [alert_world.change(work, number)], rules, _now())
        committed.update(dict.fromkeys(ids, time.time()))

    async def write(wake: asyncio.Event) -> None:
        for number in range(first, first + changes):
            begun = time.perf_counter()
            await asyncio.to_thread(commit, number)
            wake.set()
            told("A steady stream", number - first + 1, changes)
            await asyncio.sleep(max(0.0, gap_s - (time.perf_counter() - begun)))

    async with _sender(database) as sender:
        wake = asyncio.Event()
        writing = asyncio.create_task(write(wake))
        while not writing.done():
            wake.clear()
            while (await sender.step(_now())).attempted:
                pass
            await asyncio.wait([writing, woken := asyncio.create_task(wake.wait())], return_when="FIRST_COMPLETED")
            woken.cancel()
        await writing
        while (await sender.step(_now())).attempted:
            pass
    return committed


@asynccontextmanager
async def _sender(database: Database) -> AsyncIterator[Sender]:
    async with webhook_client(Guard(["127.0.0.0/8"])) as client:
        yield Sender(database, {ChannelName.WEBHOOK: WebhookChannel(client)}, _now, CONCURRENCY)


async def alone(bodies: Sequence[str], sink: str) -> float:
    """The peer: the bodies signed and posted by httpx, as many at a time; how many a second."""
    secret, places = new_secret(), asyncio.Semaphore(CONCURRENCY)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=CONCURRENCY)) as client:

        async def post(number: int, body: str) -> None:
            async with places:
                headers = signed_headers(secret, f"peer_{number}", _now(), body)
                (await client.post(f"{sink}/peer", content=body.encode(), headers=headers)).raise_for_status()

        begun = time.perf_counter()
        await asyncio.gather(*(post(n, body) for n, body in enumerate(bodies)))
        return len(bodies) / (time.perf_counter() - begun)


@contextmanager
def sink() -> Iterator[str]:
    """A receiver of webhooks in a process of its own; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor.bench.alert_sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def _arrivals(sink: str) -> tuple[dict[str, float], int]:
    """When each alert came first, and how many came again."""
    with urlopen(f"{sink}/times") as answer:  # noqa: S310 - our own process
        found = json.load(answer)
    return found["times"], found["repeats"]


def latency(committed: dict[str, float], arrived: dict[str, float]) -> Latency:
    """The quantiles over the alerts that arrived. Raises ValueError where fewer than two did."""
    took = [(arrived[key] - at) * 1000 for key, at in committed.items() if key in arrived]
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return Latency(p50=cuts[49], p95=cuts[94], p99=cuts[98])


def _now() -> datetime:
    return datetime.now(UTC)
