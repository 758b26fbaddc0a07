"""The single values in a pack's entries: ids, names, dates, flags, each read from YAML or refused with the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from rules.fold import fold_wording
from rules.model import ActorKind, Office
from rules.problem import Place, did_you_mean
from rules.query import QueryInvalid, parse_about, parse_query, parse_wording
from rules.query_tree import Query
from rules.variants import MOST_SPELLINGS, count_spellings
from rules.yaml_reader import Row, Scalar, Table, Value

LONGEST_ID = 80
LONGEST_NAME = 200
LONGEST_TEXT = 1000
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPES = {
    "str": "text", "int": "a number", "float": "a number", "bool": "true or false", "null": "nothing",
    "timestamp": "a date",
}  # fmt: skip

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T_co]):
    """A value and where it is written."""

    value: T_co
    place: Place


class UnsoundError(Exception):
    """A value that is refused: where, why, and what to write instead."""

    def __init__(self, place: Place, message: str, remedy: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.remedy = remedy


def describe(value: Value) -> str:
    """What a value is, for a message."""
    if isinstance(value, Row):
        return "a list"
    if isinstance(value, Table):
        return "a table of keys"
    return _TYPES.get(value.type, f"tagged {value.type[:40]}")


def read_text(value: Value, label: str, longest: int = LONGEST_TEXT) -> str:
    """A text on one line."""
    if not isinstance(value, Scalar) or value.type != "str":
        remedy = "put it into quotation marks" if isinstance(value, Scalar) and value.text else "write a text"
        raise UnsoundError(value.place, f"`{label}` must be a text, not {describe(value)}", remedy)
    text = " ".join(value.text.split())
    if not text:
        raise UnsoundError(value.place, f"`{label}` is empty", "write a text, or leave it out")
    if len(text) > longest:
        raise UnsoundError(value.place, f"`{label}` is longer than {longest} characters", "shorten it")
    return text


def read_family(value: Value, label: str) -> str:
    """The name of a family of issues, as pages show it."""
    return read_text(value, label, LONGEST_NAME)


def read_wording(value: Value, label: str) -> str:
    """A name or wording that is looked for as it is written."""
    text = read_text(value, label, LONGEST_NAME)
    folded = fold_wording(text)
    if not any(character.isalnum() for character in folded):
        raise UnsoundError(
            value.place, f"`{label}` holds no letter or digit, so it could never be found", "write words"
        )
    if count_spellings(folded) > MOST_SPELLINGS:
        raise UnsoundError(
            value.place, f"`{label}` has more than {MOST_SPELLINGS} spellings", "split it into shorter ones"
        )
    return text


def is_id(text: str) -> bool:
    """Whether a rule may have this id."""
    return bool(_ID.fullmatch(text)) and len(text) <= LONGEST_ID


def read_id(value: Value, label: str) -> str:
    """A rule's id."""
    text = value.text if isinstance(value, Scalar) else ""
    if isinstance(value, Scalar) and value.type in ("str", "int") and is_id(text):
        return text
    slug = re.sub(r"[^a-z0-9]+", "-", fold_wording(text)).strip("-")[:LONGEST_ID].strip("-")
    raise UnsoundError(
        value.place,
        f"`{label}` must be lower-case letters, digits and single hyphens, at most {LONGEST_ID} characters",
        f"write `{slug}`" if slug else "write such as `olaf-scholz`",
    )


def read_flag(value: Value, label: str) -> bool:
    """True or false."""
    if isinstance(value, Scalar) and value.type == "bool":
        return value.text.lower() == "true"
    raise UnsoundError(
        value.place, f"`{label}` must be true or false, not {describe(value)}", "write `true` or `false`"
    )


def read_actor_kind(value: Value, label: str) -> ActorKind:
    """What an actor is."""
    kinds = [kind.value for kind in ActorKind]
    text = value.text if isinstance(value, Scalar) else describe(value)
    if text in kinds:
        return ActorKind(text)
    remedy = did_you_mean(text.lower(), kinds, f"choose from {', '.join(kinds)}")
    raise UnsoundError(value.place, f"`{label}: {text[:40]}` is no kind of actor", remedy)


def read_date(value: Value, label: str) -> date:
    """A whole day."""
    remedy = "write year, month and day, such as 2025-05-06"
    if isinstance(value, Scalar) and value.type in ("timestamp", "str", "int"):
        try:
            if _DATE.fullmatch(value.text):
                return date.fromisoformat(value.text)
        except ValueError as error:
            raise UnsoundError(value.place, f"`{label}: {value.text}` is no date: {error}", remedy) from None
        raise UnsoundError(value.place, f"`{label}: {value.text[:40]}` is no whole day", remedy)
    raise UnsoundError(value.place, f"`{label}` must be a date, not {describe(value)}", remedy)


def read_office(value: Value, label: str) -> Office:
    """An office: a title, and the days from and until it is held."""
    known = {"title", "from", "until"}
    if not isinstance(value, Table):
        remedy = "write `{title: …, from: …, until: …}`"
        raise UnsoundError(value.place, f"an office must be a table of keys, not {describe(value)}", remedy)
    for key, (place, _) in value.entries.items():
        if key not in known:
            meant = {"since": "from", "to": "until", "till": "until", "end": "until", "start": "from", "name": "title"}
            remedy = (
                f"did you mean `{meant[key]}`?" if key in meant else did_you_mean(key, known, "use title, from, until")
            )
            raise UnsoundError(place, f"unknown key `{key}` in an office", remedy)
    if "title" not in value.entries:
        raise UnsoundError(value.place, "an office without `title`", "add `title:`, as news items write it")
    title = read_wording(value.entries["title"][1], "title")
    since, until = (_open_date(value, key) for key in ("from", "until"))
    if since is not None and until is not None and until < since:
        place = value.entries["until"][1].place
        raise UnsoundError(place, f"`until: {until}` is before `from: {since}`", "put the dates in order")
    return Office(title, since, until)


def _open_date(office: Table, key: str) -> date | None:
    if key not in office.entries:
        return None
    value = office.entries[key][1]
    return None if isinstance(value, Scalar) and value.type == "null" else read_date(value, key)


def read_query(value: Value, label: str) -> str:
    """A query of the language in `rules.query`."""
    return _read_in_language(value, label, parse_query)


def read_about(value: Value, label: str) -> str:
    """An about line: a query that does not ask for issues."""
    return _read_in_language(value, label, parse_about)


def read_stance_wording(value: Value, label: str) -> str:
    """A `for` or `against` wording: a phrase, or a query of exact words."""
    return _read_in_language(value, label, parse_wording)


def _read_in_language(value: Value, label: str, parse: Callable[[str], Query]) -> str:
    if not isinstance(value, Scalar) or value.type != "str":
        return read_text(value, label)
    try:
        parse(value.text)
    except QueryInvalid as error:
        raise UnsoundError(
            _query_place(value, error.column), f"`{label}`: column {error.column}: {error.message}", error.remedy
        ) from None
    return " ".join(value.text.split())


def _query_place(value: Scalar, column: int) -> Place:
    """Where in the file a column of a query stands, as nearly as quoting lets it be known."""
    return Place(value.place.path, value.place.line, value.place.column + column - 1) if value.verbatim else value.place
