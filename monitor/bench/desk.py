"""How quickly readers' pages are made, over a database of a given size, beside the least that could be done instead.

The peer is named "plain JSON": in the same process and through the same client, a bare FastAPI route that runs one
plain SQL statement for the page's main rows by `sqlite3` and dumps them with `json`. It knows no filters, names, quotes
or markup, so no page can be as quick; it shows what the database and the framework take of the time.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.responses import Response

from storage.engine import Database

WARM_UP = 2
_CHANGES = "SELECT * FROM change ORDER BY at DESC, id DESC LIMIT 26"
_ITEMS = "SELECT * FROM item ORDER BY published_at DESC, id DESC LIMIT 51"
_SEARCH = (
    "SELECT item.* FROM item JOIN item_revision r ON r.item_id = item.id AND r.revision = item.revision WHERE r.id IN "
    "(SELECT rowid FROM item_search WHERE item_search MATCH '{}') ORDER BY item.published_at DESC LIMIT 51"
)
_MATRIX = "SELECT actor, issue, stance, posterior, since, statements, pending FROM position"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be measured. `path` and `peer`, a statement of SQL, may name {actor}, {issue}, {change} and {item}."""

    name: str
    path: str
    peer: str


PAGES: tuple[Page, ...] = (
    Page(name="matrix, now", path="/", peer=_MATRIX),
    Page(name="matrix, half a year ago", path="/?at=2024-12-01", peer=_MATRIX),
    Page(name="matrix, as known then", path="/?at=2024-12-01&known=then", peer=_MATRIX),
    Page(name="matrix, one government", path="/?group=state-1", peer=_MATRIX),
    Page(name="matrix as CSV", path="/matrix.csv", peer=_MATRIX),
    Page(name="changes", path="/changes", peer=_CHANGES),
    Page(name="changes, one group, words", path="/changes?group=state-1&q=%22no+such%22", peer=_CHANGES),
    Page(name="changes, nothing found", path="/changes?q=zeppelin", peer=_CHANGES),
    Page(name="changes as Atom", path="/changes.atom?pending=true", peer=_CHANGES),
    Page(name="a change", path="/changes/{change}", peer="SELECT * FROM change WHERE id = {change}"),
    Page(name="items", path="/items", peer=_ITEMS),
    Page(name="items, a rare word", path="/items?q=line7", peer=_SEARCH.format("line7")),
    Page(name="items, a frequent word", path="/items?q=northland", peer=_SEARCH.format("northland")),
    Page(name="items, nothing found", path="/items?q=zeppelin", peer=_SEARCH.format("zeppelin")),
    Page(name="items, one actor and issue", path="/items?actor=state-7&issue=issue-7", peer=_ITEMS),
    Page(name="items, language and feed", path="/items?lang=de&feed=3", peer=_ITEMS),
    Page(name="an item", path="/items/{item}", peer="SELECT * FROM item_revision WHERE item_id = {item}"),
    Page(name="a position", path="/positions/{actor}/{issue}",
         peer="SELECT * FROM statement WHERE issue = '{issue}' AND holder = '{actor}'"),
)  # fmt: skip
"""What is measured. A further page of readers is one more line."""


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


def measure(database: Database, app: FastAPI, repeats: int, told: Callable[[int], None]) -> list[Measured]:
    """Each page so many times, after a warm-up. Raises RuntimeError for a page that does not answer with 200."""
    assert database.file is not None, "measured over SQLite"
    names = _names(database)
    found = []
    for page in PAGES:
        path = page.path.format(**names)
        ours, size = asyncio.run(_spent(app, path, repeats))
        peer, _ = asyncio.run(_spent(_peer(database.file, page.peer.format(**names)), "/", repeats))
        ratio = ours.processor_p50 / peer.processor_p50
        found.append(Measured(page=page.name, path=path, bytes=size, ours=ours, peer=peer, ratio=ratio))
        told(1)
    return found


def _names(database: Database) -> Mapping[str, object]:
    """Something that pages show: the newest change, and what it is about and rests on."""
    with database.view() as work:
        (change,) = work.positions.changes(limit=1)
        statement = work.statements.get([change.found.after_statement])[change.found.after_statement]
    return {"actor": change.found.actor, "issue": change.found.issue, "change": change.id, "item": statement.item_id}


async def _spent(app: FastAPI, path: str, repeats: int) -> tuple[Spent, int]:
    wall: list[float] = []
    processor: list[float] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.bench") as client:
        for _ in range(WARM_UP + repeats):
            begun, ran = time.perf_counter(), time.process_time()
            answer = await client.get(path)
            wall.append((time.perf_counter() - begun) * 1000)
            processor.append((time.process_time() - ran) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:500]}")
    spent = (*_both(wall[WARM_UP:]), *_both(processor[WARM_UP:]))
    return Spent(wall_p50=spent[0], wall_p95=spent[1], processor_p50=spent[2], processor_p95=spent[3]), len(
        answer.content
    )


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
