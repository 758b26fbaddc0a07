"""Consult: the `llm` extractor at work. Plans and verifies by pure functions; asks, pays and remembers by itself.

    item → plan → answer kept? ── yes ──────────────────────────────→ verify → reading
                      └─ no → tokens set aside → endpoint → answer kept ──┘
                                     └──── refused, failed ──→ the stand-in reads, with a mark

Asking happens outside any transaction. The answer is kept in a transaction of its own before the reading is: whoever is
killed in between pays once, and whoever is killed while asking pays once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from anyio.from_thread import BlockingPortal

from monitor.completions.answer import Completion
from monitor.completions.breaker import Breaker
from monitor.completions.trouble import EndpointFailed
from monitor.model.answer import GivenAnswer
from monitor.model.item import Item
from monitor.model.statement import Fallback, Reading
from monitor.positions.llm.prompt import Question
from monitor.positions.llm.reading import NAME, Plan, in_place, plan, read_answer, unasked, version
from monitor.positions.llm.schema import SCHEMA_NAME, UnusableAnswer
from monitor.positions.protocol import Extractor, Interrupted
from rules.model import Match, RuleSet
from storage.engine import Database

FIRST_AGAIN = timedelta(minutes=5)
"""How long an item that was read by the stand-in waits until the model is asked again; Reader doubles it."""


class Asks(Protocol):
    """Brings an answer."""

    async def ask(
        self, messages: Sequence[tuple[str, str]], schema_name: str, schema: Mapping[str, Any], most_tokens: int
    ) -> Completion:
        """The answer to (role, text) messages. Raises EndpointFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultConfig:
    """Whom to ask and what it may cost. `deadline_s` is what one question may take, as the endpoint's client has it."""

    model: str
    tokens_per_item: int = 8000
    tokens_per_day: int = 500_000
    deadline_s: float = 60.0
    questions_at_once: int = 4


