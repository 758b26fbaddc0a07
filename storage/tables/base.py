"""What all tables share: their own metadata with names for every constraint, and the spelling of common columns."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from storage.types import BIG_ID, CleanJson, CleanText, UTCDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

NUMBERED = {"sqlite_autoincrement": True}
"""SQLite would otherwise give the id of a deleted last row to the next one; ids stand in alerts and addresses."""

OnDelete = Literal["CASCADE", "SET NULL", "RESTRICT"]


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """The base of all tables."""


def row_id() -> Any:
    """The column that numbers the rows."""
    return Field(default=None, primary_key=True, sa_type=BIG_ID)


def string(default: Any = ..., *, primary_key: bool = False, unique: bool = False, index: bool = False) -> Any:
    """A text column; nullable where the annotation allows None."""
    return Field(default, sa_type=CleanText, primary_key=primary_key, unique=unique, index=index)


def moment(default: Any = ..., *, index: bool = False) -> Any:
    """A time column."""
    return Field(default, sa_type=UTCDateTime, index=index)


def json(default: Any = ...) -> Any:
    """A JSON column."""
    return Field(default, sa_type=CleanJson)


def refers(to: str, ondelete: OnDelete, *, default: Any = ..., index: bool = False, unique: bool = False) -> Any:
    """A foreign key to a numbered row."""
    return Field(default, foreign_key=to, ondelete=ondelete, index=index, unique=unique, sa_type=BIG_ID)
