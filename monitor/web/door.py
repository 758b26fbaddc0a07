"""Addresses that act for a subscriber: who may pass, and what every answer there carries.

No cookie is looked at, and none is set: what a POST may do is in its path alone, in a token that is nowhere but in
mails to that subscriber. So a foreign page cannot make a browser act for somebody (CSRF): it would have to know the
token, and then needs no browser. For the same reason nothing may give the token away: no referrer, no cache, no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.model.alert import Subscription
from monitor.web.desk import Desk
from monitor.web.patience import Patience, peer_of
from storage.tokens import TokenPurpose
from storage.work import Work

HEADERS: Mapping[str, str] = MappingProxyType(
    {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
)

WRONG = "This link does not work, or no longer. Links in newer mails from us do."
"""All that is said of a token that is unknown, expired, revoked, or for something else."""

MOST_WRONG, WITHIN = 30, timedelta(minutes=10)
MOST_BYTES = 64 * 1024
"""Of a form; one with every actor and issue chosen takes a tenth of it."""

Fields = Mapping[str, list[str]]


class Door:
    """Lets in whoever has a token. Wrong ones are counted by peer: guessing is hopeless, and need not be served."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._patience = Patience(MOST_WRONG, WITHIN)

    def subscription(self, request: Request, work: Work, token: str, purpose: TokenPurpose) -> Subscription:
        """Whose token it is. Raises HTTPException: 404, and 429 for who tried too many.

        A right token always opens: behind a proxy all are one peer, and nobody may lock the others out.
        """
        now = self._desk.clock()
        found = work.tokens.subscription(token, purpose, now)
        if found is not None:
            return work.subscriptions.get(found)
        if not self._patience.spend(peer_of(request), now):
            wait = {"Retry-After": str(int(self._patience.within.total_seconds()))}
            raise HTTPException(429, "Too many links that do not work; try again later.", {**HEADERS, **wait})
        raise HTTPException(404, WRONG, dict(HEADERS))

    def page(self, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
        """A page that nothing keeps."""
        return self._desk.pages.page(template, values, status=status, headers=HEADERS)


async def fields(request: Request) -> Fields:
    """What a form holds. Raises HTTPException for a body that is too long or no form."""
    return await read_form(request, MOST_BYTES)


async def read_form(request: Request, most: int) -> Fields:
    """What a form of at most so many bytes holds. Raises HTTPException for a body that is too long or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "This address takes the form of its page only.", dict(HEADERS))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413, "The form holds too much.", dict(HEADERS))
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=5_000)
    except ValueError:
        raise HTTPException(400, "The form cannot be read.", dict(HEADERS)) from None
