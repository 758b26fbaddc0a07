"""/metrics for Prometheus: what is in the database, so that several processes agree."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from fastapi import APIRouter, HTTPException
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from monitor import version
from monitor.model.moment import parse_moment
from monitor.model.scope import Scope
from monitor.setting_pages import MetricsReaders
from monitor.web.api_gate import BEARER, ApiConfig, caller_by_token
from monitor.web.health import TICK
from monitor.web.proxies import CAME_BY_PROXY
from storage.engine import Database
from storage.measures import Measured

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class _Now(Collector):
    """The figures of one moment."""

    def __init__(self, measured: Measured, tick_age_s: float | None, now: datetime) -> None:
        self._measured = measured
        self._tick_age_s = tick_age_s
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """See `Collector.collect`."""
        m = self._measured
        yield _labelled("build_info", "1, with the version.", "version", {version(): 1})
        yield _labelled("feeds", "Feeds.", "status", m.feeds)
        yield GaugeMetricFamily("volteface_feeds_failing", "Active feeds whose last poll failed.", m.failing)
        yield _labelled("polls_last_hour", "Polls within the last hour.", "outcome", m.polls)
        yield _labelled("items", "Items stored.", "state", m.items)
        yield GaugeMetricFamily("volteface_statements", "Statements that count.", m.statements)
        yield _labelled("changes", "Changes of position.", "status", m.changes)
        yield _labelled("alerts", "Alerts made.", "kind", m.alerts)
        yield _labelled("deliveries", "Deliveries.", "status", m.deliveries)
        yield _labelled("delivery_attempts", "Attempts at deliveries.", "outcome", m.attempts)
        queues = {name: getattr(m.queues, name) for name in ("feeds", "items", "deliveries", "events")}
        waiting = {name: queue.waiting for name, queue in queues.items()}
        ages = {name: _age(queue.oldest, self._now) for name, queue in queues.items()}
        yield _labelled("queue_waiting", "What waits in a queue.", "queue", waiting)
        yield _labelled("queue_oldest_seconds", "How long the oldest in a queue waits; 0: none.", "queue", ages)
        for name, words, took in (
            ("reading_seconds", "Median from seeing an item to having read it, of the newest.", m.reading),
            ("delivering_seconds", "Median from the release of an alert to its arrival, of the newest.", m.delivering),
        ):
            if took is not None:
                yield GaugeMetricFamily(f"volteface_{name}", words, took.total_seconds())
        if self._tick_age_s is not None:
            words = "Seconds since a worker last ticked."
            yield GaugeMetricFamily("volteface_worker_tick_age_seconds", words, self._tick_age_s)


def metrics_router(
    database: Database, clock: Callable[[], datetime], readers: MetricsReaders, api: ApiConfig
) -> APIRouter:
    """The one address; `readers` says who may."""
    router = APIRouter(include_in_schema=False)

    async def metrics(request: Request) -> Response:
        await run_in_threadpool(_must_be_allowed, request, database, clock(), readers, api)
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        registry = await run_in_threadpool(_measured, database, clock())
        return Response(encode(registry), headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    router.add_api_route("/metrics", metrics, methods=["GET"])
    return router


def _must_be_allowed(
    request: Request, database: Database, now: datetime, readers: MetricsReaders, api: ApiConfig
) -> None:
    """Raises HTTPException for whoever may not read them."""
    if readers is MetricsReaders.ANYBODY:
        return
    if readers is MetricsReaders.NOBODY:
        raise HTTPException(404, "There are no measurements here; VOLTEFACE_METRICS says who may read them.")
    found = caller_by_token(request.headers.get("authorization"), database, now, api.operator_token)
    if found is not None and Scope.METRICS_READ in found.scopes:
        return
    if readers is MetricsReaders.LOOPBACK and _is_local(request):
        return
    words = "a token with the scope metrics:read"
    if readers is MetricsReaders.LOOPBACK:
        words += ", or ask from this machine and not by way of a proxy"
    raise HTTPException(401, f"Send {words}; VOLTEFACE_METRICS says who may read this.", BEARER)


def _is_local(request: Request) -> bool:
    """Whether a program on this machine asks; what came by way of a proxy here is from anywhere."""
    passed_on = request.scope.get(CAME_BY_PROXY) or any(name in request.headers for name in _FORWARDED)
    if request.client is None or passed_on:
        return False
    try:
        return ipaddress.ip_address(request.client.host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _measured(database: Database, now: datetime) -> CollectorRegistry:
    with database.view() as work:
        measured = work.overview.measured(now)
        tick = work.meta.get(TICK)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Now(measured, _tick_age(tick, now), now))
    return registry


def _tick_age(tick: str | None, now: datetime) -> float | None:
    try:
        return None if tick is None else (now - parse_moment(tick)).total_seconds()
    except ValueError:
        return None


def _age(oldest: datetime | None, now: datetime) -> float:
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


def _labelled(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"volteface_{name}", words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
