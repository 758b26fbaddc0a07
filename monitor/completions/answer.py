"""What an endpoint answered, read from the bytes. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.completions.trouble import EndpointFailed, Trouble
from monitor.model.answer import GivenAnswer
from monitor.net.mask import MASK, mask

_MOST_SAID = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer, and how many requests before it went out in full and brought nothing back (see EndpointFailed)."""

    answer: GivenAnswer
    unanswered: int = 0


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Message(_Lenient):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    message: _Message
    finish_reason: str | None = None


class _Usage(_Lenient):
    prompt_tokens: int = Field(ge=0, le=10**9)
    completion_tokens: int = Field(ge=0, le=10**9)


class _Answer(_Lenient):
    choices: list[_Choice]
    usage: Any = None


class _Model(_Lenient):
    id: str


class _Models(_Lenient):
    data: list[_Model]


def read_completion(body: bytes) -> GivenAnswer:
    """The completion in the body of a 200. Raises EndpointFailed where it is none."""
    try:
        answer = _Answer.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise EndpointFailed(Trouble.BROKEN, f"the endpoint's answer is no chat completion: {_why(error)}") from None
    if not answer.choices:
        raise EndpointFailed(Trouble.UNANSWERABLE, "the endpoint's answer has no choices in it")
    choice = answer.choices[0]
    usage = _usage(answer.usage)
    return GivenAnswer(
        content=choice.message.content or "",
        finish_reason=choice.finish_reason or "stop",
        refusal=choice.message.refusal,
        prompt_tokens=usage.prompt_tokens if usage else None,
        answer_tokens=usage.completion_tokens if usage else None,
    )


def read_models(body: bytes) -> list[str]:
    """The names of the models in an answer to `/models`. Raises ValueError."""
    return [model.id for model in _Models.model_validate(json.loads(body)).data]


def said_by(body: bytes, key: str | None) -> str:
    """What an error's body says, as one plain line in which no key stands; "" where it says nothing."""
    text = body.decode("utf-8", "replace")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    error = given.get("error", given) if isinstance(given, dict) else None
    if isinstance(error, dict):
        parts = (error.get("message") or error.get("detail"), error.get("param"), error.get("code"))
        text = "; ".join(str(part) for part in parts if part)
    elif isinstance(error, str):
        text = error
    return plain_line(text, key)


def plain_line(text: str, key: str | None) -> str:
    """A text as one line that may be shown, at most 300 characters."""
    # The key goes before anything is cut: half of a key is a secret, too.
    if key:
        text = text.replace(key, MASK)
    line = _CONTROL.sub(" ", mask(text)).strip()
    return line if len(line) <= _MOST_SAID else f"{line[: _MOST_SAID - 1]}…"


def _usage(given: object) -> _Usage | None:
    """Some endpoints leave it out, or null; then it is estimated."""
    try:
        return _Usage.model_validate(given)
    except ValidationError:
        return None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"
    return "not JSON"
