"""What readers' pages may be asked with. A form sends its empty fields, too: those count as not given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import HTTPException
from pydantic import BeforeValidator, Field, StringConstraints

from monitor.web.chosen import Chosen
from rules.model import ActorKind


def blank(value: object) -> object:
    """None for an empty field."""
    return None if isinstance(value, str) and not value.strip() else value


def _day(value: object) -> object:
    value = blank(value)
    if not isinstance(value, str):
        return value
    try:
        found = date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("is no day; write year, month and day, such as 2025-02-17") from None
    if not date(1900, 1, 1) <= found <= date(9000, 1, 1):
        raise ValueError("is a day too far away; choose one between 1900 and 9000")
    return found


class Known(StrEnum):
    """By whose knowledge an earlier moment is shown: ours of today, or what we knew then."""

    NOW = "now"
    THEN = "then"


Blank = BeforeValidator(blank)
Day = Annotated[date | None, BeforeValidator(_day)]
Id = Annotated[Annotated[str, StringConstraints(max_length=200)] | None, Blank]
Ordinal = Annotated[Annotated[int, Field(ge=1, le=3_000_000)] | None, Blank]
"""A day in days since the year 1, as `date.toordinal` counts them: the place of a slider."""


def chosen(
    group: Id = None,
    actor_kind: Annotated[ActorKind | None, Blank] = None,
    family: Id = None,
) -> Chosen:
    """The actors and issues that an address asks for; see `Chosen`."""
    return Chosen(group=group, kind=actor_kind, family=family)


def end_of(day: date) -> datetime:
    """The last moment of a day in UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1) - timedelta(microseconds=1)


def start_of(day: date) -> datetime:
    """The first moment of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def in_order(since: date | None, until: date | None) -> None:
    """Refuses a period that ends before it begins: it would find nothing and not say why."""
    if since is not None and until is not None and until < since:
        raise HTTPException(422, f"The period ends on {until}, before it begins on {since}; put the days in order.")
