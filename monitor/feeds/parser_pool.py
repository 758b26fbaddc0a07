"""Parsing in processes that can be killed.

Some documents of 80 KB keep feedparser busy for half a minute with the interpreter lock held: in a thread they would
stop the whole service. Each worker is a fresh interpreter that imports the parser and nothing else of the service
(neither a fork, which is unsafe beside threads, nor multiprocessing's spawn, which would import the caller's main
module). Workers start when first needed, and are killed and replaced when they overrun or die.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_worker import LARGEST_ANSWER, LENGTH, Answer, Job, put, take
from monitor.model.feed import ParsedFeed

__all__ = ["NotAFeed", "ParseFailed", "ParseTimeout", "ParserPool", "ParserPoolConfig"]

_CLOSING_S = 2.0
_GRACE_S = 1.0  # the worker's own timer comes first; ours is for where it has none
_SIGALRM = 14
_PIPE_BUFFER = 1024 * 1024
_KEPT = 1024 * 1024  # bytes that a shared file may go on to hold
_FIRST = b"<rss version='2.0'><channel><title>One</title><item><guid>1</guid><title>Two</title></item></channel></rss>"


class ParseFailed(Exception):  # noqa: N818 - it is what happened
    """The document could not be parsed, for a reason that lies with the parser. The message is in plain words."""


class ParseTimeout(ParseFailed):
    """The parser ran over its time and was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParserPoolConfig:
    """`workers` processes at most; `limit_s` seconds for one document, `start_s` for a worker to start.

    A worker may take `memory_mib` MiB of address space, and is replaced after `jobs_per_worker` documents, so that what
    its libraries leave behind stays bounded. `command` is what a worker runs; tests put a misbehaving one there.
    """

    workers: int = field(default_factory=lambda: min(2, os.cpu_count() or 1))
    limit_s: float = 10.0
    start_s: float = 30.0
    memory_mib: int = 1024
    jobs_per_worker: int = 1_000
    command: Sequence[str] = (sys.executable, "-m", "monitor.feeds.parser_worker")


@dataclass(slots=True, eq=False)
class _Worker:
    process: Process
    shared: int | None = None
    jobs: int = 0

    async def ask(self, job: Job) -> Answer:
        """Raises EOFError or OSError when the worker has died."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        packed = pickle.dumps(job, protocol=5)
        if self.shared is None:
            stdin.writelines((LENGTH.pack(len(packed)), packed))
        else:
            put(self.shared, packed)  # before its length is told
            stdin.write(LENGTH.pack(len(packed)))
        await stdin.drain()
        (size,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        if size > 2 * LARGEST_ANSWER:
            raise EOFError
        said = await stdout.readexactly(size) if self.shared is None else take(self.shared, size)
        answer: Answer = pickle.loads(said)  # noqa: S301 - from our child
        if self.shared is not None and max(len(packed), size) > _KEPT:
            os.ftruncate(self.shared, 0)
        self.jobs += 1
        return answer

    async def end(self, patience_s: float) -> None:
        """Close its stdin, at which it ends by itself; kill it when it does not in time. Reaps it in any case."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            async with asyncio.timeout(patience_s):
                await self.process.wait()
        except TimeoutError:
            if self.process.returncode is None:
                self.process.kill()
            await self.process.wait()
        if self.shared is not None:
            os.close(self.shared)
            self.shared = None


class ParserPool:
    """Parses documents in other processes, as many at once as there are workers. Belongs to one event loop."""

    def __init__(self, config: ParserPoolConfig | None = None) -> None:
        self._config = config or ParserPoolConfig()
        self._turns = asyncio.Semaphore(self._config.workers)
        self._idle: list[_Worker] = []
        self._endings: set[asyncio.Task[None]] = set()
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
        if self._closed:
            raise ParseFailed("The parser was shut down.")
        worker = self._idle.pop() if self._idle else None
        limit = self._config.limit_s + (_GRACE_S if worker else self._config.start_s)
        worker = worker or await self._start()
        try:
            async with asyncio.timeout(limit):
                answer = await worker.ask(job)
        except TimeoutError:
            self._dismiss(worker, 0)
            raise ParseTimeout(self._overrun()) from None
        except (EOFError, OSError, pickle.UnpicklingError):
            code = await self._died(worker)
            if code == -_SIGALRM:
                raise ParseTimeout(self._overrun()) from None
            raise ParseFailed(
                f"The parser crashed on this document (exit status {code}); please report the feed's address."
            ) from None
        except BaseException:  # cancelled: the worker is in the middle of a job that nobody waits for
            self._dismiss(worker, 0)
            raise
        if worker.jobs >= self._config.jobs_per_worker or self._closed:
            self._dismiss(worker, _CLOSING_S)
        else:
            self._idle.append(worker)
        return answer

    def _overrun(self) -> str:
        return (
            f"The parser did not finish within {self._config.limit_s:g} seconds and was stopped; the document is far"
            " too large, or made to keep it busy."
        )

    async def _start(self) -> _Worker:
        shared = _shared_file()
        try:
            return _Worker(await self._process(() if shared is None else (shared,)), shared)
        except BaseException:
            if shared is not None:
                os.close(shared)
            raise

    async def _process(self, shared: Sequence[int]) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._config.command,
            f"{self._config.limit_s:g}",
            str(self._config.memory_mib),
            *map(str, shared),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=_PIPE_BUFFER,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C in a terminal is for the service, which then closes the pool
            pass_fds=shared,
        )

    async def _died(self, worker: _Worker) -> int | None:
        await worker.end(_CLOSING_S)
        return worker.process.returncode

    def _dismiss(self, worker: _Worker, patience_s: float) -> None:
        task = asyncio.ensure_future(worker.end(patience_s))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def aclose(self) -> None:
        """End all workers and wait until they are gone. A document that is being parsed is finished first."""
        self._closed = True
        idle, self._idle = self._idle, []
        for worker in idle:
            self._dismiss(worker, _CLOSING_S)
        for _ in range(self._config.workers):
            await self._turns.acquire()
        while self._endings:
            await asyncio.gather(*self._endings)
        for _ in range(self._config.workers):
            self._turns.release()


def _shared_file() -> int | None:
    """A file in memory for one worker and us; None where the system has none to give, and all goes through pipes."""
    with suppress(AttributeError, OSError):
        return os.memfd_create("volteface-parser")
    return None
