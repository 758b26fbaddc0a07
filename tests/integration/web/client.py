"""Asks an application without a network, as a plain function call. Redirects are not followed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI


class Client:
    """A browser of sorts. An exception that escapes the application fails the test."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        return self.request("GET", path, **arguments)

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return asyncio.run(self._request(method, path, **arguments))

    async def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            return await client.request(method, path, **arguments)
