"""What every answer carries, errors included: a strict content security policy and its companions."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.net.mask import mask
from monitor.web.secret_paths import shown_path

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_OWN = ("Content-Security-Policy", "X-Frame-Options")
"""Those that an answer may set for itself, as one that shows a mail in a frame from which nothing gets out."""

_log = structlog.get_logger(__name__)

FailurePage = Callable[[Request, Exception], Awaitable[Response]]


class Boundary:
    """The outermost layer: sets the headers, and turns an exception that nobody expected into a page or a problem.

    Starlette answers unexpected exceptions outside of all middleware, so that such an answer would go out bare.
    """

    def __init__(self, app: ASGIApp, *, failure: FailurePage) -> None:
        self._app = app
        self._failure = failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Once an answer has begun, an exception goes on to the server, which cuts the connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    if name not in _OWN:
                        headers[name] = value
                    else:
                        headers.setdefault(name, value)
                if "Cache-Control" not in headers:
                    headers["Cache-Control"] = "no-cache"
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            if started:
                raise
            # Written out here: a renderer that shows local variables would take a minute and print what is secret.
            trace = mask("".join(traceback.format_exception(error)))
            _log.error("page failed", method=scope["method"], path=shown_path(scope["path"]), trace=trace)
            response = await self._failure(Request(scope), error)
            await response(scope, receive, guarded)
