"""Answers of models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What a model answered: its text, and why it ended as the endpoint says ("stop", "length", …).

    `refusal` is what it said instead of an answer. Tokens are None where nobody counted them.
    """

    content: str
    finish_reason: str = "stop"
    refusal: str | None = None
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
