"""How quickly pages are made, over a database of a given size, beside the least that could be done instead.

The peer is named "plain JSON": in the same process and through the same client, a bare FastAPI route that runs one
plain SQL statement for the page's main rows by `sqlite3` and dumps them with `json`. It knows no filters, names, quotes
or markup, so no page can be as quick; it shows what the database and the framework take of the time.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.responses import Response

from monitor.bench import desk_people
from monitor.bench.desk_pages import ASKED, PAGES, Page, Who
from storage.engine import Database

WARM_UP = 2
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Milliseconds for one answer: half and 95 % of them took no longer, of the clock's and of the processor's time."""

    wall_p50: float
    wall_p95: float
    processor_p50: float
    processor_p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A page and its peer. `ratio` is of the processor's time, p50 to p50."""

    page: str
    path: str
    bytes: int
    ours: Spent
    peer: Spent
    ratio: float


def measure(
    database: Database, app: FastAPI, now: datetime, repeats: int, told: Callable[[int], None]
) -> list[Measured]:
    """Each page so many times, after a warm-up. Raises RuntimeError for a page that does not answer with 200."""
    assert database.file is not None, "measured over SQLite"
    people = desk_people.signed_in(database, now)
    names = _names(database, people)
    tokens = {Who.ANYBODY: None, Who.SUBSCRIBER: people.subscriber, Who.OPERATOR: people.operator}
    found = []
    for page in PAGES:
        path = page.path.format(**names)
        ours, size = asyncio.run(_spent(app, path, repeats, tokens[page.who], page))
        peer, _ = asyncio.run(_spent(_peer(database.file, page.peer.format(**names)), "/", repeats))
        ratio = ours.processor_p50 / peer.processor_p50
        found.append(Measured(page=page.name, path=path, bytes=size, ours=ours, peer=peer, ratio=ratio))
        told(1)
    return found


def _names(database: Database, people: desk_people.People) -> Mapping[str, object]:
    """Something that pages show: the newest change, what it is about and rests on, and who was told."""
    with database.view() as work:
        (change,) = work.positions.changes(limit=1)
        statement = work.statements.get([change.found.after_statement])[change.found.after_statement]
        delivery = work.alerts.deliveries(limit=1)[0].id
    return {
        "actor": change.found.actor,
        "issue": change.found.issue,
        "change": change.id,
        "item": statement.item_id,
        "statement": statement.id,
        "delivery": delivery,
        "subscription": people.subscription,
        "narrow": people.narrow,
    }


async def _spent(
    app: FastAPI, path: str, repeats: int, token: str | None = None, page: Page | None = None
) -> tuple[Spent, int]:
    wall: list[float] = []
    processor: list[float] = []
    cookies = {} if token is None else {"volteface": token}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.bench", cookies=cookies) as client:
        form = None
        if page is not None and page.form_of:
            form = ASKED | dict(_HIDDEN.findall((await client.get(path.removesuffix(page.form_of))).text))
        for number in range(WARM_UP + repeats):
            if number == WARM_UP:
                _await_what_it_began()
            begun, ran = time.perf_counter(), time.process_time()
            answer = await (client.get(path) if form is None else client.post(path, data=form))
            wall.append((time.perf_counter() - begun) * 1000)
            processor.append((time.process_time() - ran) * 1000)
            if answer.status_code != 200 or "cannot be meant" in answer.text:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:500]}")
    spent = (*_both(wall[WARM_UP:]), *_both(processor[WARM_UP:]))
    return Spent(wall_p50=spent[0], wall_p95=spent[1], processor_p50=spent[2], processor_p95=spent[3]), len(
        answer.content
    )


def _await_what_it_began() -> None:
    """Warnings on rules are looked up once for each set of rules, beside the page: that is no part of its time."""
    for thread in threading.enumerate():
        if thread.name == "rule warnings":
            thread.join()


def _both(measured: Sequence[float]) -> tuple[float, float]:
    if len(measured) < 2:
        return measured[0], measured[0]
    return statistics.median(measured), statistics.quantiles(measured, n=20, method="inclusive")[18]


def _peer(file: Path, query: str) -> FastAPI:
    app = FastAPI()

    @app.get("/")
    def rows() -> Response:
        connection = sqlite3.connect(file)
        connection.row_factory = sqlite3.Row
        try:
            found = [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()
        return Response(json.dumps(found, default=str), media_type="application/json")

    return app