class LlmExtractor:
    """Reads items by asking a model. An item that cannot be read so is read by `stand_in`, and says why.

    `portal` leads to the event loop on which `endpoint` lives; `clock` gives the time by which days and waits go.
    """

    name = NAME

    def __init__(
        self,
        database: Database,
        endpoint: Asks,
        stand_in: Extractor,
        config: ConsultConfig,
        portal: BlockingPortal,
        clock: Callable[[], datetime],
    ) -> None:
        self.version = version(config.model)
        self.at_once = 2 * config.questions_at_once
        self.slowest = timedelta(seconds=2 * config.deadline_s)
        self.breaker = Breaker()
        self._database = database
        self._endpoint = endpoint
        self._stand_in = stand_in
        self._config = config
        self._portal = portal
        self._clock = clock
        self._asking: set[asyncio.Task[GivenAnswer | Fallback]] = set()
        self._stopping = False

    def read(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Reading:
        """What the item says about who holds which position; network and database are used, no transaction is open."""
        return self.read_together([(item, matches)], rules)[0]

    def read_together(self, wanted: Sequence[tuple[Item, Sequence[Match]]], rules: RuleSet) -> list[Reading]:
        """The readings of several items, asked for at the same time. Raises StorageError, and Interrupted."""
        plans = [plan(item, matches, rules, self._config.tokens_per_item) for item, matches in wanted]
        questions = {p.asked.key(self._config.model): p.asked for p in plans if p.asked is not None}
        with self._database.view() as work:
            found = {key: work.answers.find(key) for key in questions}
        outcomes: dict[str, GivenAnswer | Fallback] = {key: answer for key, answer in found.items() if answer}
        missing = {key: asked for key, asked in questions.items() if key not in outcomes}
        if missing:
            outcomes |= self._portal.call(self._ask_all, missing)
        return [
            self._reading(item, matches, rules, planned, outcomes)
            for (item, matches), planned in zip(wanted, plans, strict=True)
        ]

    def interrupt(self) -> None:
        """Ends the questions that are under way: the service stops. Whoever waits for them gets Interrupted."""
        self._stopping = True
        self._portal.start_task_soon(self._cancel)

    def _reading(
        self,
        item: Item,
        matches: Sequence[Match],
        rules: RuleSet,
        planned: Plan,
        outcomes: Mapping[str, GivenAnswer | Fallback],
    ) -> Reading:
        if planned.too_long:
            return self._stood_in(item, matches, rules, Fallback(wanted=NAME, reason=planned.too_long))
        if planned.asked is None:
            return unasked(rules, self._config.model)
        outcome = outcomes[planned.asked.key(self._config.model)]
        if isinstance(outcome, Fallback):
            return self._stood_in(item, matches, rules, outcome)
        try:
            return read_answer(item, matches, rules, planned, outcome, self._config.model)
        except UnusableAnswer as unusable:
            # The answer is kept: to ask once more would bring the same, and cost the same.
            return self._stood_in(item, matches, rules, Fallback(wanted=NAME, reason=str(unusable)))

    def _stood_in(self, item: Item, matches: Sequence[Match], rules: RuleSet, fallback: Fallback) -> Reading:
        return in_place(self._stand_in.read(item, matches, rules), fallback)

    async def _cancel(self) -> None:
        for task in self._asking:
            task.cancel()

    async def _ask_all(self, questions: Mapping[str, Question]) -> dict[str, GivenAnswer | Fallback]:
        if self._stopping:
            raise Interrupted
        places = asyncio.Semaphore(self._config.questions_at_once)
        tasks = {key: asyncio.create_task(self._ask(key, asked, places)) for key, asked in questions.items()}
        self._asking.update(tasks.values())
        try:
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        finally:
            self._asking.difference_update(tasks.values())
        if any(task.cancelled() for task in tasks.values()):
            raise Interrupted
        return {key: task.result() for key, task in tasks.items()}

    async def _ask(self, key: str, asked: Question, places: asyncio.Semaphore) -> GivenAnswer | Fallback:
        async with places:
            now = self._clock()
            alone = self.breaker.left_alone(now)
            if alone is not None:
                until, why = alone
                return Fallback(wanted=NAME, reason=f"the endpoint is left alone for now: {why}", again_at=until)
            if not await asyncio.to_thread(self._set_aside, asked, now):
                most = self._config.tokens_per_day
                return Fallback(
                    wanted=NAME, reason=f"the {most} tokens of this day are used up", again_at=_next_day(now)
                )
            try:
                completion = await self._endpoint.ask(asked.messages, SCHEMA_NAME, asked.schema, asked.answer_tokens)
            except EndpointFailed as failed:
                return await self._failed(failed, asked, now)
            await asyncio.to_thread(self._keep, key, asked, completion, now)
            self.breaker.answered()
            return completion.answer

    async def _failed(self, failed: EndpointFailed, asked: Question, asked_at: datetime) -> Fallback:
        now = self._clock()
        self.breaker.failed(failed, now)
        await asyncio.to_thread(self._settle, asked, asked_at, failed.unanswered * asked.tokens)
        wait = max(FIRST_AGAIN, timedelta(seconds=failed.retry_after_s or 0))
        return Fallback(wanted=NAME, reason=failed.reason, again_at=now + wait)

    def _set_aside(self, asked: Question, now: datetime) -> bool:
        with self._database.work() as work:
            return work.answers.set_aside(_day(now), asked.tokens, self._config.tokens_per_day)

    def _settle(self, asked: Question, asked_at: datetime, spent: int) -> None:
        with self._database.work() as work:
            work.answers.settle(_day(asked_at), asked.tokens, spent)

    def _keep(self, key: str, asked: Question, completion: Completion, asked_at: datetime) -> None:
        answer = completion.answer
        counted = answer.prompt_tokens is not None and answer.answer_tokens is not None
        spent = (answer.prompt_tokens or 0) + (answer.answer_tokens or 0) if counted else asked.tokens
        with self._database.work() as work:
            work.answers.settle(_day(asked_at), asked.tokens, spent + completion.unanswered * asked.tokens)
            work.answers.keep(key, self._config.model, answer, asked_at)


def _day(now: datetime) -> date:
    """The day of the ledger, in UTC."""
    return now.astimezone(UTC).date()


def _next_day(now: datetime) -> datetime:
    """The next midnight in UTC, when the ledger of a new day begins."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
