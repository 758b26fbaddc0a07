"""An operator at the desk, for tests: signed in, with the token that their forms carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from monitor.model.account import Role
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Clock:
    """A clock that goes on by a second at every look, so that no two acts are of one moment."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Operator:
    """Somebody at a desk of the application: gets pages, sends their forms."""

    def __init__(self, database: Database, client: Client, name: str) -> None:
        with database.work() as work:
            account = work.accounts.add(name, Role.OPERATOR, None, NOW)
            self._cookie = {"cookie": f"volteface={work.accounts.sign_in(account.id, NOW, NOW + timedelta(days=1))}"}
        self._client = client
        self._csrf = _CSRF.findall(self.get("/account").text)[0]

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path, headers=self._cookie)

    def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        return self._client.request("POST", path, headers=self._cookie, data={"csrf": self._csrf, **fields})

    def then(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """The page after a form that was taken."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])


def desk(database: Database, settings: Settings, clock: Callable[[], datetime] | None = None) -> Client:
    """The application with a clock that goes on."""
    return Client(create_app(database, settings, clock=clock or Clock()))
