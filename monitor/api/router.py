"""All of /api under one router."""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.changes import changes_router
from monitor.api.feeds import feeds_router
from monitor.api.items import items_router
from monitor.api.positions import positions_router
from monitor.api.problem import documented
from storage.engine import Database

PREFIX = "/api"


def api_router(database: Database) -> APIRouter:
    """The JSON over this database. It only reads."""
    router = APIRouter(prefix=PREFIX, responses=documented(500, 503))
    for part in (changes_router, positions_router, feeds_router, items_router):
        router.include_router(part(database))
    return router
