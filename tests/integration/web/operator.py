"""An operator at a browser, for the tests of the desk's pages."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from monitor.model.account import Role
from storage.engine import Database
from tests.integration.web.newsroom import NOW


class Operator:
    """A browser of an operator who is signed in; one event loop for all requests, for look-ups outlast one."""

    def __init__(self, app: FastAPI, database: Database) -> None:
        with database.work() as work:
            account = work.accounts.by_name("ops") or work.accounts.add("ops", Role.OPERATOR, None, NOW)
            token = work.accounts.sign_in(account.id, NOW, NOW + timedelta(days=1))
        self._cookie = {"cookie": f"volteface={token}"}
        self._app = app
        self._loop = asyncio.new_event_loop()
        self.csrf = re.findall(r'name="csrf" value="([0-9a-f]+)"', self.get("/account").text)[0]

    def get(self, path: str) -> httpx.Response:
        return self._loop.run_until_complete(self._ask("GET", path))

    def post(self, path: str, csrf: str | None = None, files: Any = None, **fields: Any) -> httpx.Response:
        sent = {"csrf": self.csrf if csrf is None else csrf, **fields}
        return self._loop.run_until_complete(self._ask("POST", path, data=sent, files=files))

    def follow(self, answer: httpx.Response) -> httpx.Response:
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])

    def wait(self) -> None:
        """Lets what runs beside the requests come to its end."""
        for task in asyncio.all_tasks(self._loop):
            self._loop.run_until_complete(task)

    def close(self) -> None:
        self._loop.close()

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            return await client.request(method, path, headers=self._cookie, **more)
