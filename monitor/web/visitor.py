"""Who looks at a page: by a session's cookie, with the token that forms of theirs must carry."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.web.asked import Visitor
from monitor.web.door import HEADERS, Fields, fields
from storage.engine import Database

SESSION_LASTS = timedelta(days=14)
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"


def cookie_name(request: Request) -> str:
    """The cookie's name: behind TLS one that browsers keep from every other host and path."""
    return "__Host-volteface" if request.url.scheme == "https" else "volteface"


def visitor_of(request: Request, database: Database, now: datetime) -> Visitor | None:
    """Who asks; None for whoever is not signed in."""
    token = request.cookies.get(cookie_name(request))
    if not token:
        return None
    with database.view() as work:
        account = work.accounts.signed_in(token, now)
    return None if account is None else Visitor(account, csrf_of(token))


def csrf_of(session: str) -> str:
    """The token of a session's forms: whoever has only one of the two cannot tell the other."""
    return hmac.new(session.encode(), b"csrf", hashlib.sha256).hexdigest()


def set_session(response: Response, request: Request, token: str) -> None:
    """Hands the session over: not to scripts, not to other sites, and behind TLS never without it."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def forget_session(response: Response, request: Request) -> None:
    """Takes the cookie back."""
    response.delete_cookie(
        cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )


def seen(request: Request) -> Visitor | None:
    """Who asks, as the gate found out."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return visitor


def from_own_page(request: Request) -> bool:
    """Whether a form was sent from a page of ours, by what browsers say of it; programs say nothing and may pass."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"


async def own_fields(request: Request, sent: Annotated[Fields, Depends(fields)]) -> Fields:
    """What a form holds that signs somebody in by a link. Raises HTTPException 403 where it comes from elsewhere:
    another site would sign its visitors in to an account of its own (login CSRF), and read what they then do there."""
    if not from_own_page(request):
        raise HTTPException(403, "Send this form from its own page.", dict(HEADERS))
    return sent


async def signed_fields(request: Request, sent: Annotated[Fields, Depends(fields)]) -> Fields:
    """What a form of somebody who is signed in holds. Raises HTTPException 403 without its token."""
    must_be_signed(request, sent)
    return sent


def must_be_signed(request: Request, sent: Fields) -> None:
    """Raises HTTPException 403 for a form without the token of whoever is signed in."""
    visitor = seen(request)
    given = request.headers.get(CSRF_HEADER) or (sent.get(CSRF_FIELD) or [""])[0]
    if visitor is None or not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        raise HTTPException(403, "This form is no longer valid; open its page again and repeat it.")
