"""The child's side of the parser pool: documents come in by stdin, what became of them goes out by stdout.

    python -m monitor.feeds.parser_worker SECONDS MEBIBYTES [FILE ...]

Both are framed: eight bytes of length, then a pickle; before a document's length stands the number of its place. Where
FILEs in memory are shared with the parent, one for each place (the numbers of their descriptors are given), the pickles
of document and answer lie at the beginning of the place's file instead: a pipe takes 0.4 ms of processor time for
70 kB. Documents may wait in the pipe while one is read; answers come in the order of the documents.
The child ends when stdin does, for its parent may be killed at any moment and nothing else would tell; and when a
document takes longer than SECONDS, by a timer of the kernel, which fires even where a regular expression holds the
interpreter.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO

from monitor.feeds.parse import NotAFeed, parse_document
from monitor.interpreter import settle
from monitor.model.feed import ParsedFeed

Job = tuple[bytes, str | None, str | None] | tuple[bytes, str | None, str | None, bytes]
Answer = ParsedFeed | NotAFeed | str
Read = Callable[..., object]

HEAD = struct.Struct(">BQ")
LENGTH = struct.Struct(">Q")
LARGEST_ANSWER = 32 * 1024 * 1024


def put(file: int, packed: bytes) -> None:
    """Lay a message at the beginning of a shared file. Raises OSError where memory is short."""
    written = 0
    while written < len(packed):
        written += os.pwrite(file, packed[written:] if written else packed, written)


def take(file: int, size: int) -> bytes:
    """The message of that size at the beginning of a shared file. Raises EOFError where it is shorter."""
    packed = os.pread(file, size, 0)
    if len(packed) != size:
        raise EOFError
    return packed


def work(
    jobs: BinaryIO, answers: BinaryIO, limit_s: float, read: Read = parse_document, shared: Sequence[int] = ()
) -> None:
    """Answer jobs until they end. An answer is what was read, why it is no feed, or the name of an unforeseen error."""
    while len(head := jobs.read(HEAD.size)) == HEAD.size:
        place, size = HEAD.unpack(head)
        job: Job = pickle.loads(take(shared[place], size) if shared else jobs.read(size))  # noqa: S301 - from our parent
        _alarm(limit_s)
        packed = _answer(job, read)
        _alarm(0)
        if shared:
            put(shared[place], packed)  # before its length is told
            answers.write(LENGTH.pack(len(packed)))
        else:
            answers.write(LENGTH.pack(len(packed)) + packed)
        answers.flush()


def _answer(job: Job, read: Read) -> bytes:
    answer: object
    try:
        answer = read(*job)
    except NotAFeed as error:
        answer = error
    except Exception as error:  # whatever a hostile document provokes is that document's error and not the worker's end
        answer = f"{type(error).__name__}: {error}"[:300]
    packed = pickle.dumps(answer, protocol=5)
    if len(packed) > LARGEST_ANSWER:
        return pickle.dumps(NotAFeed(f"its entries take more than {LARGEST_ANSWER // 1024 // 1024} MiB"), protocol=5)
    return packed


def _alarm(seconds: float) -> None:
    with contextlib.suppress(ImportError, AttributeError):  # not on Windows: there the parent alone watches the time
        import signal

        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory(mebibytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 1024 * 1024, hard))


def main(read: Read = parse_document) -> None:
    """Do `read` with each document. Stdout is for answers: what a library prints goes to stderr."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _bound_memory(int(sys.argv[2]))
    settle()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        work(sys.stdin.buffer, answers, float(sys.argv[1]), read, tuple(map(int, sys.argv[3:])))


if __name__ == "__main__":
    main()
