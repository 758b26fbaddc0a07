"""Column types that keep their promises on both databases: times with a zone, text that can be written, JSON, ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

BIG_ID: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A row id. SQLite numbers rows by itself only where the type is spelled INTEGER."""


def storable(text: str) -> str:
    """The text as both databases can hold it: NUL and lone surrogates become U+FFFD, split pairs become one character.

    PostgreSQL rejects NUL and neither driver can encode a surrogate. A character takes the place of each, so that
    offsets of what comes after it stay as they are.
    """
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def storable_json(value: Any) -> Any:
    """The same for every text within a JSON value, keys included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): storable_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(inner) for inner in value]
    return value


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: goes in aware, lies in UTC, comes out aware in UTC. A naive datetime is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is sent to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value.isoformat()} has no zone; pass an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What a query gives back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text of any length that is made storable on its way in; also holds the value of a string enumeration."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is sent to the database."""
        return None if value is None else storable(str(value))


class CleanJson(TypeDecorator[Any]):
    """A JSON value whose texts are made storable on their way in. Python's None is SQL's NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """What is sent to the database."""
        return storable_json(value)
