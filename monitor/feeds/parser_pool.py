"""Parsing in processes that can be killed.

Some documents of 80 KB keep feedparser busy for half a minute with the interpreter lock held: in a thread they would
stop the whole service. Workers start when first needed, and are killed and replaced when they overrun or die. Each has
the next documents already at hand while it reads one, so that it need not wait for us in between, who have feeds to
fetch and to save; a document whose worker ends before its turn goes to another one.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_process import NotBegun, ParserProcess
from monitor.feeds.parser_worker import Answer, Job
from monitor.model.feed import ParsedFeed

__all__ = ["NotAFeed", "ParseFailed", "ParseTimeout", "ParserPool", "ParserPoolConfig"]

_CLOSING_S = 2.0
_GRACE_S = 1.0  # the worker's own timer comes first; ours is for where it has none
_SIGALRM = 14
_FIRST = b"<rss version='2.0'><channel><title>One</title><item><guid>1</guid><title>Two</title></item></channel></rss>"


class ParseFailed(Exception):  # noqa: N818 - it is what happened
    """The document could not be parsed, for a reason that lies with the parser. The message is in plain words."""


class ParseTimeout(ParseFailed):
    """The parser ran over its time and was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParserPoolConfig:
    """`workers` processes at most, besides those that are ending; `limit_s` seconds for one document.

    A worker may take `start_s` to start, and has up to `at_hand` documents, the one that it reads among them. It may
    take `memory_mib` MiB of address space, and is replaced after `jobs_per_worker` documents, so that what its
    libraries leave behind stays bounded. `command` is what a worker runs; tests put a misbehaving one there.
    """

    workers: int = field(default_factory=lambda: min(2, os.cpu_count() or 1))
    at_hand: int = 8
    limit_s: float = 10.0
    start_s: float = 30.0
    memory_mib: int = 1024
    jobs_per_worker: int = 1_000
    command: Sequence[str] = (sys.executable, "-m", "monitor.feeds.parser_worker")


class ParserPool:
    """Parses documents in other processes. Belongs to one event loop."""

    def __init__(self, config: ParserPoolConfig | None = None) -> None:
        self._config = config or ParserPoolConfig()
        self._places = self._config.workers * self._config.at_hand
        self._turns = asyncio.Semaphore(self._places)
        self._workers: list[ParserProcess] = []
        self._endings: set[asyncio.Task[None]] = set()
        self._answers = asyncio.Event()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def start(self) -> None:
        """Start the workers ahead of the first document, and wait until each has read one."""
        await asyncio.gather(*(self.parse(_FIRST) for _ in range(self._config.workers)), return_exceptions=True)

    async def parse(
        self,
        body: bytes,
        content_type: str | None = None,
        base_url: str | None = None,
        known: bytes | None = None,
    ) -> ParsedFeed:
        """What `parse_document` gives, within the limit.

        Raises NotAFeed as it does, ParseTimeout when the parser ran over and was killed, ParseFailed when it crashed.
        """
        document = (body, content_type, base_url)
        async with self._turns:
            answer = await self._parse(document if known is None else (*document, known))
        if isinstance(answer, NotAFeed):
            raise answer
        if isinstance(answer, str):
            raise ParseFailed(f"The parser stumbles over this document ({answer}); please report the feed's address.")
        return answer

    async def _parse(self, job: Job) -> Answer:
        while not self._closed:
            worker = self._choose()
            if worker is None:
                self._answers.clear()
                await self._answers.wait()
                continue
            with suppress(NotBegun):
                try:
                    return await self._ask(worker, job)
                finally:
                    self._answers.set()
        raise ParseFailed("The parser was shut down.")

    async def _ask(self, worker: ParserProcess, job: Job) -> Answer:
        try:
            answer = await worker.ask(job)
        except NotBegun:
            self._dismiss(worker, 0)
            raise
        except TimeoutError:
            self._dismiss(worker, 0)
            raise ParseTimeout(self._overrun()) from None
        except (EOFError, OSError, pickle.UnpicklingError):
            if worker.process is None:  # it could not even be started
                self._dismiss(worker, 0)
                raise
            raise await self._died(worker) from None
        except BaseException:  # cancelled: the worker is in the middle of a job that nobody waits for
            self._dismiss(worker, 0)
            raise
        if worker.idle and (worker.spent or self._closed):
            self._dismiss(worker, _CLOSING_S)
        return answer

    def _choose(self) -> ParserProcess | None:
        """The worker with the least to do; a new one where all have something and there may be another.

        None where none has a place: those that are spent finish what they have before others take theirs.
        """
        config = self._config
        least = min((worker for worker in self._workers if worker.has_place), key=lambda w: w.busy, default=None)
        if least is not None and (least.idle or len(self._workers) >= config.workers):
            return least
        if len(self._workers) >= config.workers:
            return None
        worker = ParserProcess(
            (*config.command, f"{config.limit_s:g}", str(config.memory_mib)),
            at_hand=config.at_hand,
            most_jobs=config.jobs_per_worker,
            limit_s=config.limit_s + _GRACE_S,
            start_s=config.start_s,
        )
        self._workers.append(worker)
        return worker

    def _overrun(self) -> str:
        return (
            f"The parser did not finish within {self._config.limit_s:g} seconds and was stopped; the document is far"
            " too large, or made to keep it busy."
        )

    async def _died(self, worker: ParserProcess) -> Exception:
        """What to raise for the document at which a worker died."""
        ending = self._dismiss(worker, _CLOSING_S)
        if ending is not None:
            await asyncio.shield(ending)
        if worker.exit_status == -_SIGALRM:
            return ParseTimeout(self._overrun())
        return ParseFailed(
            f"The parser crashed on this document (exit status {worker.exit_status}); please report the feed's address."
        )

    def _dismiss(self, worker: ParserProcess, patience_s: float) -> asyncio.Task[None] | None:
        if worker not in self._workers:  # somebody else sees to it
            return None
        self._workers.remove(worker)
        self._answers.set()
        task = asyncio.ensure_future(worker.end(patience_s))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)
        return task

    async def aclose(self) -> None:
        """End all workers and wait until they are gone. Documents that are being parsed are finished first."""
        self._closed = True
        for worker in [worker for worker in self._workers if worker.idle]:
            self._dismiss(worker, _CLOSING_S)
        for _ in range(self._places):
            await self._turns.acquire()
        while self._endings:
            await asyncio.gather(*self._endings)
        for _ in range(self._places):
            self._turns.release()
