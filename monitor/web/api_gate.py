"""The way into /api: who asks, how often they may, and whether they may do this, before any route is looked for.

A token in the header makes somebody known, else their session. What a session's cookie alone allows is reading: a
write needs the session's own token beside it, which no other site can know (CSRF).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import HTTPException
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.api.access import NOBODY, OPERATOR_TOKEN, WRITES, By, Caller, allowed
from monitor.api.problem import problem
from monitor.model.scope import SCOPES_OF, may
from monitor.model.scope import Scope as Allowance
from monitor.web.api_answers import Answer
from monitor.web.asked import Visitor
from monitor.web.patience import peer_of
from monitor.web.rate import Buckets, Spent
from monitor.web.visitor import CSRF_HEADER
from storage.api_tokens import USED_EVERY
from storage.engine import Database
from storage.errors import StorageError

PREFIX = "/api/"
MOST_BYTES = 256 * 1024
"""Of what is sent; the seed pack's largest file of rules has a tenth of it."""

_NO_DATABASE = "The database does not answer just now; try again in a moment."
_log = structlog.get_logger(__name__)

BEARER = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig:
    """`operator_token` may all. `open_to_all`: whoever asks may read. Limits are requests a minute."""

    operator_token: SecretStr | None = None
    open_to_all: bool = True
    per_minute: int = 120
    per_minute_of_token: int = 600


class ApiGate:
    """Turns away whoever may not, and notes who asks in `request.state.caller`."""

    def __init__(self, app: ASGIApp, *, database: Database, clock: Callable[[], datetime], config: ApiConfig) -> None:
        self._app = app
        self._database = database
        self._clock = clock
        self._config = config
        self._buckets = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            found = await run_in_threadpool(self._known, request)
        except StorageError as error:  # what answers for routes has not been reached yet
            _log.error("database trouble", path=request.url.path, error=str(error))
            await problem(503, _NO_DATABASE, headers={"Retry-After": "5"})(scope, receive, send)
            return
        spent = self._spend(request, found or NOBODY)
        answer = Answer(send, request, spent.headers, private=found is not NOBODY)
        refused = self._refused(request, found, spent)
        if refused is not None:
            await refused(scope, receive, answer.send)
            return
        scope.setdefault("state", {})["caller"] = found
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self._app({**scope, "method": method}, _bounded(receive), answer.send)

    def _known(self, request: Request) -> Caller | None:
        """Who asks; None for a token that opens nothing."""
        header = request.headers.get("authorization")
        if header is not None:
            return caller_by_token(header, self._database, self._clock(), self._config.operator_token)
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is None:
            return NOBODY
        account = visitor.account
        return Caller(who=account.name, by=By.SESSION, scopes=SCOPES_OF[account.role], account=account)

    def _spend(self, request: Request, found: Caller) -> Spent:
        """A token has a bucket of its own; all others are counted by where they come from."""
        now = self._clock()
        if found.by in (By.TOKEN, By.OPERATOR_TOKEN):
            return self._buckets.spend(f"{found.by} {found.token_id}", self._config.per_minute_of_token, now)
        return self._buckets.spend(f"peer {peer_of(request)}", self._config.per_minute, now)

    def _refused(self, request: Request, found: Caller | None, spent: Spent) -> Response | None:
        if not spent.granted:
            return problem(429, f"Too many requests; ask again in {spent.wait_s} s.")
        if found is None:
            wrong = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return problem(401, "This token opens nothing: it is unknown, expired or revoked.", headers=wrong)
        methods = allowed(request.url.path)
        if not methods:
            return problem(404, "There is no such address in the API; /api/ lists those there are.")
        method = "GET" if request.method == "HEAD" else request.method
        if method not in methods:
            allow = ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])
            return problem(405, f"This address answers to {allow} only.", headers={"Allow": allow})
        return self._without_right(request, found, methods[method]) or _too_long(request)

    def _without_right(self, request: Request, found: Caller, needed: Allowance | None) -> Response | None:
        if needed is None or (needed is Allowance.READ and self._config.open_to_all):
            return None
        if found is NOBODY:
            return problem(401, f"Send a token with the scope {needed} as a bearer token.", headers=BEARER)
        if needed not in found.scopes:
            told = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'}
            return problem(403, f"This takes the scope {needed}, which you do not have.", headers=told)
        if found.by is By.SESSION and request.method in WRITES and not _by_own_page(request):
            return problem(403, f"A session's cookie changes nothing by itself; send {CSRF_HEADER} too, or a token.")
        return None


def caller_by_token(
    header: str | None, database: Database, now: datetime, of_settings: SecretStr | None
) -> Caller | None:
    """Whose bearer token a header holds, and notes its use; None for one that opens nothing."""
    scheme, _, given = (header or "").partition(" ")
    given = given.strip()
    if scheme.casefold() != "bearer" or not given:
        return None
    if of_settings is not None and secrets.compare_digest(given.encode(), of_settings.get_secret_value().encode()):
        return OPERATOR_TOKEN
    with database.view() as work:
        found = work.api_tokens.owner(given, now)
    if found is None:
        return None
    token, account = found
    if token.used_at is None or not -USED_EVERY < now - token.used_at < USED_EVERY:
        # Nobody waits, and nothing fails, for a note.
        with suppress(StorageError), database.work() as work:
            work.api_tokens.use(token.id, now)
    scopes = may(token.scopes, account.role)
    return Caller(who=account.name, by=By.TOKEN, scopes=scopes, account=account, token_id=token.id)


def _by_own_page(request: Request) -> bool:
    visitor: Visitor = request.state.visitor
    return secrets.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), visitor.csrf.encode())


def _too_long(request: Request) -> Response | None:
    said = request.headers.get("content-length", "")
    return _refusal() if said.isdigit() and int(said) > MOST_BYTES else None


def _refusal() -> Response:
    return problem(413, _TOO_LONG)


_TOO_LONG = f"A request may have at most {MOST_BYTES} bytes."


def _bounded(receive: Receive) -> Receive:
    """What is sent, as far as it is not too long; whoever reads on gets HTTPException 413."""
    got = 0

    async def bounded() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > MOST_BYTES:
            raise HTTPException(413, _TOO_LONG)
        return message

    return bounded
