"""Where hubs call back (WebSub): GET with a challenge, POST with news. The token in the path is the hub's alone.

The GET is the one that may change something: an answered challenge makes a subscription.
"""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse

from monitor.pipeline.hub_calls import Pushed, Said, Taken, answer_to, refuse_as_too_large, take
from monitor.web.desk import Desk
from monitor.web.patience import Patience, peer_of

MOST_WRONG, WITHIN = 30, timedelta(minutes=10)
MOST_PUSHES, A_MINUTE = 60, timedelta(minutes=1)
BODIES_AT_ONCE = 8
"""Bodies that are held in memory together; those that come meanwhile are asked to come again."""

LATER_S = 30
_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_MOST_HEADER = 2_000

_STATUS = {Taken.STORED: 202, Taken.DISCARDED: 202, Taken.GONE: 410, Taken.BUSY: 503}


class _TooLarge(Exception):  # noqa: N818 - it is what the body is
    pass


class Callback:
    """Answers hubs. `largest` is the number of bytes that a push may have, `deadline_s` the time it may take."""

    def __init__(self, desk: Desk, *, largest: int, deadline_s: float) -> None:
        self._desk = desk
        self._largest = largest
        self._deadline_s = deadline_s
        self._strangers = Patience(MOST_WRONG, WITHIN)
        self._pushes = Patience(MOST_PUSHES, A_MINUTE)
        self._bodies = asyncio.Semaphore(BODIES_AT_ONCE)

    async def verify(self, request: Request, token: str) -> PlainTextResponse:
        """A hub asks whether we meant what we asked, or denies it."""
        said = Said(
            mode=_only(request, "hub.mode"),
            topic=_only(request, "hub.topic"),
            challenge=_only(request, "hub.challenge"),
            lease=_only(request, "hub.lease_seconds"),
            reason=_only(request, "hub.reason"),
        )

        def answer() -> str | None:
            if not self._known(token):  # strangers do not get as far as the lock of the database
                return None
            with self._desk.database.work() as work:
                return answer_to(work, token, said, self._desk.clock(), random.random())  # noqa: S311

        answered = await run_in_threadpool(answer)
        if answered is None:
            return self._turned_away(request, 404, "Nothing of this kind was asked for here.")
        return _said(200, answered)

    async def receive(self, request: Request, token: str) -> PlainTextResponse:
        """A hub pushes. A 2xx is only answered to what is stored, and to what nobody can want back."""
        if not await run_in_threadpool(self._known, token):
            return self._turned_away(request, 410, "Nobody is subscribed here any more.")
        if not self._pushes.spend(token, self._desk.clock()):
            return _said(429, "That is more than one feed can have to say.", int(A_MINUTE.total_seconds()))
        if self._bodies.locked():
            return _said(503, "Too much comes at once.", LATER_S)
        async with self._bodies:
            try:
                async with asyncio.timeout(self._deadline_s):
                    body = await self._body(request)
            except TimeoutError:
                return _said(408, f"It did not come within {self._deadline_s:g} seconds.")
            except ClientDisconnect:
                return _said(400, "It broke off.")
            except _TooLarge:
                await run_in_threadpool(self._too_large, token)
                return _said(413, f"More than {self._largest} bytes are not taken.")
            taken = await run_in_threadpool(self._take, token, _pushed(request, body))
        return _said(_STATUS[taken], taken.value, LATER_S if taken is Taken.BUSY else None)

    async def _body(self, request: Request) -> bytes:
        told = request.headers.get("content-length", "")
        if told.isascii() and told.isdigit() and (len(told) > 18 or int(told) > self._largest):
            raise _TooLarge
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self._largest:
                raise _TooLarge
        return bytes(body)

    def _known(self, token: str) -> bool:
        with self._desk.database.view() as work:
            return work.hubs.by_token(token) is not None

    def _take(self, token: str, pushed: Pushed) -> Taken:
        with self._desk.database.work() as work:
            return take(work, token, pushed, self._largest, self._desk.clock())

    def _too_large(self, token: str) -> None:
        with self._desk.database.work() as work:
            refuse_as_too_large(work, token, self._desk.clock())

    def _turned_away(self, request: Request, status: int, words: str) -> PlainTextResponse:
        if self._strangers.spend(peer_of(request), self._desk.clock()):
            return _said(status, words)
        return _said(429, "Too many calls for what is not there.", int(WITHIN.total_seconds()))


def websub_router(desk: Desk, *, largest: int, deadline_s: float) -> APIRouter:
    """`/websub/{token}`."""
    router = APIRouter(include_in_schema=False)
    callback = Callback(desk, largest=largest, deadline_s=deadline_s)

    @router.get("/websub/{token}")
    async def verify(request: Request, token: str) -> PlainTextResponse:
        return await callback.verify(request, token)

    @router.post("/websub/{token}")
    async def receive(request: Request, token: str) -> PlainTextResponse:
        return await callback.receive(request, token)

    return router


def _only(request: Request, name: str) -> str | None:
    """A parameter that is there exactly once; of two nobody knows which was meant."""
    given = request.query_params.getlist(name)
    return given[0] if len(given) == 1 else None


def _pushed(request: Request, body: bytes) -> Pushed:
    headers = request.headers
    return Pushed(
        body=body,
        content_type=headers.get("content-type", "").strip()[:200] or None,
        encoding=headers.get("content-encoding", "")[:200],
        signature=headers.get("x-hub-signature", "")[:_MOST_HEADER] or None,
        links=[_as_utf8(link) for link in headers.getlist("link")[:32]],
    )


def _as_utf8(text: str) -> str:
    """A header as it was meant: starlette reads latin-1, addresses are sent as UTF-8 where they are not ASCII."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _said(status: int, words: str, retry_after_s: int | None = None) -> PlainTextResponse:
    wait = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else {}
    return PlainTextResponse(words, status, {**_HEADERS, **wait})
