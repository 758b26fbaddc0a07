"""Answers that say "not modified" where the reader has what we would send (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from monitor.model.moment import utc


def conditional(
    request: Request, body: bytes, media_type: str, *, changed_at: datetime | None, now: datetime, private: bool = False
) -> Response:
    """The body, or 304 where the request says that it is there already.

    `changed_at` becomes Last-Modified once it is more than a second ago: a date is good to the second, and more may
    still come within this one. None: there is none. `private` keeps shared caches from it.
    """
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache" if private else "no-cache"}
    modified = None
    if changed_at is not None and utc(now) - utc(changed_at) > timedelta(seconds=1):
        modified = utc(changed_at).replace(microsecond=0)
        headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    if _is_there(request, etag, modified):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{media_type}; charset=utf-8", headers=headers)


def _is_there(request: Request, etag: str, modified: datetime | None) -> bool:
    """If-None-Match decides where it is given; If-Modified-Since is for those who know nothing better."""
    named = request.headers.get("if-none-match")
    if named is not None:
        return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in named.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified <= utc(parsedate_to_datetime(since))
    except (ValueError, OverflowError):
        return False
