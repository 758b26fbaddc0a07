"""Answers of models that were paid for, and the tokens of each day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import col

from monitor.model.answer import GivenAnswer
from storage.repository import Repository
from storage.tables import AnswerRow, TokenSpendRow
from storage.values import TokenSpend


class Answers(Repository):
    """The answers by what was asked, and a ledger that holds through restarts.

    Tokens are set aside before a question goes out and settled after it. Whoever is killed in between leaves them
    spent: the endpoint may have counted them.
    """

    def find(self, key: str) -> GivenAnswer | None:
        """The answer that is kept under a key."""
        row = self._session.get(AnswerRow, key, populate_existing=True)
        if row is None:
            return None
        return GivenAnswer(
            content=row.content,
            finish_reason=row.finish_reason,
            refusal=row.refusal,
            prompt_tokens=row.prompt_tokens,
            answer_tokens=row.answer_tokens,
        )

    def keep(self, key: str, model: str, answer: GivenAnswer, now: datetime) -> None:
        """Keeps an answer, in place of one under the same key."""
        self._lock("answer", key)
        row = self._session.get(AnswerRow, key, populate_existing=True) or AnswerRow(key=key, model=model, at=now)
        row.content, row.finish_reason, row.refusal = answer.content, answer.finish_reason, answer.refusal
        row.prompt_tokens, row.answer_tokens = answer.prompt_tokens, answer.answer_tokens
        row.model, row.at = model, now
        self._session.add(row)
        self._session.flush()

    def set_aside(self, day: date, tokens: int, most: int) -> bool:
        """Takes tokens from what the day may cost; False, and nothing taken, where that is not enough."""
        row = self._spend(day)
        if row.tokens + tokens > most:
            return False
        row.tokens += tokens
        row.questions += 1
        self._session.add(row)
        self._session.flush()
        return True

    def settle(self, day: date, set_aside: int, spent: int) -> None:
        """Puts what was spent in the place of what had been set aside on that day."""
        row = self._spend(day)
        row.tokens = max(row.tokens - set_aside + spent, 0)
        self._session.add(row)
        self._session.flush()

    def spent(self, day: date) -> TokenSpend:
        """What the day has cost so far."""
        row = self._session.get(TokenSpendRow, day.isoformat(), populate_existing=True)
        return TokenSpend(tokens=row.tokens, questions=row.questions) if row else TokenSpend(tokens=0, questions=0)

    def forget_before(self, moment: datetime) -> int:
        """Forgets answers given before a moment; how many. Whoever asks so again pays again."""
        return self._session.exec(delete(AnswerRow).where(col(AnswerRow.at) < moment)).rowcount

    def _spend(self, day: date) -> TokenSpendRow:
        self._lock("token_spend", day)
        name = day.isoformat()
        found = self._session.get(TokenSpendRow, name, populate_existing=True)
        return found or TokenSpendRow(day=name, tokens=0, questions=0)
