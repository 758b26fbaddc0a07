"""A clock that a test sets, and the client that asks the wire."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
from starlette.types import ASGIApp


class SetClock:
    """Shows the moment that it is set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=UTC)


def asking(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8402")
