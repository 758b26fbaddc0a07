"""Whether the process lives and whether it can do its work: /healthz and /readyz."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from monitor.model.moment import parse_moment
from monitor.web.words import distance
from storage.engine import Database
from storage.errors import StorageError
from storage.values import StandIns

TICK = "worker.tick"
"""The meta key under which a worker writes the time of its last tick, in ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthProbe:
    """What readiness asks for. `worker_expected`: a worker without a fresh tick makes us not ready."""

    worker_expected: bool = False
    stale_after: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What /readyz found; `reason` says in plain words why we are not ready, and what to do.

    `reading` says how many items wait to be read again because another extractor had to stand in; they make nobody
    unready.
    """

    ready: bool
    database: str
    worker: str
    reason: str | None = None
    reading: str | None = None


def readiness(database: Database, probe: HealthProbe, now: datetime) -> Readiness:
    """Asks the database, and reads there when a worker last ticked."""
    try:
        with database.view() as work:
            written = work.meta.get(TICK)
            stand_ins = work.readings.stand_ins()
    except StorageError as error:
        return Readiness(ready=False, database="fails", worker="unknown", reason=str(error))
    if written is None:
        worker, fresh = "never seen", False
        reason = "no worker has run on this database yet; start `volteface worker` or `volteface up`"
    else:
        try:
            age = now - parse_moment(written)
        except ValueError:
            return Readiness(
                ready=not probe.worker_expected,
                database="answers",
                worker="unknown",
                reason=f"the meta entry {TICK} holds no time; a worker overwrites it at its next tick",
            )
        fresh = age <= probe.stale_after
        worker = f"ticked {distance(age.total_seconds())} ago"
        reason = f"the worker {worker}; look whether `volteface worker` or `volteface up` still runs"
    ready = fresh or not probe.worker_expected
    return Readiness(
        ready=ready,
        database="answers",
        worker=worker,
        reason=None if fresh else reason,
        reading=_reading(stand_ins),
    )


def _reading(stand_ins: StandIns) -> str | None:
    latest = stand_ins.latest
    if latest is None or not stand_ins.waiting:
        return None
    return f"{stand_ins.waiting} read by {latest.extractor} in place of {latest.wanted}: {latest.fallback_reason}"


def health_router(database: Database, probe: HealthProbe, clock: Callable[[], datetime]) -> APIRouter:
    """The two addresses for supervisors and load balancers. GET and HEAD."""
    router = APIRouter(include_in_schema=False)

    async def alive() -> JSONResponse:
        return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})

    def ready() -> JSONResponse:
        found = readiness(database, probe, clock())
        body = {
            "status": "ready" if found.ready else "not ready",
            "database": found.database,
            "worker": found.worker,
            "reason": found.reason,
            "reading": found.reading,
        }
        return JSONResponse(body, 200 if found.ready else 503, headers={"Cache-Control": "no-store"})

    router.add_api_route("/healthz", alive, methods=["GET", "HEAD"])
    router.add_api_route("/readyz", ready, methods=["GET", "HEAD"])
    return router
