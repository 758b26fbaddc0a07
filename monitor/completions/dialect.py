"""How an endpoint wants to be asked: what "OpenAI-compatible" means differs from one to the next. Pure.

A first question is put as the newest API has it: `response_format` with a strict JSON schema. A 400 (or 422) says what
the endpoint does not know; the next dialect leaves that away or says it in the older way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Form(StrEnum):
    """How the form of the answer is asked for."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PLAIN = "plain"


_NEXT_FORM = {Form.SCHEMA: Form.OBJECT, Form.OBJECT: Form.PLAIN}
_TOO_LONG = ("context_length_exceeded", "maximum context length", "context size", "context window")


@dataclass(frozen=True, slots=True)
class Dialect:
    """`newer_limit`: the most tokens are named `max_completion_tokens`, as models that think want it."""

    form: Form = Form.SCHEMA
    newer_limit: bool = False
    temperature: bool = True


def request_body(
    dialect: Dialect,
    model: str,
    messages: Sequence[tuple[str, str]],
    schema_name: str,
    schema: Mapping[str, Any],
    most_tokens: int,
) -> bytes:
    """The body of a request to `/chat/completions`."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": role, "content": content} for role, content in messages],
        "max_completion_tokens" if dialect.newer_limit else "max_tokens": most_tokens,
        "stream": False,
    }
    if dialect.temperature:
        body["temperature"] = 0
    if dialect.form is Form.SCHEMA:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": schema_name, "strict": True, "schema": dict(schema)},
        }
    elif dialect.form is Form.OBJECT:
        body["response_format"] = {"type": "json_object"}
    # Lone surrogates, which a text may hold, are escaped rather than refused.
    return json.dumps(body).encode("ascii")


def next_dialect(dialect: Dialect, said: str) -> Dialect | None:
    """How to ask after a 400 that said this; None where no other way of asking could help."""
    words = said.casefold()
    if any(mark in words for mark in _TOO_LONG):
        return None
    if "max_tokens" in words and "max_completion_tokens" in words and not dialect.newer_limit:
        return replace(dialect, newer_limit=True)
    if "temperature" in words and dialect.temperature:
        return replace(dialect, temperature=False)
    form = _NEXT_FORM.get(dialect.form)
    return None if form is None else replace(dialect, form=form)
