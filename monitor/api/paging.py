"""Long lists page by page: an opaque cursor names where a page ended, so that what comes in meanwhile moves nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from monitor.api.parameters import MOST
from monitor.model.moment import utc

_EPOCH = datetime.fromtimestamp(0, UTC)
_LARGEST_ID = 2**63 - 1
_FAR = 365 * 1_900 * 86_400 * 1_000_000
"""Microseconds from 1970 that still are moments, either way."""

Cursor = Annotated[
    str | None,
    Query(max_length=1_000, description="Where the page before ended, as its `next` says. Opaque: take it as it is."),
]
Limit = Annotated[int, Query(ge=1, le=MOST, description=f"How many at most, up to {MOST}.")]


@dataclass(frozen=True, slots=True)
class Paging:
    """How much of a list is asked for, and from where on. A cursor holds for the query that it was given for only."""

    request: Request
    response: Response
    limit: int
    cursor: str | None

    def moment(self) -> tuple[datetime, int] | None:
        """The place in a list by time; None at its beginning. Raises RequestValidationError."""
        match self._key():
            case None:
                return None
            case [int(micros), int(number)] if abs(micros) < _FAR and 0 <= number <= _LARGEST_ID:
                return _EPOCH + timedelta(microseconds=micros), number
        raise _invalid()

    def named_moment(self) -> tuple[datetime, str] | None:
        """As `moment`, in a list whose ids are texts."""
        match self._key():
            case None:
                return None
            case [int(micros), str(name)] if abs(micros) < _FAR:
                return _EPOCH + timedelta(microseconds=micros), name
        raise _invalid()

    def number(self) -> int | None:
        """The place in a list by id; None at its beginning. Raises RequestValidationError."""
        match self._key():
            case None:
                return None
            case [int(number)] if 0 <= number <= _LARGEST_ID:
                return number
        raise _invalid()

    def words(self) -> tuple[str, ...] | None:
        """The place in a list by names; None at its beginning. Raises RequestValidationError."""
        match self._key():
            case None:
                return None
            case [*words] if words and all(isinstance(word, str) for word in words):
                return tuple(words)
        raise _invalid()

    def after(self, *key: datetime | int | str) -> str:
        """The address of the next page, for after an entry with this key; the answer's Link header says it too."""
        plain = [self._query_mark(), *(_plain(part) for part in key)]
        cursor = base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")
        others = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
        address = f"{self.request.url.path}?{urlencode([*others, ('cursor', cursor)])}"
        self.response.headers["Link"] = f'<{address}>; rel="next"'
        return address

    def _key(self) -> list[Any] | None:
        if self.cursor is None:
            return None
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            found = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        except (ValueError, binascii.Error, RecursionError):
            raise _invalid() from None
        if not isinstance(found, list) or len(found) < 2 or found[0] != self._query_mark():
            raise _invalid()
        if any(isinstance(part, bool) for part in found):
            raise _invalid()
        return found[1:]

    def _query_mark(self) -> str:
        """What a cursor belongs to: the list and its filters, however long its pages are."""
        asked = sorted(pair for pair in self.request.query_params.multi_items() if pair[0] not in ("cursor", "limit"))
        return hashlib.sha256(json.dumps([self.request.url.path, asked]).encode()).hexdigest()[:8]


def paging(request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None) -> Paging:
    """What a request says of it."""
    return Paging(request, response, limit, cursor)


Paged = Annotated[Paging, Depends(paging)]


def _plain(part: datetime | int | str) -> int | str:
    return (utc(part) - _EPOCH) // timedelta(microseconds=1) if isinstance(part, datetime) else part


def _invalid() -> RequestValidationError:
    what = "is no place in this list; take it from the `next` of a page of the same query"
    return RequestValidationError([{"loc": ("query", "cursor"), "msg": what, "type": "value_error"}])
