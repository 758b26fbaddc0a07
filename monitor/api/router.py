"""All of /api under one router."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter, Depends

from monitor.api.changes import changes_router
from monitor.api.desk import desk_router
from monitor.api.feed_writes import feed_writes_router
from monitor.api.feeds import feeds_router
from monitor.api.items import items_router, stories_router
from monitor.api.positions import positions_router
from monitor.api.previews import Previews, previews_router
from monitor.api.problem import documented
from monitor.api.rule_writes import rule_writes_router
from monitor.api.rules import rules_router, watched_router
from monitor.api.statements import statements_router
from monitor.api.strict import strict
from monitor.api.subscriptions import subscriptions_router
from monitor.api.verdicts import verdicts_router
from monitor.model.alert import ChannelName
from monitor.pipeline.redelivery import Redelivery
from monitor.pipeline.verdicts import Judge
from storage.engine import Database

PREFIX = "/api"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiParts:
    """What the API works with. Without `previews` no rules are edited.

    `channels` are those by which subscribers may choose to be told, `again` sends dead letters again.
    """

    database: Database
    clock: Callable[[], datetime]
    judge: Judge
    previews: Previews | None = None
    channels: frozenset[ChannelName] = frozenset({ChannelName.EMAIL, ChannelName.WEBHOOK})
    again: Redelivery = field(default_factory=Redelivery)


def api_router(parts: ApiParts) -> APIRouter:
    """The JSON over a database. What one may do there stands in `monitor.api.access`."""
    router = APIRouter(
        prefix=PREFIX, dependencies=[Depends(strict)], responses=documented(401, 403, 422, 429, 500, 503)
    )
    database, clock = parts.database, parts.clock
    router.include_router(changes_router(database))
    router.include_router(positions_router(database))
    router.include_router(statements_router(database))
    router.include_router(verdicts_router(database, parts.judge, clock))
    router.include_router(items_router(database))
    router.include_router(stories_router(database))
    router.include_router(watched_router(database))
    router.include_router(rules_router(database))
    router.include_router(previews_router(parts.previews))
    router.include_router(rule_writes_router(database, parts.previews))
    router.include_router(feeds_router(database))
    router.include_router(feed_writes_router(database, clock))
    router.include_router(subscriptions_router(database, clock, parts.channels))
    router.include_router(desk_router(database, clock, parts.again))
    return router
