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
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, invalid=list(invalid) if invalid else None
    )
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE)


def invalid_parts(errors: Sequence[Mapping[str, Any]]) -> list[Invalid]:
    """What pydantic found wrong, without the values: these may be anything."""
    return [Invalid(where=".".join(str(part) for part in e["loc"]), what=str(e["msg"])) for e in errors]


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses for OpenAPI: each of these statuses brings a problem."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema = schema | {"$defs": None}
    inline = {key: value for key, value in schema.items() if value is not None}
    inline["properties"] = {**schema["properties"], "invalid": {"type": "array", "items": Invalid.model_json_schema()}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": inline}}}
        for status in statuses
    }
