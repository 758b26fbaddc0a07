"""What a request may ask with. Everything is bounded: a row id, a moment, words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Query
from pydantic import BeforeValidator, Field

from monitor.model.moment import parse_moment

MOST = 200
"""The most results that one answer holds."""

_LARGEST_ID = 2**63 - 1


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_moment(value)
    except (ValueError, OverflowError):
        message = "is no date; write 2025-02-17 or 2025-02-17T09:30:00Z"
        raise ValueError(message) from None


Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=str),
    Field(description="A day, 2025-02-17, or a moment, 2025-02-17T09:30:00Z.", examples=["2025-02-17T09:30:00Z"]),
]
RowId = Annotated[int, Path(ge=1, le=_LARGEST_ID, examples=[12])]
AnyId = Annotated[int, Field(ge=1, le=_LARGEST_ID, examples=[12])]
Since = Annotated[Moment | None, Query(description="What took place then or later.")]
Actor = Annotated[str | None, Query(max_length=200, description="The id of an actor.", examples=["keir-starmer"])]
IssueId = Annotated[str | None, Query(max_length=200, description="The id of an issue.", examples=["troops-ukraine"])]
RuleName = Annotated[str, Path(max_length=200, description="The id of the rule.", examples=["keir-starmer"])]
Words = Annotated[
    str | None,
    Query(
        max_length=500,
        description='All words must occur; "a phrase", begin*, and -without are understood.',
        examples=["ceasefire"],
    ),
]
RuleId = Annotated[str | None, Query(max_length=200)]
Before = Annotated[int | None, Query(ge=1, le=_LARGEST_ID, description="The last id of the page before.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")]


def address(path: str, **query: object) -> str:
    """A path with those parameters that are given."""
    given = {key: value for key, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
