"""The form of an answer: the JSON schema that is sent along, and the reading of what came back.

The schema keeps to what "structured outputs" of OpenAI-compatible endpoints take in strict mode: every property is
required, none may be added, an absent value is null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.model.statement import Stance
from monitor.positions.llm.offer import Offer

SCHEMA_NAME = "statements"
MOST_STATEMENTS = 60
"""Statements that are looked at in one answer; no item holds as many."""


class AnswerStatement(BaseModel):
    """One statement as a model gives it: believed in nothing yet."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    holder: str
    issue: str
    stance: Stance
    evidence: str
    field: Literal["title", "text"] = "text"
    quoted: bool = False
    claimed_by: str | None = None
    withdraws: bool = False
    said_on: date | None = None


class _Envelope(BaseModel):
    statements: list[Any] = Field(max_length=100_000)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An answer in its form: the statements that have it, and for each other one why not."""

    statements: tuple[AnswerStatement, ...]
    malformed: tuple[str, ...]


class UnusableAnswer(Exception):  # noqa: N818 - it is what the answer is
    """The answer as a whole is not what was asked for. The message says why, in plain words."""


def answer_schema(offered: Offer) -> dict[str, Any]:
    """The JSON schema of an answer about these actors and issues."""
    actors, issues = list(offered.actor_ids), list(offered.issue_ids)
    properties: dict[str, Any] = {
        "holder": {"type": "string", "enum": actors},
        "issue": {"type": "string", "enum": issues},
        "stance": {"type": "string", "enum": [stance.value for stance in Stance]},
        "field": {"type": "string", "enum": ["title", "text"]},
        "evidence": {"type": "string"},
        "quoted": {"type": "boolean"},
        "claimed_by": {"anyOf": [{"type": "string", "enum": actors}, {"type": "null"}]},
        "withdraws": {"type": "boolean"},
        "said_on": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    }
    statement = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"statements": {"type": "array", "items": statement}},
        "required": ["statements"],
        "additionalProperties": False,
    }


def parse_answer(content: str) -> Parsed:
    """The statements of an answer. A fence around the JSON and thoughts before it are passed over.

    Raises UnusableAnswer where there is no JSON object with a list of statements, or none of them has the form.
    """
    given = _object(content)
    try:
        entries = _Envelope.model_validate(given).statements
    except ValidationError:
        raise UnusableAnswer('the answer breaks the schema: it has no list "statements"') from None
    statements: list[AnswerStatement] = []
    malformed: list[str] = []
    for number, entry in enumerate(entries[:MOST_STATEMENTS], start=1):
        try:
            statements.append(AnswerStatement.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the statement"
            malformed.append(f"statement {number} of the answer breaks the schema: {where}: {first['msg']}")
    if len(entries) > MOST_STATEMENTS:
        malformed.append(f"{len(entries) - MOST_STATEMENTS} statements beyond {MOST_STATEMENTS} were not looked at")
    if entries and not statements:
        raise UnusableAnswer(malformed[0])
    return Parsed(tuple(statements), tuple(malformed))


_THOUGHTS = re.compile(r"^.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\n(.*?)```", re.DOTALL)


def _object(content: str) -> dict[str, Any]:
    for text in _readable(content):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    raise UnusableAnswer("the answer is no JSON object")


def _readable(content: str) -> Iterator[str]:
    bare = _THOUGHTS.sub("", content, count=1).strip()
    yield bare
    yield from _FENCE.findall(bare)
    start, end = bare.find("{"), bare.rfind("}")
    if 0 <= start < end:
        yield bare[start : end + 1]
