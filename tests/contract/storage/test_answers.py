"""Answers that were paid for, and the ledger of each day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from monitor.model.answer import GivenAnswer
from storage.engine import Database
from storage.retention import prune
from storage.values import TokenSpend

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
DAY = date(2025, 6, 1)
ANSWER = GivenAnswer(content='{"statements": []}', prompt_tokens=900, answer_tokens=12)


def test_an_answer_is_kept_as_it_was_given(database: Database) -> None:
    refused = GivenAnswer(content="", finish_reason="content_filter", refusal="No.")
    with database.work() as work:
        assert work.answers.find("one") is None
        work.answers.keep("one", "toy", ANSWER, NOW)
        work.answers.keep("two", "toy", ANSWER, NOW)
        work.answers.keep("two", "toy", refused, NOW)
    with database.view() as work:
        assert work.answers.find("one") == ANSWER
        assert work.answers.find("two") == refused


def test_a_day_is_never_overdrawn_and_other_days_are_their_own(database: Database) -> None:
    with database.work() as work:
        assert work.answers.set_aside(DAY, 600, 1000)
        assert not work.answers.set_aside(DAY, 401, 1000)
        assert work.answers.spent(DAY) == TokenSpend(tokens=600, questions=1)
        work.answers.settle(DAY, 600, 250)
        assert work.answers.set_aside(DAY, 750, 1000)
        assert work.answers.spent(DAY) == TokenSpend(tokens=1000, questions=2)
        assert work.answers.spent(DAY + timedelta(days=1)) == TokenSpend(tokens=0, questions=0)


def test_old_answers_are_forgotten_with_old_items(database: Database) -> None:
    with database.work() as work:
        work.answers.keep("old", "toy", ANSWER, NOW - timedelta(days=40))
        work.answers.keep("young", "toy", ANSWER, NOW)
    prune(database, items_before=NOW - timedelta(days=30), events_before=NOW - timedelta(days=7))
    with database.view() as work:
        assert work.answers.find("old") is None
        assert work.answers.find("young") == ANSWER
