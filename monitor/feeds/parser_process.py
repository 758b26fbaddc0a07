"""One process that parses: documents go in one behind the other, and what became of each comes out in the same order.

It is a fresh interpreter that imports the parser and nothing else of the service (neither a fork, which is unsafe
beside threads, nor multiprocessing's spawn, which would import the caller's main module).
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from monitor.feeds.parser_worker import HEAD, LARGEST_ANSWER, LENGTH, Answer, Job, put, take

_PIPE_BUFFER = 1024 * 1024
_KEPT = 1024 * 1024  # bytes that a shared file may go on to hold


class NotBegun(Exception):  # noqa: N818 - it is what happened
    """The process ended before the document's turn came, which says nothing about it; another one may read it."""


class ParserProcess:
    """A process that has up to `at_hand` documents, and takes `most_jobs` in its life. It starts with the first one.

    `limit_s` is for one document from its turn on, `start_s` comes on top of it for the first. Once an `ask` has raised
    anything but NotBegun the process is of no more use, and has to be ended.
    """

    def __init__(self, command: Sequence[str], *, at_hand: int, most_jobs: int, limit_s: float, start_s: float) -> None:
        self._command = command
        self._at_hand = at_hand
        self._most_jobs = most_jobs
        self._limit_s = limit_s
        self._start_s = start_s
        self._files = _shared_files(at_hand)
        self._free = list(reversed(range(at_hand)))
        self._given = 0
        self._answered = False
        self._over = False
        # Whoever waits for one of these comes out in the order that they went in.
        self._starting = asyncio.Lock()
        self._turn = asyncio.Lock()
        self.process: Process | None = None

    @property
    def busy(self) -> int:
        """How many documents it has."""
        return self._at_hand - len(self._free)

    @property
    def idle(self) -> bool:
        """Whether it has none."""
        return not self.busy

    @property
    def spent(self) -> bool:
        """Whether it takes no further ones."""
        return self._over or self._given >= self._most_jobs

    @property
    def has_place(self) -> bool:
        """Whether it takes one more now."""
        return bool(self._free) and not self.spent

    @property
    def exit_status(self) -> int | None:
        """How it ended, None while it lives."""
        return self.process.returncode if self.process else None

    async def ask(self, job: Job) -> Answer:
        """What it makes of a document.

        Raises NotBegun, TimeoutError when the document took too long, EOFError or OSError when the process died of it.
        """
        place = self._free.pop()
        self._given += 1
        try:
            process = await self._living()
            sent = self._send(process, place, pickle.dumps(job, protocol=5))
            async with self._turn:
                return await self._answer(process, place, sent)
        except NotBegun:
            raise
        except BaseException as error:
            ended, self._over = self._over, True
            if ended and isinstance(error, Exception):
                raise NotBegun from error  # it was ended for another one's sake
            raise
        finally:
            self._free.append(place)

    async def _living(self) -> Process:
        async with self._starting:
            if self._over:
                raise NotBegun
            self.process = self.process or await self._start()
        if self._answered and self.process.returncode is not None:
            raise NotBegun  # it was killed from outside when it had nothing to do
        return self.process

    def _send(self, process: Process, place: int, packed: bytes) -> int:
        if self._over or process.stdin is None:
            raise EOFError
        file, stdin = self._files[place], process.stdin
        if file is None:
            stdin.writelines((HEAD.pack(place, len(packed)), packed))
        else:
            put(file, packed)  # before its length is told
            stdin.write(HEAD.pack(place, len(packed)))
        return len(packed)

    async def _answer(self, process: Process, place: int, sent: int) -> Answer:
        if self._over:
            raise NotBegun
        file, stdout = self._files[place], process.stdout
        if stdout is None:
            raise EOFError
        async with asyncio.timeout(self._limit_s + (0 if self._answered else self._start_s)):
            (size,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
            if size > 2 * LARGEST_ANSWER or not self._files:  # it was ended meanwhile: the number may be another file's
                raise EOFError
            said = await stdout.readexactly(size) if file is None else take(file, size)
        self._answered = True
        answer: Answer = pickle.loads(said)  # noqa: S301 - from our child
        if file is not None and max(sent, size) > _KEPT:
            os.ftruncate(file, 0)
        return answer

    async def _start(self) -> Process:
        files = [file for file in self._files if file is not None]
        return await asyncio.create_subprocess_exec(
            *self._command,
            *map(str, files),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=_PIPE_BUFFER,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C in a terminal is for the service, which then closes the pool
            pass_fds=files,
        )

    async def end(self, patience_s: float) -> None:
        """Close its stdin, at which it ends by itself; kill it when it does not in time. Reaps it in any case."""
        self._over = True
        try:
            async with self._starting:  # one that is being started has to end as well
                if self.process is not None:
                    await _ended(self.process, patience_s)
        finally:
            for file in self._files:
                if file is not None:
                    os.close(file)
            self._files = []


async def _ended(process: Process, patience_s: float) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(patience_s):
            await process.wait()
    except TimeoutError:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _shared_files(count: int) -> list[int] | list[None]:
    """A file in memory for each place; None for each where the system has not as many, and all goes through pipes."""
    files: list[int] = []
    for _ in range(count):
        file = _shared_file()
        if file is None:
            for there in files:
                os.close(there)
            return [None] * count
        files.append(file)
    return files


def _shared_file() -> int | None:
    with suppress(AttributeError, OSError):
        return os.memfd_create("volteface-parser")
    return None
