"""What models answered, and what that cost."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Table, moment, string


class AnswerRow(Table, table=True):
    """An answer that was paid for, under a hash over all that was asked. Tokens are null where nobody counted them."""

    __tablename__ = "answer"

    key: str = string(primary_key=True)
    model: str = string()
    content: str = string()
    finish_reason: str = string()
    refusal: str | None = string(None)
    prompt_tokens: int | None = Field(default=None)
    answer_tokens: int | None = Field(default=None)
    at: datetime = moment(index=True)


class TokenSpendRow(Table, table=True):
    """Tokens spent, or set aside for a question under way, on one day in UTC, written 2025-02-17."""

    __tablename__ = "token_spend"

    day: str = string(primary_key=True)
    tokens: int = Field(default=0)
    questions: int = Field(default=0)
