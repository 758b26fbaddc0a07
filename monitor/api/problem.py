"""Errors as application/problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class Invalid(BaseModel):
    """One part of a request that cannot be used."""

    where: str = Field(examples=["query.limit"])
    what: str = Field(examples=["Input should be less than or equal to 200"])


class Problem(BaseModel):
    """What went wrong, for people and for programs."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no change 12"])
    invalid: list[Invalid] | None = None


def problem(
    status: int,
    detail: str,
    *,
    invalid: Sequence[Invalid] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer for a problem."""
    parts = [Invalid(where=_encodable(part.where), what=_encodable(part.what)) for part in invalid or ()]
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=_encodable(detail), invalid=parts or None)
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE)


def _encodable(text: str) -> str:
    """A text that quotes what was sent can hold halves of signs, which no encoding has."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def invalid_parts(errors: Sequence[Mapping[str, Any]]) -> list[Invalid]:
    """What pydantic found wrong, without the values: these may be anything."""
    return [Invalid(where=".".join(str(part) for part in e["loc"]), what=str(e["msg"])) for e in errors]


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses for OpenAPI: each of these statuses brings a problem; how it looks is said in `description`."""
    return {status: {"description": HTTPStatus(status).phrase} for status in statuses}


_DETAILS = {
    400: "The body cannot be read.",
    401: "Send a token with the scope feeds:write as a bearer token.",
    403: "This takes the scope feeds:write, which you do not have.",
    404: "There is no change 12.",
    409: "It is there already: feed 12.",
    412: "It was changed since you got it; get it again, and repeat the change on that.",
    413: "A request may have at most 262144 bytes.",
    415: "Send application/json.",
    422: "The request has parts that cannot be used.",
    428: "Send If-Match with the ETag that it had when you got it, so that nobody is overruled.",
    429: "Too many requests; ask again in 1 s.",
    500: "Something went wrong on our side; it is in the log.",
    503: "The database does not answer just now; try again in a moment.",
}


def example_of(status: int) -> dict[str, Any]:
    """What a problem with this status can look like."""
    shown: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _DETAILS[status],
    }
    if status == 422:
        shown["invalid"] = [{"where": "query.limit", "what": "Input should be less than or equal to 200"}]
    return shown
